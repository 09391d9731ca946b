"""Forest: many decision trees as tensors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from insula import TargetSpec
from insula_classical.grown import Grown
from insula_classical.labels import WeightedRows, logits


class Forest(Grown):
    """The trees of a random forest that scikit-learn has grown, walked all at once.

    The nodes of all trees are numbered together: first those that split, then the leaves. What is learnt are the
    thresholds of the splits and the values of the leaves (class shares, or a number); these are its parameters.
    Before it is fitted it is one leaf.

    Parameters
    ----------
    target
        What it predicts.
    settings
        Options of scikit-learn's forests.
    """

    feature: Tensor
    branches: Tensor
    roots: Tensor
    depth: Tensor

    def __init__(self, target: TargetSpec, settings: dict[str, Any]) -> None:
        super().__init__()
        self.target, self.settings = target, settings
        width = 1 if target.kind == "number" else len(target.classes)
        self.threshold = nn.Parameter(torch.zeros(0))
        self.value = nn.Parameter(torch.full((1, width), 0.0 if target.kind == "number" else 1 / width))
        self.register_buffer("feature", torch.zeros(0, dtype=torch.int32))
        self.register_buffer("branches", torch.zeros(0, 2, dtype=torch.int32))
        self.register_buffer("roots", torch.zeros(1, dtype=torch.int32))
        self.register_buffer("depth", torch.zeros((), dtype=torch.int32))

    def forward(self, rows: Float[Tensor, "rows features"]) -> Float[Tensor, "rows outputs"]:
        """Return the mean over the trees of what stands in the leaves that a row reaches, classes as logits."""
        splits = len(self.feature)
        node = self.roots.long().expand(len(rows), -1)
        for _ in range(int(self.depth)):
            split = node.clamp(max=splits - 1)
            right = rows.gather(1, self.feature[split].long()) > self.threshold[split]
            node = torch.where(node < splits, self.branches[split, right.long()].long(), node)
        mean = self.value[node - splits].mean(dim=1)
        return mean if self.target.kind == "number" else logits(mean, self.target)

    def fit(self, rows: Float[Tensor, "rows features"], labels: Float[Tensor, "rows outputs"]) -> None:
        """Grow the trees."""
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        settings = {**self.settings, "n_jobs": torch.get_num_threads()}
        if self.target.kind == "number":
            grown = RandomForestRegressor(**settings).fit(rows.numpy(), labels[:, 0].double().numpy())
            self._plant(grown.estimators_, np.array([0]))
        else:
            of = WeightedRows.of(labels, self.target)
            grown = RandomForestClassifier(**settings).fit(rows.numpy()[of.rows], of.classes, sample_weight=of.weights)
            self._plant(grown.estimators_, grown.classes_)

    def _plant(self, estimators: Sequence[Any], outputs: Int[np.ndarray, " known"]) -> None:
        """Copy fitted trees, whose leaves hold values of some of the outputs."""
        trees = [estimator.tree_ for estimator in estimators]
        starts = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1]
        left, right = (
            np.concatenate([getattr(tree, side) + start for tree, start in zip(trees, starts, strict=True)])
            for side in ("children_left", "children_right")
        )
        splits = np.concatenate([tree.children_left for tree in trees]) >= 0
        number = np.where(splits, np.cumsum(splits) - 1, splits.sum() + np.cumsum(~splits) - 1)
        leaves = np.concatenate([tree.value[:, 0] for tree in trees])[~splits]
        value = np.zeros((len(leaves), self.value.shape[1]))
        value[:, outputs] = leaves
        self.put(
            threshold=_below(np.concatenate([tree.threshold for tree in trees])[splits]),
            value=value,
            feature=np.concatenate([tree.feature for tree in trees])[splits],
            branches=number[np.stack([left, right], axis=1)[splits]],
            roots=number[starts],
            depth=max(tree.max_depth for tree in trees),
        )


def _below(threshold: Float[np.ndarray, " splits"]) -> Float[np.ndarray, " splits"]:
    """Round down to float32: no float32 lies between a threshold and that, so every row goes where it went."""
    rounded = threshold.astype(np.float32)
    return np.where(rounded > threshold, np.nextafter(rounded, np.float32(-np.inf)), rounded)
