"""Conv1d: blocks of convolution and pooling over time."""

from typing import Annotated

from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn

from insula import ConfigError, Encoder, MaskedBatchNorm, SignalSpec, real_steps
from insula_encoders.initialisation import Init, initialise

Size = Annotated[int, Field(gt=0)]


class Block(nn.Module):
    """Convolution, BatchNorm over real positions, ReLU, dropout, max pooling."""

    def __init__(self, inputs: int, outputs: int, kernel: int, pool: int, dropout: float) -> None:
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, kernel, padding="same")
        self.norm = MaskedBatchNorm(outputs)
        self.rest = nn.Sequential(nn.ReLU(), nn.Dropout(dropout), nn.MaxPool1d(pool))

    def forward(self, x: Float[Tensor, "batch inputs time"], mask: Bool[Tensor, "batch time"]) -> Tensor:
        """Return ``(batch, outputs, time // pool)``."""
        return self.rest(self.norm(self.conv(x), mask))


class Conv1d(Encoder):
    """Blocks of convolution, BatchNorm, ReLU, dropout and max pooling over all channels of the raw samples.

    Rows of a batch differ in length. After every block what lies beyond a row's end is set to 0, which is what a
    convolution would find there if the row stood alone; BatchNorm's statistics come from real positions only.

    Parameters
    ----------
    channels
        Number of filters of every block; the last one is the number of features per step.
    kernel
        Samples that a filter sees; an even one sees one more to its right.
    pool
        Steps that max pooling joins after every block; ``hop`` is its product over the blocks.
    dropout
        Dropout before every pooling.
    init
        How weights start: as ``torch`` draws them, or ``xavier`` uniform with biases of 0.
    """

    def __init__(
        self,
        spec: SignalSpec,
        *,
        channels: Annotated[tuple[Size, ...], Field(min_length=1)] = (48, 64, 48),
        kernel: Annotated[int, Field(gt=0)] = 7,
        pool: Annotated[int, Field(gt=0)] = 2,
        dropout: Annotated[float, Field(ge=0, lt=1)] = 0.3,
        init: Init = "torch",
    ) -> None:
        super().__init__(spec)
        self.output_size, self.pool, self.hop = channels[-1], pool, pool ** len(channels)
        if spec.n_times is not None and spec.n_times < self.hop:
            raise ConfigError(
                f"conv1d makes one step of {self.hop} samples, but a window has {spec.n_times}: "
                "set pool=1, name fewer channels, or choose encoder=mlp"
            )
        widths = zip((spec.channels, *channels), channels, strict=False)
        self.blocks = nn.ModuleList(Block(inputs, outputs, kernel, pool, dropout) for inputs, outputs in widths)
        initialise(self, init)

    def forward(
        self, x: Float[Tensor, "batch channels time"], valid: Bool[Tensor, "batch channels time"]
    ) -> Float[Tensor, "batch steps features"]:
        """Encode; a step is made of ``hop`` samples, and sees the kernels' reach to both sides."""
        if x.shape[2] < self.hop:
            return x.new_zeros(len(x), 0, self.output_size)
        x = x.masked_fill(~valid, 0.0)
        for number, block in enumerate(self.blocks):
            after = real_steps(valid, self.pool ** (number + 1))
            x = block(x, real_steps(valid, self.pool**number)) * after.unsqueeze(1)
        return x.transpose(1, 2)
