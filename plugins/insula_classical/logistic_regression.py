"""LogisticRegression: a linear map and a softmax."""

from typing import Annotated

from pydantic import Field
from torch import nn

from insula import DataSpec, Parts
from insula_classical.classical import Classical, classes_only
from insula_classical.linear import Linear
from insula_classical.window_features import Inputs


class LogisticRegression(Classical):
    """Logistic regression with an L2 penalty on the features of a window, multinomial, as scikit-learn fits it.

    Classes only; its parameters are coefficients and intercepts.

    Parameters
    ----------
    c
        Inverse strength of the regularisation: half the sum of squared coefficients stands beside ``c`` times the sum
        (not the mean) of the windows' losses.
    """

    def __init__(
        self, data: DataSpec, parts: Parts, *, inputs: Inputs = "mean_std", c: Annotated[float, Field(gt=0)] = 1.0
    ) -> None:
        super().__init__(data, parts, inputs=inputs)
        classes_only(data, "a logistic regression")
        self.models = nn.ModuleList(Linear(target, c) for target in data.targets.values())
