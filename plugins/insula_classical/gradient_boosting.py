"""GradientBoosting: decision trees that correct each other."""

from typing import Annotated

import torch
from pydantic import Field
from torch import nn

from insula import DataSpec, Parts
from insula_classical.boosted import Boosted
from insula_classical.classical import Classical
from insula_classical.window_features import Inputs


class GradientBoosting(Classical):
    """Gradient boosting of trees (Friedman 2001, Ann Statist 29:1189) on the features of a window.

    It is scikit-learn's histogram gradient boosting: cross-entropy for classes, squared error for a number, all rounds,
    no early stopping (which would set windows apart at random). Trees split between 255 parts of a feature, or between
    63 where more windows than 255 are weighed. Its parameters, as a report counts them, are the thresholds of all
    splits and the values of all leaves.

    Parameters
    ----------
    rounds
        How often a tree (with more than two classes one for each) is added.
    rate
        What a tree's answer is multiplied by.
    leaves
        Leaves of a tree at most.
    min_leaf
        Training windows in a leaf at least.
    l2
        Strength of the L2 penalty on the leaves.
    """

    def __init__(
        self,
        data: DataSpec,
        parts: Parts,
        *,
        inputs: Inputs = "mean_std",
        rounds: Annotated[int, Field(gt=0)] = 100,
        rate: Annotated[float, Field(gt=0)] = 0.1,
        leaves: Annotated[int, Field(gt=1)] = 31,
        min_leaf: Annotated[int, Field(gt=0)] = 20,
        l2: Annotated[float, Field(ge=0)] = 0.0,
    ) -> None:
        super().__init__(data, parts, inputs=inputs)
        settings = {
            "max_iter": rounds,
            "learning_rate": rate,
            "max_leaf_nodes": leaves,
            "min_samples_leaf": min_leaf,
            "l2_regularization": l2,
            "early_stopping": False,
        }
        self.models = nn.ModuleList(
            Boosted(target, {**settings, "random_state": int(torch.randint(2**31 - 1, ()))})
            for target in data.targets.values()
        )
