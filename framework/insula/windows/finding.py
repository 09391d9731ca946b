"""Finding: one kind of leak, and the grade it allows."""

from dataclasses import dataclass
from typing import Literal

Grade = Literal["A", "B", "C", "D", "E", "F"]


@dataclass(frozen=True)
class Finding:
    """One kind of leak: in which folds, why it matters, and the best grade a protocol with it can have."""

    kind: str
    folds: tuple[int, ...]
    reason: str
    cap: Grade


def over_folds(kind: str, cap: Grade, reasons: dict[int, str], total: int) -> list[Finding]:
    """Make one finding of what several folds have in common: the first fold's reason stands for all.

    Parameters
    ----------
    kind, cap
        As in :class:`Finding`.
    reasons
        Fold number to what was found there; none gives no finding.
    total
        How many folds there are.
    """
    if not reasons:
        return []
    first = min(reasons)
    where = f"fold {first}; in {len(reasons)} of {total} folds"
    return [Finding(kind, tuple(sorted(reasons)), f"{reasons[first]} ({where})", cap)]
