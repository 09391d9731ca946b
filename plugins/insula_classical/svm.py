"""SVM: a support vector machine."""

from typing import Annotated

from pydantic import Field
from torch import nn

from insula import DataSpec, Parts
from insula_classical.classical import Classical, classes_only
from insula_classical.support_vectors import SupportVectors
from insula_classical.window_features import Inputs


class SVM(Classical):
    """Support vector machine with a Gaussian kernel on the features of a window, as scikit-learn fits it.

    Classes only. Of two classes the decision value is taken as the log-odds of the second; of more, the softmax of the
    one-versus-rest decision values as the probabilities. They aren't calibrated. Its parameters are support vectors,
    their weights and intercepts.

    Parameters
    ----------
    c
        What windows on the wrong side of the margin cost: large values fit the training windows closely.
    gamma
        Inverse squared width of the kernel; None: 1 / (number of features * variance of the training rows).
    most
        Training windows at most: beyond, fitting is refused, because its time grows with their square.
    """

    def __init__(
        self,
        data: DataSpec,
        parts: Parts,
        *,
        inputs: Inputs = "mean_std",
        c: Annotated[float, Field(gt=0)] = 1.0,
        gamma: Annotated[float, Field(gt=0)] | None = None,
        most: Annotated[int, Field(gt=0)] = 10_000,
    ) -> None:
        super().__init__(data, parts, inputs=inputs)
        classes_only(data, "an SVM")
        self.models = nn.ModuleList(SupportVectors(target, c, gamma, most) for target in data.targets.values())
