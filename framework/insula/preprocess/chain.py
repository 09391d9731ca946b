"""The chain: named steps in order, what they reach, and what the learnt ones were fitted on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from insula.errors import InsulaError, SignalError
from insula.plugin.choice import Choice
from insula.preprocess.preprocessor import Preprocessor, Transform
from insula.types import Scope, Signal, Trial

FOR_ALL = ("train", "everything")
"""The scopes that give one Transform for all people: it belongs to a fold, and to the bundle."""


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a chain: where it stands in the run (``streams.eeg.signal.bandpass``) and which component it is."""

    path: str
    choice: Choice

    @cached_property
    def preprocessor(self) -> Preprocessor:
        """The component, built once."""
        return self.choice.build()

    @property
    def scope(self) -> Scope | None:
        """What a learnt step is fitted on; None where nothing is learnt."""
        return self.choice.options.get("fit")

    @property
    def for_all(self) -> bool:
        """Whether it is fitted once for all people."""
        return self.scope in FOR_ALL


class NotFittedError(SignalError):
    """A fitted step was given what it wasn't fitted for: an error, where another step's refusal is a missing window."""


@dataclass(frozen=True, eq=False)
class FittedStep:
    """A step after fitting: one Transform, or one per subject or recording."""

    step: Step
    transforms: Mapping[str | None, Transform]

    @staticmethod
    def group(scope: Scope | None, trial: Trial) -> str | None:
        """Return whose statistics a trial is processed with."""
        return {"subject": trial.subject, "recording": trial.recording}.get(scope or "")

    def __call__(self, signal: Signal, trial: Trial) -> Signal:
        """Apply the step, naming it and the trial where it can't."""
        key = self.group(self.step.scope, trial)
        if key not in self.transforms:
            raise SignalError(
                f"{self.step.path} wasn't fitted on {self.step.scope} {key!r}: it needs a calibration recording"
            )
        try:
            return self.transforms[key](signal)
        except InsulaError as error:
            kind = SignalError if self.step.scope is None else NotFittedError
            raise kind(f"{self.step.path} (subject {trial.subject}, trial {trial.id}): {error}") from error


def fit_step(step: Step, signals: Iterable[tuple[Trial, Signal]]) -> FittedStep:
    """Fit a step on the signals of its scope.

    Raises
    ------
    SignalError
        If it can't be fitted; names the step and what it was fitted on.
    """
    if step.scope is None:
        return FittedStep(step, {None: step.preprocessor.fit(())})
    if step.for_all:
        return FittedStep(step, {None: _fit(step, (signal for _, signal in signals), str(step.scope))})
    groups: dict[str | None, list[Signal]] = {}
    for trial, signal in signals:
        groups.setdefault(FittedStep.group(step.scope, trial), []).append(signal)
    fitted = {key: _fit(step, several, f"{step.scope} {key!r}") for key, several in groups.items()}
    return FittedStep(step, fitted)


def _fit(step: Step, signals: Iterable[Signal], scope: str) -> Transform:
    try:
        return step.preprocessor.fit(signals)
    except InsulaError as error:
        raise SignalError(f"{step.path} (fitted on {scope}): {error}") from error


def apply(steps: Iterable[FittedStep], signal: Signal, trial: Trial) -> Signal:
    """Run fitted steps in order."""
    for step in steps:
        signal = step(signal, trial)
    return signal


def stored_part(steps: Sequence[Step]) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Cut a chain before its first step fitted for all people: what stands before can be prepared recording by
    recording, once for all folds.
    """
    for number, step in enumerate(steps):
        if step.for_all:
            return tuple(steps[:number]), tuple(steps[number:])
    return tuple(steps), ()


def reach(steps: Iterable[Step]) -> tuple[float, float]:
    """Return the sums of the finite reaches (past, future) in seconds."""
    past, future = 0.0, 0.0
    for step in steps:
        behind, ahead = step.preprocessor.reach
        past += behind if behind != float("inf") else 0.0
        future += ahead if ahead != float("inf") else 0.0
    return past, future


def infinite(steps: Iterable[Step]) -> list[str]:
    """Return the paths of the steps whose output depends on the whole recording."""
    return [step.path for step in steps if float("inf") in step.preprocessor.reach]
