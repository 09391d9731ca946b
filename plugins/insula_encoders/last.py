"""Last: the last real step."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import pad

from insula import Pooling


class Last(Pooling):
    """The last real step: what a causal cell knows at the window's end."""

    def forward(
        self, x: Float[Tensor, "batch steps hidden"], mask: Bool[Tensor, "batch steps"]
    ) -> Float[Tensor, "batch pooled"]:
        """Return the last step where ``mask`` is True."""
        # A step of zeros stands before the first one: it is what a row without a real step finds.
        place = pad(mask * torch.arange(1, mask.shape[1] + 1, device=mask.device), (1, 0)).amax(dim=1)
        return pad(x, (0, 0, 1, 0))[torch.arange(len(x), device=x.device), place]
