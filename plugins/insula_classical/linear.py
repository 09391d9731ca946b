"""Linear: a logistic regression as tensors."""

import warnings

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear

from insula import InsulaWarning, TargetSpec
from insula_classical.grown import Grown
from insula_classical.labels import WeightedRows, logits

ITERATIONS = 1000


class Linear(Grown):
    """A multinomial logistic regression that scikit-learn has fitted; of two classes a binary one.

    A class that no training window has is never predicted: its bias is −∞. Before it is fitted all classes are alike.

    Parameters
    ----------
    target
        What it predicts.
    c
        Inverse strength of the regularisation.
    """

    def __init__(self, target: TargetSpec, c: float) -> None:
        super().__init__()
        self.target, self.c = target, c
        self.weight = nn.Parameter(torch.zeros(len(target.classes), 0))
        self.bias = nn.Parameter(torch.zeros(len(target.classes)))

    def forward(self, rows: Float[Tensor, "rows features"]) -> Float[Tensor, "rows outputs"]:
        """Return logits: the logarithms of the class probabilities."""
        seen = rows[:, : self.weight.shape[1]]  # nothing before the fit
        return logits(linear(seen.to(self.weight), self.weight, self.bias).softmax(dim=1), self.target)

    def fit(self, rows: Float[Tensor, "rows features"], labels: Float[Tensor, "rows outputs"]) -> None:
        """Fit, and say so if it came to no end."""
        of = WeightedRows.of(labels, self.target)
        known = np.unique(of.classes)
        weight = np.zeros((len(self.target.classes), rows.shape[1]))
        bias = np.full(len(self.target.classes), -np.inf)
        bias[known] = 0.0
        if len(known) > 1:
            coefficients, intercepts = self._fitted(rows.double().numpy()[of.rows], of)
            learnt = known[-len(intercepts) :]  # of two classes the second one's logit is beside the first one's 0
            weight[learnt], bias[learnt] = coefficients, intercepts
        self.put(weight=weight, bias=bias)

    def _fitted(
        self, rows: Float[np.ndarray, "n features"], of: WeightedRows
    ) -> tuple[Float[np.ndarray, "logits features"], Float[np.ndarray, " logits"]]:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=self.c, max_iter=ITERATIONS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(rows, of.classes, sample_weight=of.weights)
        if model.n_iter_.max() >= ITERATIONS:
            warnings.warn(
                f"the logistic regression of {self.target.name} came to no end in {ITERATIONS} iterations; "
                f"type architecture.c={self.c / 10:g}, which regularises more",
                InsulaWarning,
                stacklevel=2,
            )
        return np.asarray(model.coef_), np.asarray(model.intercept_)
