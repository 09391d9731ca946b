"""Labels: what a classical model learns from, and how its answer becomes outputs."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from torch import Tensor

from insula import TargetSpec

LEAST = 1e-7
"""The least probability of a class, so that its logarithm is a number; about the rounding of float32."""


@dataclass(frozen=True, eq=False)
class WeightedRows:
    """Rows with one class each: a window whose label is a distribution stands there once per class, with a weight.

    Parameters
    ----------
    rows
        Which window.
    classes
        Which class.
    weights
        The class's share of the label, times the weight of the class where the run balances by weights.
    """

    rows: Int[np.ndarray, " n"]
    classes: Int[np.ndarray, " n"]
    weights: Float[np.ndarray, " n"]

    @classmethod
    def of(cls, labels: Float[Tensor, "rows outputs"], target: TargetSpec) -> "WeightedRows":
        """Take them from a batch's targets."""
        shares = labels.double().numpy()
        if target.kind == "binary":
            shares = np.concatenate([1 - shares, shares], axis=1)
        weighted = shares * (1.0 if target.class_weights is None else np.array(target.class_weights))
        rows, classes = np.nonzero(weighted)
        return cls(rows, classes, weighted[rows, classes])


def logits(probabilities: Float[Tensor, "rows classes"], target: TargetSpec) -> Float[Tensor, "rows outputs"]:
    """Return the outputs of which these are the probabilities: ln p, of a binary target ln p₁ − ln p₀."""
    logs = probabilities.clamp(min=LEAST).log()
    return logs[:, 1:] - logs[:, :1] if target.kind == "binary" else logs
