"""MultiKernel: convolutions of several widths side by side."""

from typing import Annotated

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn

from insula import ConfigError, Encoder, MaskedBatchNorm, SignalSpec, real_steps

Size = Annotated[int, Field(gt=0)]


class MultiKernel(Encoder):
    """Convolutions of several widths over the same samples side by side, then BatchNorm, ReLU, dropout, max pooling.

    Short kernels see what passes quickly, long ones what lasts, and the next part of the model has both at every step.
    After the multiscale-multichannel 1-D network of Liu et al. 2023 (Speech Communication 156:103010), which isn't open
    access: a reconstruction of its idea from the abstract, not of its layers or sizes.

    Rows of a batch differ in length. What lies beyond a row's end is read as 0, which is what a convolution would find
    there if the row stood alone; BatchNorm's statistics come from real positions only.

    Parameters
    ----------
    kernels
        Samples that the filters of every convolution see; an even one sees one more to its right.
    channels
        Number of filters of each width; a step has as many features as all widths together have filters.
    pool
        Samples that max pooling joins; ``hop``.
    dropout
        Dropout before the pooling.
    """

    def __init__(
        self,
        spec: SignalSpec,
        *,
        kernels: Annotated[tuple[Size, ...], Field(min_length=1)] = (3, 7, 15),
        channels: Annotated[int, Field(gt=0)] = 32,
        pool: Annotated[int, Field(gt=0)] = 2,
        dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
    ) -> None:
        super().__init__(spec)
        self.output_size, self.pool, self.hop = channels * len(kernels), pool, pool
        if spec.n_times is not None and spec.n_times < self.hop:
            raise ConfigError(
                f"multi_kernel makes one step of {self.hop} samples, but a window has {spec.n_times}: "
                f"set pool={max(spec.n_times, 1)} or less, or choose encoder=mlp"
            )
        # No bias: BatchNorm takes a constant out again.
        self.convs = nn.ModuleList(
            nn.Conv1d(spec.channels, channels, width, padding="same", bias=False) for width in kernels
        )
        self.norm = MaskedBatchNorm(self.output_size)
        self.rest = nn.Sequential(nn.ReLU(), nn.Dropout(dropout), nn.MaxPool1d(pool))

    def forward(
        self, x: Float[Tensor, "batch channels time"], valid: Bool[Tensor, "batch channels time"]
    ) -> Float[Tensor, "batch steps features"]:
        """Encode; a step is made of ``hop`` samples, and sees half the longest kernel to both sides."""
        if x.shape[2] < self.hop:
            return x.new_zeros(len(x), 0, self.output_size)
        x = x.masked_fill(~valid, 0.0)
        x = self.norm(torch.cat([conv(x) for conv in self.convs], dim=1), real_steps(valid))
        return (self.rest(x) * real_steps(valid, self.pool).unsqueeze(1)).transpose(1, 2)
