"""A sound cell, and cells with one fault each."""

import torch
from torch import nn
from torch.nn import functional as F

from insula import Cell, TemporalLayer


class Sound(Cell):
    def __init__(self, input_size: int, *, hidden_size: int = 6) -> None:
        super().__init__(input_size)
        self.state_size = self.output_size = hidden_size
        self.maps = nn.Linear(input_size + hidden_size, hidden_size)

    def step(self, x, state, elapsed):
        new = torch.tanh(self.maps(torch.cat([x, state], dim=-1)))
        state = state + torch.sigmoid(elapsed) * (new - state)
        return state, state


class DropoutInEval(Sound):
    def step(self, x, state, elapsed):
        return super().step(F.dropout(x, 0.5), state, elapsed)


class DropoutOptionInEval(Sound):
    """Its default hides the fault."""

    def __init__(self, input_size: int, *, hidden_size: int = 6, dropout: float = 0.0) -> None:
        super().__init__(input_size, hidden_size=hidden_size)
        self.dropout = dropout

    def step(self, x, state, elapsed):
        return super().step(F.dropout(x, self.dropout), state, elapsed)


class BatchDependent(Sound):
    def step(self, x, state, elapsed):
        return super().step(x - x.mean(dim=0), state, elapsed)


class FutureLeak(Sound):
    def forward(self, x, elapsed, mask, state=None):
        x = x.masked_fill(~mask.unsqueeze(-1), 0.0)
        mean = x.sum(dim=1, keepdim=True) / mask.sum(dim=1).clamp(min=1)[:, None, None]
        return super().forward(x - mean, elapsed, mask, state)


class SeesLaterTimes(Sound):
    def forward(self, x, elapsed, mask, state=None):
        return super().forward(x, elapsed.roll(-1, dims=1), mask, state)


class ReadsPadding(Sound):
    def forward(self, x, elapsed, mask, state=None):
        return super().forward(x, elapsed, torch.ones_like(mask), state)


class MaskedStepMoves(Sound):
    """It honours padding at the end, but a gap before the last real step is read."""

    def forward(self, x, elapsed, mask, state=None):
        until_last = mask.flip(1).cumsum(dim=1).flip(1) > 0
        x = x.masked_fill(~mask.unsqueeze(-1), 0.0)
        output, state = super().forward(x, elapsed.masked_fill(~mask, 1.0), until_last, state)
        return output.masked_fill(~mask.unsqueeze(-1), 0.0), state


class DeadParameter(Sound):
    def __init__(self, input_size: int, *, hidden_size: int = 6) -> None:
        super().__init__(input_size, hidden_size=hidden_size)
        self.forgotten = nn.Parameter(torch.ones(3))


class CancelledBias(Sound):
    """A bias before a softmax over units changes nothing, though autograd gives it a gradient of rounding errors."""

    def __init__(self, input_size: int, *, hidden_size: int = 6) -> None:
        super().__init__(input_size, hidden_size=hidden_size)
        self.score = nn.Linear(hidden_size, 1)

    def step(self, x, state, elapsed):
        shares = torch.softmax(self.score.bias + self.score.weight.T.squeeze(1) * state, dim=-1)
        output, state = super().step(x, state, elapsed)
        return output * shares, state


class Wrapped(TemporalLayer):
    """A layer that is no Cell, around the sound one."""

    def __init__(self, input_size: int, *, hidden_size: int = 6) -> None:
        super().__init__(input_size)
        self.output_size = hidden_size
        self.cell = Sound(input_size, hidden_size=hidden_size)

    def forward(self, x, elapsed, mask, state=None):
        return self.cell(x, elapsed, mask, state)


class NaNGradient(Wrapped):
    """What it throws away at masked steps comes back as NaN in the gradient of ``scale``."""

    def __init__(self, input_size: int, *, hidden_size: int = 6) -> None:
        super().__init__(input_size, hidden_size=hidden_size)
        self.scale = nn.Parameter(torch.ones(hidden_size))

    def forward(self, x, elapsed, mask, state=None):
        output, state = super().forward(x, elapsed, mask, state)
        return torch.where(mask.unsqueeze(-1), output + self.scale * x.mean(dim=-1, keepdim=True), 0.0), state


