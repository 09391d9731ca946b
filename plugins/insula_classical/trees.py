"""Trees: decision trees as tensors."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from insula_classical.grown import Grown


class Tree(NamedTuple):
    """A tree that scikit-learn has grown, node by node, the root first.

    Parameters
    ----------
    left, right
        The node that follows where a feature is at most the threshold, and where it is above; at a leaf they say
        nothing.
    splits
        Which nodes split.
    feature, threshold
        What a node splits by.
    value
        What stands in a node.
    depth
        Splits from the root to the deepest leaf.
    """

    left: Int[np.ndarray, " nodes"]
    right: Int[np.ndarray, " nodes"]
    splits: np.ndarray
    feature: Int[np.ndarray, " nodes"]
    threshold: Float[np.ndarray, " nodes"]
    value: Float[np.ndarray, "nodes outputs"]
    depth: int


class Trees(Grown):
    """Decision trees, walked all at once.

    The nodes of all trees are numbered together: first those that split, then the leaves. What is learnt are the
    thresholds of the splits and the values of the leaves; these are its parameters. Before it is grown it is one leaf.

    Parameters
    ----------
    width
        How many values a leaf has.
    value
        Those of the one leaf.
    """

    feature: Tensor
    branches: Tensor
    roots: Tensor
    depth: Tensor

    def __init__(self, width: int, value: float) -> None:
        super().__init__()
        self.threshold = nn.Parameter(torch.zeros(0))
        self.value = nn.Parameter(torch.full((1, width), value))
        self.register_buffer("feature", torch.zeros(0, dtype=torch.int32))
        self.register_buffer("branches", torch.zeros(0, 2, dtype=torch.int32))
        self.register_buffer("roots", torch.zeros(1, dtype=torch.int32))
        self.register_buffer("depth", torch.zeros((), dtype=torch.int32))

    def forward(self, rows: Float[Tensor, "rows features"]) -> Float[Tensor, "rows trees outputs"]:
        """Return what stands in the leaf that a row reaches in every tree."""
        splits = len(self.feature)
        node = self.roots.long().expand(len(rows), -1)
        for _ in range(int(self.depth)):
            split = node.clamp(max=splits - 1)
            right = rows.gather(1, self.feature[split].long()) > self.threshold[split]
            node = torch.where(node < splits, self.branches[split, right.long()].long(), node)
        return self.value[node - splits]

    def plant(self, trees: Sequence[Tree]) -> None:
        """Copy trees that were grown."""
        starts = np.cumsum([0, *(len(tree.left) for tree in trees)])[:-1]
        left, right = (
            np.concatenate([side + start for side, start in zip(sides, starts, strict=True)])
            for sides in ([tree.left for tree in trees], [tree.right for tree in trees])
        )
        splits = np.concatenate([tree.splits for tree in trees])
        number = np.where(splits, np.cumsum(splits) - 1, splits.sum() + np.cumsum(~splits) - 1)
        self.put(
            threshold=below(np.concatenate([tree.threshold for tree in trees])[splits]),
            value=np.concatenate([tree.value for tree in trees])[~splits],
            feature=np.concatenate([tree.feature for tree in trees])[splits],
            branches=number[np.stack([left, right], axis=1)[splits]],
            roots=number[starts],
            depth=max(tree.depth for tree in trees),
        )


def below(threshold: Float[np.ndarray, " splits"]) -> Float[np.ndarray, " splits"]:
    """Round down to float32: no float32 lies between a threshold and that, so every row goes where it went."""
    rounded = threshold.astype(np.float32)
    return np.where(rounded > threshold, np.nextafter(rounded, np.float32(-np.inf)), rounded)
