"""NumberLoss: what the losses of numbers share."""

from abc import abstractmethod

from jaxtyping import Float
from torch import Tensor

from insula import Batch, ConfigError, Fused, Loss, TargetSpec
from insula_losses.labelled import labelled

Values = Float[Tensor, "rows 1"]


class NumberLoss(Loss):
    """A loss of values against numbers."""

    def __init__(self, target: TargetSpec) -> None:
        super().__init__(target)
        if target.kind != "number":
            raise ConfigError(
                f"the target {target.name!r} is of kind {target.kind!r}, and {type(self).__name__} is a loss for "
                f"numbers: type targets.{target.name}.loss=cross_entropy, or focal"
            )

    @abstractmethod
    def compare(self, values: Values, goal: Values) -> Float[Tensor, ""]:
        """Return the loss of at least one row."""

    def forward(self, fused: Fused, batch: Batch, progress: float) -> Float[Tensor, ""]:
        """Return the loss over the labelled rows."""
        values, goal = labelled(fused, batch, self.target.name)
        return self.compare(values, goal) if len(values) else values.sum()
