"""Forest: the mean of many decision trees, as tensors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from insula import TargetSpec
from insula_classical.labels import WeightedRows, logits
from insula_classical.trees import Tree, Trees


class Forest(Trees):
    """A random forest that scikit-learn has grown; its leaves hold class shares, or a number.

    Parameters
    ----------
    target
        What it predicts.
    settings
        Options of scikit-learn's forests.
    """

    def __init__(self, target: TargetSpec, settings: dict[str, Any]) -> None:
        width = 1 if target.kind == "number" else len(target.classes)
        super().__init__(width, 0.0 if target.kind == "number" else 1 / width)
        self.target, self.settings = target, settings

    def forward(self, rows: Float[Tensor, "rows features"]) -> Float[Tensor, "rows outputs"]:
        """Return the mean over the trees of what stands in the leaves that a row reaches, classes as logits."""
        mean = super().forward(rows).mean(dim=1)
        return mean if self.target.kind == "number" else logits(mean, self.target)

    def fit(self, rows: Float[Tensor, "rows features"], labels: Float[Tensor, "rows outputs"]) -> None:
        """Grow the trees."""
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        settings = {**self.settings, "n_jobs": torch.get_num_threads()}
        if self.target.kind == "number":
            grown = RandomForestRegressor(**settings).fit(rows.numpy(), labels[:, 0].double().numpy())
            self._take(grown.estimators_, np.array([0]))
        else:
            of = WeightedRows.of(labels, self.target)
            grown = RandomForestClassifier(**settings).fit(rows.numpy()[of.rows], of.classes, sample_weight=of.weights)
            self._take(grown.estimators_, grown.classes_)

    def _take(self, estimators: Sequence[Any], outputs: Int[np.ndarray, " known"]) -> None:
        """Take over fitted trees, whose leaves hold values of some of the outputs."""
        trees = []
        for estimator in estimators:
            tree = estimator.tree_
            value = np.zeros((tree.node_count, self.value.shape[1]))
            value[:, outputs] = tree.value[:, 0]
            left, right = tree.children_left, tree.children_right
            trees.append(Tree(left, right, left >= 0, tree.feature, tree.threshold, value, tree.max_depth))
        self.plant(trees)
