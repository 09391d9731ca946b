"""Mean: the average over the real steps."""

from jaxtyping import Bool, Float
from torch import Tensor

from insula import Pooling


class Mean(Pooling):
    """The average over the real steps."""

    def forward(
        self, x: Float[Tensor, "batch steps hidden"], mask: Bool[Tensor, "batch steps"]
    ) -> Float[Tensor, "batch pooled"]:
        """Return the mean of the steps where ``mask`` is True."""
        count = mask.sum(dim=1, keepdim=True).clamp(min=1)
        return x.masked_fill(~mask.unsqueeze(-1), 0.0).sum(dim=1) / count
