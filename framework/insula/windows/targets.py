"""A window's target, taken from its trial's label by a named rule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from insula.errors import DataError
from insula.types import Label, Rule, Signal, Target, Trial
from insula.windows.slicing import TINY, held

DEFAULT_RULES: dict[str, Rule] = {"classes": "majority", "binary": "majority", "number": "mean"}
JUST_BEFORE = 10 * TINY
"""Seconds before a window's end that the rule ``end`` looks at."""


@dataclass(frozen=True)
class Cuts:
    """Where a target cuts the numbers of its labels: at its edges, or at medians of some trials' labels.

    Parameters
    ----------
    edges
        The same for everybody.
    medians
        Per label, or per label and subject.
    """

    edges: tuple[float, ...]
    medians: Mapping[tuple[str, ...], float]

    @classmethod
    def of(cls, name: str, target: Target, trials: Iterable[Trial]) -> "Cuts | None":
        """Take the cuts of a target from trials, each counted once; None where it cuts nothing.

        Raises
        ------
        DataError
            If no trial has a label to take a median of, or one of several labels.
        """
        if not target.cuts:
            return None
        values: dict[tuple[str, ...], list[float]] = {}
        several = {trial.id: trial for trial in trials}.values() if target.median else ()
        for trial in several:
            for key in target.keys(name):
                number = encode(trial, key, Target("number"), None, trial.start, trial.stop or np.inf)
                if number is not None:
                    place = (key, trial.subject) if target.median == "subject" else (key,)
                    values.setdefault(place, []).append(float(number[0]))
        known = {place[0] for place in values}
        for key in target.keys(name) if target.median else ():
            if key not in known:
                raise DataError(f"target {name!r}: no trial has a label {key!r} to take the median of")
        return cls(target.edges, {place: float(np.median(found)) for place, found in values.items()})

    def __call__(self, trial: Trial, key: str) -> tuple[float, ...]:
        """Return where a trial's label is cut."""
        if not self.medians:
            return self.edges
        return (self.medians[key, trial.subject] if (key, trial.subject) in self.medians else self.medians[(key,)],)


def encode(
    trial: Trial, name: str, target: Target, rule: Rule | None, t0: float, t1: float, cuts: "Cuts | None" = None
) -> Float[np.ndarray, " outputs"] | None:
    """Return the target of a window: a class distribution, the positive class's share ``(1,)``, or a number ``(1,)``.

    A label over time is sampled and held: a value holds from its time to the next one's, the last for the usual
    interval, an undefined one not at all. It codes a class as its position in the target's classes.

    Parameters
    ----------
    rule
        How a label over time becomes one value: ``majority`` (what holds longest in the window), ``mean`` (the share
        of time of each class; numbers weigh by how long they hold), ``end`` (what holds just before the window's end);
        None: majority for classes, mean for numbers.
    cuts
        Where numbers are cut into classes, for a target that does so (see :class:`insula.Target`).

    Raises
    ------
    DataError
        If the label is no class of the target, or no number.
    """
    if target.cuts:
        assert cuts is not None
        label: Label = _cut(trial, name, target, rule, t0, t1, cuts)
    else:
        label = trial.labels.get(target.keys(name)[0])
    if isinstance(label, Signal):
        codes, seconds = _held(label, rule, t0, t1)
        if target.kind != "number" and len(wrong := codes[~np.isin(codes, np.arange(len(target.classes)))]):
            raise DataError(
                f"trial {trial.id}: its label over time holds {wrong[0]:g} for target {name!r} between {t0:g} and "
                f"{t1:g} s, which is no position among its classes, counted from 0: {', '.join(target.classes)}"
            )
        label = _taken(codes, seconds, target, rule or DEFAULT_RULES[target.kind])
    if label is None or (isinstance(label, float | np.floating) and np.isnan(label)):
        return None
    try:
        if target.kind == "number":
            return np.array([float(label)], np.float32)  # type: ignore[arg-type]
        shares = _distribution(label, target)
    except (ValueError, TypeError, KeyError):
        wanted = "a number" if target.kind == "number" else f"one of {', '.join(target.classes)}"
        raise DataError(f"trial {trial.id}: its label {label!r} for target {name!r} isn't {wanted}") from None
    return shares if target.kind == "classes" else shares[1:]


def _cut(trial: Trial, name: str, target: Target, rule: Rule | None, t0: float, t1: float, cuts: "Cuts") -> str | None:
    """Return the class of the numbers that a target cuts; None where one is missing."""
    code = 0
    for key in target.keys(name):
        number = encode(trial, key, Target("number"), rule if rule != "majority" else None, t0, t1)
        if number is None:
            return None
        edges = np.array(cuts(trial, key), np.float32)  # as the number: else 3.7 were above an edge at 3.7
        code = code * (len(edges) + 1) + int(np.searchsorted(edges, number[0]))
    return target.classes[code]


def _distribution(label: Label, target: Target) -> Float[np.ndarray, " classes"]:
    shares = np.zeros(len(target.classes), np.float32)
    if isinstance(label, Mapping):
        for name, share in label.items():
            shares[target.classes.index(str(name))] = share
        if not shares.sum() > 0:  # NaN, too
            raise ValueError("an empty distribution")
        return shares / shares.sum()
    shares[target.position(label)] = 1
    return shares


def _held(
    label: Signal, rule: Rule | None, t0: float, t1: float
) -> tuple[Float[np.ndarray, " held"], Float[np.ndarray, " held"]]:
    """Return the defined values of a label over time that hold in what a rule looks at, and for how many seconds."""
    taken, seconds = held(label, t1 - JUST_BEFORE if rule == "end" else t0, t1)
    values = label.data[0, taken]
    real = label.defined[0, taken] & ~np.isnan(values) & (seconds > TINY)
    return values[real].astype(np.float64), seconds[real]


def _taken(
    values: Float[np.ndarray, " held"], seconds: Float[np.ndarray, " held"], target: Target, rule: Rule
) -> Label:
    """Make one label of the values in a window; a class by its name, which can't be mistaken for a position."""
    if not len(values):
        return None
    if rule == "mean" and target.kind == "number":
        return float(np.average(values, weights=seconds))
    found, which = np.unique(values, return_inverse=True)
    total = np.bincount(which, seconds)
    if rule == "mean":
        return {target.classes[int(code)]: float(time) for code, time in zip(found, total, strict=True)}
    longest = found[np.argmax(total > total.max() - TINY)]  # of a tie the first, whatever the rounding
    return float(longest) if target.kind == "number" else target.classes[int(longest)]


def decode(values: Float[np.ndarray, " outputs"] | None, target: Target) -> str | float | None:
    """Return what the index shows: the likeliest class, or the number."""
    if values is None:
        return None
    if target.kind == "number":
        return float(values[0])
    return target.classes[int(values.argmax()) if target.kind == "classes" else int(values[0] >= 0.5)]
