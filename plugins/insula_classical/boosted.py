"""Boosted: the sum of decision trees that correct each other, as tensors."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from insula import TargetSpec
from insula_classical.labels import WeightedRows, logits
from insula_classical.trees import Tree, Trees

MOST_BINS, WEIGHTED_BINS = 255, 63
"""Into how many parts a feature is cut; weighted rows into fewer, whose quantiles scikit-learn seeks one by one."""


class Boosted(Trees):
    """Gradient boosting that scikit-learn has fitted: to a constant every round adds one tree per output.

    Of two classes there is one tree a round, for the second one's log-odds. A class that no training window has is
    never predicted: its constant is −∞.

    Parameters
    ----------
    target
        What it predicts.
    settings
        Options of scikit-learn's histogram gradient boosting.
    """

    columns: Tensor

    def __init__(self, target: TargetSpec, settings: dict[str, Any]) -> None:
        super().__init__(1, 0.0)
        self.target, self.settings = target, settings
        self.constant = nn.Parameter(torch.zeros(1 if target.kind == "number" else len(target.classes)))
        self.register_buffer("columns", torch.zeros(1, dtype=torch.long))

    def forward(self, rows: Float[Tensor, "rows features"]) -> Float[Tensor, "rows outputs"]:
        """Return the sum over all rounds, classes as logits."""
        rounds = super().forward(rows).reshape(len(rows), -1, len(self.columns))
        raw = self.constant.expand(len(rows), -1).index_add(1, self.columns, rounds.sum(dim=1))
        return raw if self.target.kind == "number" else logits(raw.softmax(dim=1), self.target)

    def fit(self, rows: Float[Tensor, "rows features"], labels: Float[Tensor, "rows outputs"]) -> None:
        """Grow the trees; of one class there is nothing to tell, so its constant stands alone."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(torch.get_num_threads()):  # on few rows threads only wait for each other
            self._fit(rows.numpy(), labels)

    def _fit(self, rows: Float[np.ndarray, "rows features"], labels: Float[Tensor, "rows outputs"]) -> None:
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        if self.target.kind == "number":
            grown = HistGradientBoostingRegressor(**self.settings).fit(rows, labels[:, 0].double().numpy())
            self._take(grown, np.array([0]))
            return
        of = WeightedRows.of(labels, self.target)
        known = np.unique(of.classes)
        if len(known) == 1:
            self.put(constant=np.where(np.arange(len(self.constant)) == known[0], 0.0, -np.inf))
            return
        weights = of.weights if np.ptp(of.weights) > 0 else None  # equal ones change nothing
        bins = MOST_BINS if weights is None or len(of.rows) <= MOST_BINS else WEIGHTED_BINS
        grown = HistGradientBoostingClassifier(**self.settings, max_bins=bins)
        self._take(grown.fit(rows[of.rows], of.classes, sample_weight=weights), known)

    def _take(self, grown: Any, outputs: Int[np.ndarray, " known"]) -> None:
        # scikit-learn shows neither the constant nor the trees of histogram gradient boosting in public attributes
        first = np.asarray(grown._baseline_prediction, np.float64).ravel()
        constant = np.full(len(self.constant), -np.inf)
        constant[outputs] = 0.0
        constant[outputs[-len(first) :]] = first
        self.put(constant=constant, columns=outputs[-len(first) :])
        self.plant([_tree(predictor.nodes) for several in grown._predictors for predictor in several])


def _tree(nodes: np.ndarray) -> Tree:
    feature, value = nodes["feature_idx"].astype(np.int64), nodes["value"].astype(np.float64)[:, None]
    left, right = nodes["left"].astype(np.int64), nodes["right"].astype(np.int64)
    splits = nodes["is_leaf"] == 0
    return Tree(left, right, splits, feature, nodes["num_threshold"], value, int(nodes["depth"].max()))
