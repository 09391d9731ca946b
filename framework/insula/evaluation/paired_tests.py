"""Tests of paired differences: each takes one number per unit, and says how likely so much difference is by chance.

All are two-sided. A test returns ``{"p", "statistic"}``, or ``{"why"}`` where it doesn't apply.
"""

from typing import Any

import numpy as np
from jaxtyping import Float, Int

Outcome = dict[str, Any]
Differences = Float[np.ndarray, " units"]
ENUMERATED = 14
"""Up to so many clusters every choice of signs is tried; beyond it FLIPS draws stand in."""
FLIPS = 10_000
TINY = 1e-12


def student(value: float, error: float, freedom: int) -> Outcome:
    """Test a difference by its standard error, with Student's t."""
    from scipy.stats import t

    if not np.isfinite([value, error]).all():
        return {"why": "the difference, or its standard error, isn't defined"}
    if error <= TINY:
        if abs(value) <= TINY:
            return {"p": 1.0, "statistic": 0.0}
        return {"why": "every unit differs by the same, so that chance can't be told from the spread over units"}
    statistic = value / error
    return {"p": float(2 * t.sf(abs(statistic), freedom)), "statistic": float(statistic)}


def corrected_t(differences: Differences, ratio: float | None) -> Outcome:
    """Test differences per fold (Nadeau & Bengio 2003, Machine Learning 52:239).

    Training sets of folds overlap, so that folds aren't independent: the variance of the mean over J folds is taken as
    (1/J + test rows per training row) times the variance over folds.
    """
    if ratio is None:
        return {"why": "how many rows train per row tested isn't known"}
    known = differences[np.isfinite(differences)]
    if len(known) < 2:
        return {"why": "it needs two folds in which the metric is defined"}
    return student(known.mean(), np.sqrt((1 / len(known) + ratio) * known.var(ddof=1)), len(known) - 1)


def wilcoxon(differences: Differences) -> Outcome:
    """Test differences per person by the ranks of their sizes (Wilcoxon 1945, Biometrics Bulletin 1:80).

    People without a difference are ranked, and then left out (Pratt 1959, JASA 54:655); equal sizes share their mean
    rank. The p value is exact, ties or not: all choices of signs are counted. ``statistic`` is the smaller sum of
    ranks; ``biserial`` is the matched-pairs rank-biserial correlation, (R+ - R-) / (R+ + R-) (Kerby 2014,
    Comprehensive Psychology 3:1).
    """
    from scipy.stats import rankdata

    known = differences[np.isfinite(differences)]
    if len(known) < 2:
        return {"why": "it needs two people for whom the metric is defined"}
    size = np.round(np.abs(known), 12)
    ranks = np.rint(2 * rankdata(size))[size > 0].astype(np.int64)  # doubled, so that they are whole
    signs = known[size > 0] > 0
    more, less = int(ranks[signs].sum()), int(ranks[~signs].sum())
    if not len(ranks):
        return {"p": 1.0, "statistic": 0.0, "biserial": 0.0}
    ways = np.ones(1)  # share of all choices of signs by the sum of ranks that are positive
    for rank in ranks:
        halves = np.zeros(len(ways) + rank)
        halves[: len(ways)] += ways / 2
        halves[rank:] += ways / 2
        ways = halves
    p = min(1.0, 2 * float(ways[: min(more, less) + 1].sum()))
    return {"p": p, "statistic": min(more, less) / 2, "biserial": (more - less) / (more + less)}


def mcnemar(differences: Differences) -> Outcome:
    """Test which of two is right more often, where answers come in clusters (people, trials).

    ``statistic`` is that of Durkalski et al. 2003 (Statistics in Medicine 22:2417), (Σ d)² / Σ d², where d is a
    cluster's difference in accuracy, the share of answers that only one got right minus that which only the other
    did. Its p value is from flipping the signs of whole clusters, which is exact for few of them, where its
    chi-squared distribution isn't; beyond 14 it is (b + 1)/(n + 1) of 10000 flips.
    """
    if len(differences) < 2:
        return {"why": "it needs two clusters"}
    moved = differences[np.abs(differences) > TINY]
    if not len(moved):
        return {"p": 1.0, "statistic": 0.0}
    if len(moved) <= ENUMERATED:
        flipped = _flip(np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved)) & 1, moved)
        p = float((flipped >= abs(moved.sum()) - TINY).mean())
    else:
        rng = np.random.default_rng(0)
        flipped = np.concatenate([_flip(rng.integers(0, 2, (100, len(moved))), moved) for _ in range(FLIPS // 100)])
        p = (int((flipped >= abs(moved.sum()) - TINY).sum()) + 1) / (FLIPS + 1)
    return {"p": p, "statistic": float(moved.sum() ** 2 / (moved**2).sum())}


def _flip(turned: Int[np.ndarray, "choices units"], moved: Differences) -> Float[np.ndarray, " choices"]:
    """Return how far from 0 the sum is after each choice of units to turn round."""
    return np.abs((1 - 2 * turned) @ moved)
