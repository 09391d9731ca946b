"""Conv2d: layers of convolution and pooling over frequency and time."""

from math import ceil, prod
from typing import Annotated

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn

from insula import ConfigError, Encoder, MaskedBatchNorm, SignalSpec, real_steps

Size = Annotated[int, Field(gt=0)]
Pair = tuple[Size, Size]


class Layer(nn.Module):
    """Convolution, BatchNorm over real positions, ReLU, max pooling, dropout; over time and frequency."""

    def __init__(self, inputs: int, outputs: int, kernel: Pair, pool: Pair, dropout: float) -> None:
        super().__init__()
        # No bias: BatchNorm takes a constant out again.
        self.conv = nn.Conv2d(inputs, outputs, (kernel[1], kernel[0]), padding="same", bias=False)
        self.norm = MaskedBatchNorm(outputs)
        # Pooling before ReLU is the same as behind it, on fewer numbers. What is left of the frequencies is pooled too
        # (ceil_mode); of time there is a whole number of steps.
        self.rest = nn.Sequential(nn.MaxPool2d((pool[1], pool[0]), ceil_mode=True), nn.ReLU(), nn.Dropout(dropout))
        self.pool = pool[1]

    def forward(
        self, x: Float[Tensor, "batch inputs time frequency"], mask: Bool[Tensor, "batch time"]
    ) -> Float[Tensor, "batch outputs steps bands"]:
        """Return the maps, ``time // pool`` by ``ceil(frequency / pool)``."""
        columns = self.conv(x).transpose(1, 2)
        normal = torch.zeros_like(columns)
        normal[mask] = self.norm(columns[mask])
        whole = x.shape[2] // self.pool * self.pool
        return self.rest(normal[:, :whole].transpose(1, 2))


class Conv2d(Encoder):
    """Layers of convolution, BatchNorm, ReLU, max pooling and dropout over channels and time, taken as an image.

    The channels are neighbours on an axis, as the bins of a spectrogram are: a filter that knows an edge in one band
    finds it in another. At the end the bands that pooling leaves of all maps stand side by side as the features of a
    step. Any number of channels will do: the last band may be pooled from fewer than the others.

    Rows of a batch differ in length. After every layer what lies beyond a row's end is set to 0, which is what a
    convolution would find there if the row stood alone; BatchNorm's statistics, one mean and variance per map (Ioffe &
    Szegedy 2015, section 3.2), come from real positions only.

    Parameters
    ----------
    channels
        Number of maps of every layer.
    kernel
        Channels (frequencies) and samples that a filter sees; an even number sees one more behind than before.
    pool
        Channels (frequencies) and steps that max pooling joins after a layer: a pair for all layers, or one for each.
        ``hop`` is the product over time.
    dropout
        Dropout after every layer.
    """

    def __init__(
        self,
        spec: SignalSpec,
        *,
        channels: Annotated[tuple[Size, ...], Field(min_length=1)] = (16, 32),
        kernel: Pair = (3, 3),
        pool: Annotated[tuple[Pair, ...], Field(min_length=1)] = ((2, 2),),
        dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
    ) -> None:
        super().__init__(spec)
        pools = pool * len(channels) if len(pool) == 1 else pool
        if len(pools) != len(channels):
            raise ConfigError(
                f"conv2d has {len(channels)} layers (channels) and {len(pools)} pairs in pool: "
                "name one pair for all layers, or one for each"
            )
        self.steps = tuple(time for _, time in pools)
        self.hop = prod(self.steps)
        if spec.n_times is not None and spec.n_times < self.hop:
            raise ConfigError(
                f"conv2d makes one step of {self.hop} samples, but a window has {spec.n_times}: "
                "let pool join less time, for instance pool=[[2,1]]"
            )
        bands = spec.channels
        for frequency, _ in pools:
            bands = ceil(bands / frequency)
        self.output_size = channels[-1] * bands
        sizes = zip((1, *channels), channels, pools, strict=False)
        self.layers = nn.ModuleList(Layer(inputs, outputs, kernel, pair, dropout) for inputs, outputs, pair in sizes)

    def forward(
        self, x: Float[Tensor, "batch channels time"], valid: Bool[Tensor, "batch channels time"]
    ) -> Float[Tensor, "batch steps features"]:
        """Encode; a step is made of ``hop`` samples, and sees the kernels' reach to both sides."""
        if x.shape[2] < self.hop:
            return x.new_zeros(len(x), 0, self.output_size)
        # Time stands before frequency, so that the columns which BatchNorm picks lie close together.
        maps, real, hop = x.masked_fill(~valid, 0.0).transpose(1, 2).unsqueeze(1), real_steps(valid), 1
        for layer, joined in zip(self.layers, self.steps, strict=True):
            hop *= joined
            maps, real = layer(maps, real), real_steps(valid, hop)
            maps = maps * real[:, None, :, None]
        return maps.transpose(1, 2).flatten(2)
