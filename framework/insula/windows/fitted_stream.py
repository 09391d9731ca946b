"""FittedStream: the windows of one stream as one fold sees them."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from insula.errors import ConfigError, SignalError
from insula.preprocess.chain import FittedStep, NotFittedError, apply, fit_step
from insula.types import Signal, Trial
from insula.windows.slicing import cut
from insula.windows.split import RowNumbers
from insula.windows.stream import StreamWindows

KEPT_RECORDINGS = 32
TRIED = 5
"""Windows that are augmented before any training; where all of them refuse, so will the rest."""


class FittedStream:
    """The windows of one stream as one fold sees them."""

    def __init__(self, windows: StreamWindows, train: Sequence[int]) -> None:
        self.windows = windows
        plan = windows.plan
        self.signal_steps: list[FittedStep] = []
        self.feature_steps: list[FittedStep] = []
        self.failed: dict[int, str] = {}
        self._recordings: dict[tuple, Signal | None] = {}
        for step in plan.live_signal:
            self.signal_steps.append(fit_step(step, self._stretches(train if step.scope == "train" else None)))
            self._recordings.clear()
        for step in plan.live_features:
            everywhere = [row for row in range(len(windows.rows.trials)) if windows.fits(row)] if step.scope else []
            self.feature_steps.append(fit_step(step, self._pairs(train if step.scope == "train" else everywhere)))

    def __call__(self, row: int, rng: np.random.Generator | None = None) -> Signal | None:
        """Return a row's window; with a generator, augmented as training windows are, where that isn't refused.

        A window that a ``fallible`` stream's step refuses is missing from then on, and ``failed`` says why: the fold
        leaves it out. What a fitted step alone refuses (other channels than it was fitted on) is an error.
        """
        if row in self.failed:
            return None
        try:
            return self._window(row, rng)
        except NotFittedError:
            raise
        except SignalError as error:
            if rng is not None:  # an augmented draw says nothing of the window itself
                return self(row)
            self.failed[row] = str(error)
            return None

    def signal(self, row: int) -> Signal | None:
        """Return a row's window, with its context, before the feature steps; None where the stream is missing."""
        return self.windows.raw(row, self._recording if self.signal_steps else None)

    def features(self, row: int, signal: Signal) -> Signal:
        """Run all feature steps on what stands for a row's window, as they were fitted, and drop its context.

        Raises
        ------
        SignalError
            If a step refuses it.
        """
        steps = [*self.windows.shared_steps(row), *self.feature_steps]
        return self.windows.finish(row, apply(steps, signal, self.windows.rows.trials[row]))

    def forget(self) -> None:
        """Let go of the recordings that were kept."""
        self._recordings.clear()

    def check_augmentations(self, rows: RowNumbers) -> None:
        """Refuse augmentations that no window of this stream can be put through.

        Raises
        ------
        ConfigError
            If the first windows that have the stream are refused.
        """
        plan = self.windows.plan
        if not (plan.augment_signal or plan.augment_features):
            return
        refused: list[SignalError] = []
        for row in (int(row) for row in rows if self(int(row)) is not None):
            try:
                self._window(row, np.random.default_rng(0))
                return
            except NotFittedError:
                raise
            except SignalError as error:
                refused.append(error)
            if len(refused) == TRIED:
                break
        if refused:
            raise ConfigError(f"streams.{plan.name}.augment: {refused[0]}") from refused[0]

    @property
    def fallible(self) -> bool:
        """Whether a step that runs per fold may refuse a window; those before were tried when they were stored."""
        plan = self.windows.plan
        copying = bool(plan.copies) and not plan.stored
        return copying or any(step.scope is None for step in (*plan.live_signal, *plan.live_features))

    def _window(self, row: int, rng: np.random.Generator | None) -> Signal | None:
        plan, signal = self.windows.plan, self._raw(row)
        if signal is None:
            return None
        if rng is not None:
            for augmentation in plan.augment_signal:
                signal = augmentation(signal, rng)
        signal = self.windows.finish(row, apply(self.feature_steps, signal, self.windows.rows.trials[row]))
        if rng is not None:
            for augmentation in plan.augment_features:
                signal = augmentation(signal, rng)
        return signal

    def _raw(self, row: int) -> Signal | None:
        if self.signal_steps:
            return self.windows.raw(row, self._recording)
        return self.windows.base(row)

    def _pairs(self, rows: Iterable[int]) -> Iterator[tuple[Trial, Signal]]:
        """Yield what a step is fitted on: windows after the steps fitted so far, those that were refused left out."""
        for row in rows:
            trial = self.windows.rows.trials[row]
            try:
                signal = self._raw(row)
                if signal is not None and row not in self.failed:
                    yield trial, apply(self.feature_steps, signal, trial)
            except NotFittedError:
                raise
            except SignalError as error:
                self.failed[row] = str(error)

    def _stretches(self, rows: Sequence[int] | None) -> Iterator[tuple[Trial, Signal]]:
        """Yield each trial's own stretch of its recording: a step fitted on train must not see the trials between."""
        owners = self.windows.rows.trials
        asked = (row for row in (range(len(owners)) if rows is None else rows) if self.windows.fits(int(row)))
        chosen = {owners[row].id: owners[row] for row in asked}
        for trial in chosen.values():
            signal = self._recording(trial)
            stretch = signal and cut(signal, trial.start, trial.stop if trial.stop is not None else signal.stop)
            if stretch is not None:
                yield trial, stretch

    def _recording(self, trial: Trial) -> Signal | None:
        """Return a recording after the steps fitted so far; the last few are kept, because windows come in order."""
        # Whose statistics a step uses is part of the key: one recording may hold several people.
        key = (trial.recording, *(FittedStep.group(step.step.scope, trial) for step in self.signal_steps))
        if key not in self._recordings:
            signal = self.windows.prepared.signal(self.windows.plan.name, trial.recording)
            if len(self._recordings) >= KEPT_RECORDINGS:
                self._recordings.pop(next(iter(self._recordings)))
            self._recordings[key] = signal and apply(self.signal_steps, signal, trial)
        return self._recordings[key]