class DeadStateDict(Sound):
    """It computes with a copy of its weights, made when it was built."""

    def __init__(self, input_size: int, *, hidden_size: int = 6) -> None:
        super().__init__(input_size, hidden_size=hidden_size)
        self.fast = [self.maps.weight, self.maps.bias]

    def step(self, x, state, elapsed):
        weight, bias = (p.to(x.dtype) for p in self.fast)
        state = torch.tanh(F.linear(torch.cat([x, state], dim=-1), weight, bias))
        return state, state


class Unregistered(Sound):
    def __init__(self, input_size: int, *, hidden_size: int = 6) -> None:
        super().__init__(input_size, hidden_size=hidden_size)
        self.scale = torch.rand(hidden_size)

    def step(self, x, state, elapsed):
        output, state = super().step(x, state, elapsed)
        return output * self.scale.to(x.dtype), state


class WrongShape(Sound):
    def __init__(self, input_size: int, *, hidden_size: int = 6) -> None:
        super().__init__(input_size, hidden_size=hidden_size)
        self.output_size = hidden_size + 1


class StepDiffers(Sound):
    def forward(self, x, elapsed, mask, state=None):
        return super().forward(x, elapsed.clamp(max=0.05), mask, state)


class ForgetsState(Sound):
    def forward(self, x, elapsed, mask, state=None):
        output, after = super().forward(x, elapsed, mask, None)
        return output, torch.where(mask.any(dim=1, keepdim=True), after, after if state is None else state)


class StatisticsOfPadding(Wrapped):
    def __init__(self, input_size: int, *, hidden_size: int = 6) -> None:
        super().__init__(input_size, hidden_size=hidden_size)
        self.norm = nn.BatchNorm1d(input_size)

    def forward(self, x, elapsed, mask, state=None):
        x = self.norm(x.masked_fill(~mask.unsqueeze(-1), 0.0).transpose(1, 2)).transpose(1, 2)
        return super().forward(x, elapsed, mask, state)


class OneTypeOnly(Sound):
    def step(self, x, state, elapsed):
        return super().step(x, state + torch.zeros(1, dtype=torch.float64), elapsed)


class NegativeTimeConstants(Sound):
    def time_constants(self):
        return -torch.ones(self.state_size)


class NoHiddenSize(TemporalLayer):
    def __init__(self, input_size: int, *, width: int = 6) -> None:
        super().__init__(input_size)
        self.output_size = width

    def forward(self, x, elapsed, mask, state=None):
        return x, x


class OptionWithoutDefault(Sound):
    def __init__(self, input_size: int, *, hidden_size: int) -> None:
        super().__init__(input_size, hidden_size=hidden_size)


class OptionWithoutType(Sound):
    def __init__(self, input_size: int, *, hidden_size=6) -> None:
        super().__init__(input_size, hidden_size=hidden_size)


class PositionalOption(Sound):
    def __init__(self, input_size: int, hidden_size: int = 6) -> None:
        super().__init__(input_size, hidden_size=hidden_size)


class HoldsReferences(Sound):
    """It computes with references to its first parameters, which assign=True replaces."""

    def __init__(self, input_size: int, *, hidden_size: int = 6) -> None:
        super().__init__(input_size, hidden_size=hidden_size)
        self.first = [self.maps.weight, self.maps.bias]

    def step(self, x, state, elapsed):
        state = torch.tanh(F.linear(torch.cat([x, state], dim=-1), *self.first))
        return state, state


class Backwards(Wrapped):
    """Sound: it runs from the last step to the first, and says so."""

    causal = False

    def forward(self, x, elapsed, mask, state=None):
        output, state = self.cell(x.flip(1), elapsed.flip(1), mask.flip(1), state)
        return output.flip(1), state


class SecretlyBackwards(Backwards):
    causal = True
