"""Finding: one kind of leak, and the grade it allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Grade = Literal["A", "B", "C", "D", "E", "F"]
GRADES = {
    "A": "no leak was found",
    "B": "data of people under test were used without their single labels, or validation is no check on training",
    "C": "an input says who a person is that training knows",
    "D": "stimuli are shared, and the stimulus all but determines the label",
    "E": "the test rows, or other rows of what is held out for test, chose the model",
    "F": "training and test overlap, in rows or in what should be held out",
}
FoldName = int | str
"""A fold's number, or what a table of folds calls it."""


@dataclass(frozen=True)
class Finding:
    """One kind of leak: in which folds, why it matters, and the best grade a protocol with it can have."""

    kind: str
    folds: tuple[FoldName, ...]
    reason: str
    cap: Grade


def over_folds(kind: str, cap: Grade, reasons: dict[int, str], names: Sequence[FoldName]) -> list[Finding]:
    """Make one finding of what several folds have in common: the first fold's reason stands for all.

    Parameters
    ----------
    kind, cap
        As in :class:`Finding`.
    reasons
        Fold number to what was found there; none gives no finding.
    names
        What the folds are called.
    """
    if not reasons:
        return []
    first = min(reasons)
    where = f"fold {names[first]}; in {len(reasons)} of {len(names)} folds"
    return [Finding(kind, tuple(names[number] for number in sorted(reasons)), f"{reasons[first]} ({where})", cap)]
