"""Loss: a scalar from the outputs of one target."""

from abc import ABC, abstractmethod

from jaxtyping import Float
from torch import Tensor, nn

from insula.model.fusion import Fused
from insula.specs import TargetSpec
from insula.windows.batch import Batch


class Loss(nn.Module, ABC):
    """The loss of one target. Its constructor takes ``target`` and, after ``*``, its options.

    Parameters
    ----------
    target
        Name, kind and classes of the target, and the class weights of the fold's training rows where the run balances
        by weights.
    """

    def __init__(self, target: TargetSpec) -> None:
        super().__init__()
        self.target = target

    @abstractmethod
    def forward(self, fused: Fused, batch: Batch, progress: float) -> Float[Tensor, ""]:
        """Return the loss over the labelled rows: 0, with a gradient, where none is. ``progress`` runs from 0 to 1."""
