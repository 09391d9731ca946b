"""Leaks: what two sides of a fold have in common and must not."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from insula.windows.finding import Finding, over_folds
from insula.windows.protocol import Ints, Protocol, apart, count, shared, trained

Sides = tuple[str, str]
_SAME_INSTANT = 1e-6  # seconds: windows that touch don't overlap, whatever rounding says


def train_test_leaks(protocol: Protocol) -> list[Finding]:
    """Find what training and test share: each kind makes the test a rehearsal, so each caps the grade at F."""
    found = []
    for kind, look in _LOOKS.items():
        reasons = {
            number: reason
            for number, fold in enumerate(protocol.folds)
            if (reason := look(protocol, trained(fold), fold.test, ("train", "test")))
        }
        found += over_folds(kind, "F", reasons, protocol.titles)
    return found


def validation_leaks(protocol: Protocol) -> list[Finding]:
    """Find what validation shares with test (it then chooses by test) and with training (it then chooses badly)."""
    by_test, badly = {}, {}
    for number, fold in enumerate(protocol.folds):
        if why := _first(protocol, fold.validation, fold.test, ("validation", "test")):
            by_test[number] = f"{why}, so that choosing an epoch by validation is choosing it by test"
        if why := _first(protocol, trained(fold), fold.validation, ("train", "validation")):
            badly[number] = f"{why}, so that validation can't tell when a model overfits"
    return [
        *over_folds("validation_shares_test", "E", by_test, protocol.titles),
        *over_folds("validation_shares_train", "B", badly, protocol.titles),
    ]


def _first(protocol: Protocol, left: Ints, right: Ints, sides: Sides) -> str | None:
    return next((why for look in _LOOKS.values() if (why := look(protocol, left, right, sides))), None)


def _rows(protocol: Protocol, left: Ints, right: Ints, sides: Sides) -> str | None:
    both = np.intersect1d(left, right)
    if not len(both):
        return None
    example = protocol.row(both[0])
    return f"{len(both)} of {len(right)} {sides[1]} windows are {sides[0]} windows themselves, e.g. row {example}"


def _trials(protocol: Protocol, left: Ints, right: Ints, sides: Sides) -> str | None:
    both = shared(protocol.trial, left, right)
    if not len(both):
        return None
    on_left, on_right = (rows[protocol.trial[rows] == both[0]] for rows in (left, right))
    return (
        f"{len(both)} of {count(protocol.trial[right])} {sides[1]} trials have windows in {sides[0]} too, e.g. trial "
        f"{protocol.name('trial', on_right[0])}: {len(on_left)} windows in {sides[0]}, {len(on_right)} in {sides[1]}"
    )


def _copies(protocol: Protocol, left: Ints, right: Ints, sides: Sides) -> str | None:
    pairs = _kin(protocol, protocol.family, left, right)
    if not pairs:
        return None
    example = _told(protocol, pairs[0], sides)
    return f"{len(pairs)} trials and augmented copies of them lie on both sides, e.g. {example}"


def _twins(protocol: Protocol, left: Ints, right: Ints, sides: Sides) -> str | None:
    pairs = _kin(protocol, protocol.twins, left, right)
    if not pairs:
        return None
    return (
        f"{len(pairs)} recordings lie on both sides under two names (their signals are the same but for gain, ends and "
        f"noise), e.g. {_told(protocol, pairs[0], sides)}"
    )


def _kin(protocol: Protocol, groups: Ints, left: Ints, right: Ints) -> list[tuple[int, int]]:
    """Return a row on the left and one on the right of every group of several trials that is on both sides."""
    both = shared(groups, left, right)
    if not len(both):
        return []
    rows, trial = np.concatenate([left, right]), apart(protocol.trial)
    pairs = np.unique(np.stack([groups[rows], trial[rows]]), axis=1)
    several, trials = np.unique(pairs[0], return_counts=True)
    found = []
    # a group of one trial has no others: that trial on both sides is another finding
    for code in np.intersect1d(both, several[trials > 1]):
        on_left, on_right = (rows[groups[rows] == code] for rows in (left, right))
        other = next((row for row in on_left if trial[row] != trial[on_right[0]]), on_left[0])
        found.append((int(other), int(on_right[0])))
    return found


def _told(protocol: Protocol, rows: tuple[int, int], sides: Sides) -> str:
    left, right = (
        protocol.name("trial", row) if protocol.trial[row] >= 0 else f"a copy of {protocol.name('parent', row)}"
        for row in rows
    )
    return f"{right} in {sides[1]} and {left} in {sides[0]}"


def _samples(protocol: Protocol, left: Ints, right: Ints, sides: Sides) -> str | None:
    touched = _overlapping(protocol, left, right, widened=True)
    if not len(touched):
        return None
    plainly = _overlapping(protocol, left, right, widened=False)
    row = int((plainly if len(plainly) else touched)[0])
    begin, end = protocol.intervals(widened=not len(plainly))
    how = "" if len(plainly) else ", through what filters and context reach beyond a window"
    where = next(name for name in ("recording", "trial") if protocol.codes(name)[row] >= 0)
    return (
        f"{len(touched)} of {len(right)} {sides[1]} windows share raw samples with {sides[0]}{how}, e.g. "
        f"{begin[row]:.2f} to {end[row]:.2f} s of {where} {protocol.name(where, row)}"
    )


def _overlapping(protocol: Protocol, left: Ints, right: Ints, widened: bool) -> Ints:
    """Return the right rows that overlap any left row of their recording.

    Recordings are laid end to end on one axis, each from its own first instant on (large times, such as those of a
    clock, would leave no digits for small ones). Of the left intervals that begin before a right one ends, the one that
    lasts longest decides.
    """
    begin, end = protocol.intervals(widened)
    known = np.isfinite(begin) & np.isfinite(end) & (protocol.recording >= 0)
    left, right = left[known[left]], right[known[right]]
    if not len(left) or not len(right):
        return right[:0]
    first = pd.Series(np.where(known, begin, np.nan)).groupby(protocol.recording).transform("min").to_numpy()
    begin, end = begin - first, end - first
    offset = protocol.recording * (end[known].max() + 1.0)
    begin, end = offset + begin, offset + end
    left = left[np.argsort(begin[left], kind="stable")]
    lasts = np.maximum.accumulate(end[left])
    before = np.searchsorted(begin[left], end[right] - _SAME_INSTANT)
    return right[(before > 0) & (lasts[before - 1] > begin[right] + _SAME_INSTANT)]


_LOOKS: dict[str, Callable[[Protocol, Ints, Ints, Sides], str | None]] = {
    "shared_rows": _rows,
    "shared_trial": _trials,
    "augmented_copies": _copies,
    "overlapping_samples": _samples,
    "near_duplicates": _twins,
}
