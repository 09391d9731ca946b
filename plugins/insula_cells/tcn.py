"""TCN: causal convolutions over the steps."""

from typing import Annotated

import torch
from jaxtyping import Bool, Float, Int
from pydantic import Field
from torch import Tensor, nn

from insula import MaskedBatchNorm, State, TemporalLayer
from insula_cells.compaction import compact, scatter_back


class Level(nn.Module):
    """A dilated causal convolution and one of width 1, each with BatchNorm, ReLU and dropout; a residual if it fits."""

    def __init__(self, inputs: int, outputs: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.residual = inputs == outputs
        # No biases: BatchNorm takes a constant out again.
        self.causal = nn.Conv1d(inputs, outputs, kernel, dilation=dilation, bias=False)
        self.mix = nn.Conv1d(outputs, outputs, 1, bias=False)
        self.norms = nn.ModuleList(MaskedBatchNorm(outputs) for _ in range(2))
        self.rest = nn.Sequential(nn.ReLU(), nn.Dropout(dropout))

    def forward(
        self,
        x: Float[Tensor, "batch inputs longest"],
        mask: Bool[Tensor, "batch longest"],
        past: Float[Tensor, "batch inputs lag"],
    ) -> Float[Tensor, "batch outputs longest"]:
        """Return the level's outputs; ``past`` are the inputs before the first one."""
        y = self.rest(self.norms[0](self.causal(torch.cat([past, x], dim=2)), mask))
        y = self.rest(self.norms[1](self.mix(y), mask))
        return x + y if self.residual else y


class TCN(TemporalLayer):
    """Temporal convolutional network: levels of causal convolution whose dilation doubles (Bai et al. 2018).

    A level is a dilated causal convolution and a convolution of width 1, each without bias and with BatchNorm, ReLU
    and dropout; where a level's input is as wide as its output, it is added. A step sees itself and
    (kernel − 1)(2^levels − 1) real steps before it; what stands before the first one is zeros. BatchNorm's statistics
    come from real steps only.

    One level of width 128 on 48 features has 35,328 parameters, as the TCN of Bhattacharjee et al. 2026
    (arXiv:2602.06997, Table XI), who don't say how theirs is laid out: this one agrees with their count.

    The state is, for every level, its last inputs ``(batch, width, lag)``. A mask may have holes anywhere: they are
    closed up. Elapsed time isn't read.

    Parameters
    ----------
    hidden_size
        Filters of every convolution.
    kernel
        Steps that a filter sees.
    levels
        Number of levels; the first one's dilation is 1.
    dropout
        Dropout after every convolution.
    """

    def __init__(
        self,
        input_size: int,
        *,
        hidden_size: Annotated[int, Field(gt=0)] = 64,
        kernel: Annotated[int, Field(gt=0)] = 3,
        levels: Annotated[int, Field(gt=0)] = 1,
        dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
    ) -> None:
        super().__init__(input_size)
        self.output_size = hidden_size
        self.widths = [input_size] + [hidden_size] * (levels - 1)
        self.lags = [(kernel - 1) * 2**number for number in range(levels)]
        self.levels = nn.ModuleList(
            Level(width, hidden_size, kernel, 2**number, dropout) for number, width in enumerate(self.widths)
        )

    def forward(
        self,
        x: Float[Tensor, "batch steps features"],
        elapsed: Float[Tensor, "batch steps"],
        mask: Bool[Tensor, "batch steps"],
        state: State | None = None,
    ) -> tuple[Float[Tensor, "batch steps hidden"], State]:
        """Run over a sequence (see ``insula.TemporalLayer.forward``)."""
        past = self.initial_state(x) if state is None else state
        lengths = mask.sum(dim=1)
        longest = int(lengths.max()) if mask.numel() else 0
        if longest == 0:
            return x.new_zeros(*mask.shape, self.output_size), past
        real = torch.arange(longest, device=mask.device) < lengths.unsqueeze(1)
        y, kept = compact(x, mask, longest).transpose(1, 2), []
        for level, before in zip(self.levels, past, strict=True):
            kept.append(_last(torch.cat([before, y], dim=2), lengths, before.shape[2]))
            y = level(y, real, before)
        return scatter_back(y.transpose(1, 2), mask), tuple(kept)

    def initial_state(self, like: Tensor) -> State:
        """Return the inputs before the first step: zeros."""
        return tuple(like.new_zeros(len(like), width, lag) for width, lag in zip(self.widths, self.lags, strict=True))


def _last(
    x: Float[Tensor, "batch width all"], lengths: Int[Tensor, " batch"], lag: int
) -> Float[Tensor, "batch width lag"]:
    """Return the ``lag`` inputs before the end of every row, which stands ``lag`` + its length after the start."""
    place = lengths.unsqueeze(1) + torch.arange(lag, device=x.device)
    return x.gather(2, place.unsqueeze(1).expand(-1, x.shape[1], -1))
