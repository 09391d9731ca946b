"""Labelled: the rows of a batch that count for a target."""

from jaxtyping import Float
from torch import Tensor

from insula import Batch, Fused


def labelled(
    fused: Fused, batch: Batch, target: str
) -> tuple[Float[Tensor, "rows outputs"], Float[Tensor, "rows outputs"]]:
    """Return outputs and targets of the rows that have a label."""
    rows = batch.labelled[target]
    outputs = fused.outputs[target][rows]
    return outputs, batch.targets[target][rows].to(outputs.dtype)
