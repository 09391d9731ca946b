"""RandomForest: the mean of many decision trees."""

from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import nn

from insula import DataSpec, Parts
from insula_classical.classical import Classical
from insula_classical.forest import Forest
from insula_classical.window_features import Inputs


class RandomForest(Classical):
    """Random forest (Breiman 2001, Machine Learning 45) on the features of a window, as scikit-learn fits it.

    The outputs are the logarithms of the mean class shares of the leaves; for a number, the mean value. Its parameters,
    as a report counts them, are the thresholds of all splits and the values of all leaves.

    Parameters
    ----------
    trees
        How many trees.
    depth
        Splits from root to leaf at most; None: until leaves are pure.
    min_leaf
        Training windows in a leaf at least.
    max_features
        How many features a split chooses from, drawn anew for each: the square root of all, their binary logarithm, or
        all.
    """

    def __init__(
        self,
        data: DataSpec,
        parts: Parts,
        *,
        inputs: Inputs = "mean_std",
        trees: Annotated[int, Field(gt=0)] = 500,
        depth: Annotated[int, Field(gt=0)] | None = None,
        min_leaf: Annotated[int, Field(gt=0)] = 1,
        max_features: Literal["sqrt", "log2", "all"] = "sqrt",
    ) -> None:
        super().__init__(data, parts, inputs=inputs)
        settings = {
            "n_estimators": trees,
            "max_depth": depth,
            "min_samples_leaf": min_leaf,
            "max_features": None if max_features == "all" else max_features,
        }
        self.models = nn.ModuleList(
            Forest(target, {**settings, "random_state": int(torch.randint(2**31 - 1, ()))})
            for target in data.targets.values()
        )
