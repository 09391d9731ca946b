"""Null: what a figure is where labels say nothing, and how often that is as good as the true figure."""

from typing import Any

import numpy as np
from jaxtyping import Float

from insula.evaluation.scores import Scores, plain


def null_summary(
    scores: Scores, true: Float[np.ndarray, " metrics"], drawn: Float[np.ndarray, "times metrics"]
) -> dict[str, dict[str, Any]]:
    """Return, per metric, mean and the 2.5 and 97.5 % points of its values under permuted labels, and p.

    ``p = (b + 1)/(n + 1)`` where b of n permutations do as well as the true labels (Phipson & Smyth 2010, Stat Appl
    Genet Mol Biol 9:39): never 0. A value that isn't defined counts as good as the true one; p is None where that isn't
    defined.
    """
    found = {}
    for value, column, name in zip(true, drawn.T, scores.names, strict=True):
        worse = column > value if name in scores.errors else column < value
        known = column[np.isfinite(column)]
        low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
        p = (int((~worse).sum()) + 1) / (len(column) + 1) if np.isfinite(value) else None
        mean = known.mean() if len(known) else np.nan
        found[name] = {"mean": plain(mean), "low": plain(low), "high": plain(high), "p": p}
    return found
