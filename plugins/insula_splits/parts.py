"""Parts: units dealt out over k parts that are alike in number, size and classes."""

import numpy as np
from jaxtyping import Float, Int


def deal(
    counts: Float[np.ndarray, "units kinds"], strata: Int[np.ndarray, " units"], k: int, seed: int
) -> Int[np.ndarray, " units"]:
    """Deal units out over ``k`` parts and return the part of each.

    The greedy rule of scikit-learn's ``StratifiedGroupKFold``, large units first, and one thing that class doesn't
    promise: between parts, a stratum's units differ by at most one in number. A unit goes to the part that has least of
    what it brings: adding ``u`` to a part that holds ``m`` raises the variance between parts, of shares
    ``counts / total``, by a constant and by ``2 u m / total²``.

    Parameters
    ----------
    counts
        Rows of each unit per class, and in the last column all its rows.
    strata
        Units of one stratum are dealt evenly (all of them, or each subject's).
    k, seed
        Number of parts; the seed shuffles units of about one size (within a factor of two), and the parts.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(counts))
    order = order[np.argsort(-np.floor(np.log2(counts[order, -1])), kind="stable")]
    weights = 1 / np.maximum(counts.sum(axis=0), 1) ** 2
    held = np.zeros((k, counts.shape[1]))
    part = np.empty(len(counts), np.int64)
    for stratum in np.unique(strata):
        members = order[strata[order] == stratum]
        least, more = divmod(len(members), k)  # `more` parts take one unit beyond `least`
        number = np.zeros(k, np.int64)
        for unit in members:
            full = number >= (least if (number > least).sum() >= more else least + 1)
            brings = held @ (counts[unit] * weights)
            chosen = int(np.argmin(np.where(full, np.inf, brings)))
            part[unit] = chosen
            number[chosen] += 1
            held[chosen] += counts[unit]
    return rng.permutation(k)[part]
