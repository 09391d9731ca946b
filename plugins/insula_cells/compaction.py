"""Compaction: the real steps of every row moved to the front, and back."""

from jaxtyping import Bool, Float
from torch import Tensor


def compact(
    x: Float[Tensor, "batch steps features"], mask: Bool[Tensor, "batch steps"], longest: int
) -> Float[Tensor, "batch longest features"]:
    """Return the real steps of every row in order, then zeros; ``longest`` is the largest number of real steps."""
    order = (~mask).byte().argsort(dim=1, stable=True)[:, :longest].unsqueeze(-1)
    return x.masked_fill(~mask.unsqueeze(-1), 0.0).gather(1, order.expand(-1, -1, x.shape[2]))


def scatter_back(
    y: Float[Tensor, "batch longest hidden"], mask: Bool[Tensor, "batch steps"]
) -> Float[Tensor, "batch steps hidden"]:
    """Inverse of :func:`compact`: put every row's steps back where they were, zeros at masked steps."""
    place = (mask.long().cumsum(dim=1) - 1).clamp(min=0).unsqueeze(-1)
    return y.gather(1, place.expand(-1, -1, y.shape[2])).masked_fill(~mask.unsqueeze(-1), 0.0)
