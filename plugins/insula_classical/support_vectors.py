"""SupportVectors: a support vector machine as tensors."""

from itertools import combinations
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from insula import TargetSpec, TrainingError
from insula_classical.grown import Grown
from insula_classical.labels import WeightedRows, logits


class SupportVectors(Grown):
    """A support vector machine with Gaussian kernel that scikit-learn has fitted, one class against one.

    The decision value d of the second of two classes is taken as its log-odds. Of K classes, a class has what
    scikit-learn calls its one-versus-rest decision value, v + s / (3 (|s| + 1)), where v is how many of its K - 1 duels
    it wins and s the sum of their decision values; the softmax of these is taken as the class probabilities. Nothing is
    calibrated: the order of classes is the machine's own, how sure it is isn't. A class that no training window has is
    never predicted. Before it is fitted all classes are alike.

    Parameters
    ----------
    target
        What it predicts.
    c
        What windows on the wrong side cost.
    gamma
        Inverse squared width of the kernel; None: 1 / (features * variance of the training rows).
    most
        Rows to learn from at most.
    """

    wins: Tensor
    gamma: Tensor
    ruled_out: Tensor

    def __init__(self, target: TargetSpec, c: float, gamma: float | None, most: int) -> None:
        super().__init__()
        self.target, self.c, self.width, self.most = target, c, gamma, most
        self.vectors = nn.Parameter(torch.zeros(0, 0))
        self.coefficients = nn.Parameter(torch.zeros(0, 0))
        self.intercepts = nn.Parameter(torch.zeros(0))
        self.register_buffer("wins", torch.zeros(0, len(target.classes)))
        self.register_buffer("gamma", torch.zeros(()))
        self.register_buffer("ruled_out", torch.zeros(len(target.classes)))

    def forward(self, rows: Float[Tensor, "rows features"]) -> Float[Tensor, "rows outputs"]:
        """Return logits: the logarithms of what is taken as class probabilities."""
        return logits((self._decided(rows) + self.ruled_out).softmax(dim=1).to(self.vectors), self.target)

    def _decided(self, rows: Tensor) -> Float[Tensor, "rows classes"]:
        duels = len(self.intercepts)
        if not duels:
            return rows.new_zeros(len(rows), len(self.target.classes))
        apart = torch.cdist(rows.double(), self.vectors.double(), compute_mode="donot_use_mm_for_euclid_dist")
        kernel = torch.exp(-self.gamma.double() * apart.square())
        value = kernel @ self.coefficients.double().T + self.intercepts.double()
        wins = self.wins.double()
        if duels == 1:
            return value * wins.clamp(min=0)
        won = (value > 0).double() @ wins.clamp(min=0) + (value <= 0).double() @ wins.clamp(max=0).neg()
        total = value @ wins
        return won + total / (3 * (total.abs() + 1))

    def fit(self, rows: Float[Tensor, "rows features"], labels: Float[Tensor, "rows outputs"]) -> None:
        """Find the support vectors.

        Raises
        ------
        TrainingError
            If there are too many rows.
        """
        if len(rows) > self.most:
            raise TrainingError(
                f"an SVM learns from {self.most} windows at most here, and there are {len(rows)}: its time grows with "
                f"their square. Type architecture.most={len(rows)} to wait for it"
            )
        of = WeightedRows.of(labels, self.target)
        known = np.unique(of.classes)
        ruled_out = np.full(len(self.target.classes), -np.inf)
        ruled_out[known] = 0.0
        self.put(ruled_out=ruled_out)
        if len(known) > 1:
            self._take(rows.double().numpy(), of, known)

    def _take(self, rows: Float[np.ndarray, "n features"], of: WeightedRows, known: np.ndarray) -> None:
        from sklearn.svm import SVC

        gamma = self.width or 1 / max(rows.shape[1] * float(rows[of.rows].var()), 1e-12)
        machine = SVC(C=self.c, gamma=gamma)  # pyright: ignore[reportArgumentType]
        machine.fit(rows[of.rows], of.classes, sample_weight=of.weights)
        coefficients, wins = _duels(machine, known, len(self.target.classes))
        self.put(
            vectors=machine.support_vectors_,
            coefficients=coefficients,
            intercepts=machine.intercept_,
            wins=wins,
            gamma=gamma,
        )


def _duels(machine: Any, known: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return, per pair of classes, the weights of the support vectors, and who wins where the value is positive (1).

    scikit-learn keeps the weights of a class's vectors against the others in as many rows as there are others. Of two
    classes, a positive value speaks for the second one, of more for the first one of a pair.
    """
    pairs = list(combinations(range(len(known)), 2))
    of = np.repeat(np.arange(len(known)), machine.n_support_)
    coefficients, wins = np.zeros((len(pairs), len(of))), np.zeros((len(pairs), classes))
    for row, (i, j) in enumerate(pairs):
        coefficients[row, of == i] = machine.dual_coef_[j - 1, of == i]
        coefficients[row, of == j] = machine.dual_coef_[i, of == j]
        wins[row, known[[i, j]]] = (1, -1) if len(pairs) > 1 else (-1, 1)
    return coefficients, wins
