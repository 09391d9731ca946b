"""Counts: how many utterances of each label a session has, improvised and scripted, after the release's own tables."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

LABELS = ("ang", "hap", "exc", "sad", "neu")
SESSIONS = (1, 2, 3, 4, 5)
BY_SESSION = np.array(
    [
        (229, 135, 143, 194, 384),
        (137, 117, 210, 197, 362),
        (240, 135, 151, 305, 320),
        (327, 65, 238, 143, 258),
        (170, 143, 299, 245, 384),
    ]
)
"""The release's 5,531 utterances by session and label."""
IMPROVISED = np.array((289, 284, 663, 608, 1099))
"""How many of each label are improvised; the rest is scripted."""
OTHERS = {"fru": 1849, "xxx": 2507, "sur": 107, "fea": 40, "oth": 3, "dis": 2}
"""The release's utterances of other labels; ``xxx`` is no majority."""


class Cell(NamedTuple):
    """What is counted together."""

    session: int
    label: str
    improvised: bool


def counts(utterances: int, others: float) -> dict[Cell, int]:
    """Return how many utterances there are of each kind.

    Parameters
    ----------
    utterances
        How many have one of :data:`LABELS`; 5,531 gives the release's tables exactly (by session and label, and
        improvised against scripted by label), other numbers give them scaled, rounded by largest remainder.
    others
        How many have another label, as a share of ``utterances``. How the release spreads them over sessions and
        scenarios isn't known here: they are spread like the rest.
    """
    by_session = apportioned(utterances, BY_SESSION.ravel()).reshape(BY_SESSION.shape)
    shares = IMPROVISED / BY_SESSION.sum(axis=0)
    found: dict[Cell, int] = {}
    for label, column, share in zip(LABELS, by_session.T, shares.tolist(), strict=True):
        found |= _split(label, column, share)
    totals = apportioned(round(others * utterances), list(OTHERS.values()))
    for label, total in zip(OTHERS, totals.tolist(), strict=True):
        found |= _split(label, apportioned(total, BY_SESSION.sum(axis=1)), IMPROVISED.sum() / BY_SESSION.sum())
    return found


def apportioned(total: int, weights: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return whole numbers in proportion to weights, with the given sum (largest remainder, Hamilton's method)."""
    quotas = total * np.asarray(weights, float) / np.sum(weights)
    whole = np.floor(quotas + 1e-9).astype(int)  # a quota of 3 may come out as 2.999…
    most = np.argsort(whole - quotas, kind="stable")[: total - whole.sum()]
    whole[most] += 1
    return whole


def _split(label: str, by_session: np.ndarray, share: float) -> dict[Cell, int]:
    """Split the utterances of one label into improvised and scripted ones, in every session alike."""
    total = int(by_session.sum())
    improvised = np.zeros(len(SESSIONS), int)
    if total:
        improvised = apportioned(int(apportioned(total, (share, 1 - share))[0]), by_session)
    parts = ((True, improvised), (False, by_session - improvised))
    return {Cell(s, label, which): int(n) for which, part in parts for s, n in zip(SESSIONS, part, strict=True)}
