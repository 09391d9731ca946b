"""Nearest: which training window is most like a window under test."""

import numpy as np
from jaxtyping import Float

from insula.evaluation.controls.ridge import Scaled
from insula.windows.protocol import Ints

PIECE = 512
"""Test windows that are compared with all training windows at once."""


def nearest(train: Float[np.ndarray, "train features"], test: Float[np.ndarray, "test features"]) -> Ints:
    """Return, per test row, the nearest training row: by Euclidean distance of z-scores, of several the first.

    Mean and standard deviation are those of the training rows; undefined features count as the mean.
    """
    scaled = Scaled(train)
    left, right = scaled(train).astype(np.float32), scaled(test).astype(np.float32)
    half = 0.5 * np.square(left).sum(axis=1)
    pieces = [right[begin : begin + PIECE] for begin in range(0, len(right), PIECE)]
    return np.concatenate([(half - piece @ left.T).argmin(axis=1) for piece in pieces])


def share_of_same(codes: Ints, chosen: Ints, test: Ints, train: Ints) -> tuple[float, float]:
    """Return the share of test rows whose chosen row has the same code, and what it were if rows were chosen blindly.

    A missing code (-1) is never the same.
    """
    known = codes[test] >= 0
    same = (codes[chosen] == codes[test]) & known
    share = np.bincount(codes[train][codes[train] >= 0], minlength=codes.max(initial=0) + 1) / len(train)
    return float(same.mean()), float(np.where(known, share[codes[test]], 0.0).mean())
