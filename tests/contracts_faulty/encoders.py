"""A sound encoder, and encoders with one fault each."""

import torch
from torch import nn

from insula import ConfigError, Encoder, MaskedBatchNorm, SignalSpec, real_steps


class Sound(Encoder):
    def __init__(self, spec: SignalSpec, *, width: int = 5) -> None:
        super().__init__(spec)
        self.output_size, self.hop = width, 2
        self.conv = nn.Conv1d(spec.channels, width, 3, padding=1)
        self.norm = MaskedBatchNorm(width)

    def samples(self, x, valid):
        return x * real_steps(valid).unsqueeze(1)

    def normed(self, steps, valid):
        return self.norm(steps, real_steps(valid, 2))

    def forward(self, x, valid):
        features = torch.relu(self.conv(self.samples(x, valid)))
        steps = features[..., : x.shape[2] // 2 * 2].unflatten(2, (-1, 2)).mean(dim=3)
        return self.normed(steps, valid).transpose(1, 2)


class ReadsPadding(Sound):
    def samples(self, x, valid):
        return x


class StatisticsOfPadding(Sound):
    def normed(self, steps, valid):
        return self.norm(steps)


class BatchDependent(Sound):
    def samples(self, x, valid):
        return super().samples(x, valid) - x.mean(dim=0)


class TooFewSteps(Sound):
    def __init__(self, spec: SignalSpec, *, width: int = 5) -> None:
        super().__init__(spec, width=width)
        self.hop = 1


class LengthDependent(Sound):
    """The mean over time counts padding as zeros."""

    def samples(self, x, valid):
        x = super().samples(x, valid)
        return x - x.mean(dim=2, keepdim=True)


class NaNWhereNothing(Sound):
    def normed(self, steps, valid):
        present = valid.any(dim=(1, 2))[:, None, None]
        return super().normed(steps, valid) * present / present


class FixedLength(Encoder):
    """Sound, but only for windows of one length."""

    def __init__(self, spec: SignalSpec, *, width: int = 5) -> None:
        super().__init__(spec)
        if spec.n_times is None:
            raise ConfigError("it needs windows of one length: set window.length")
        self.output_size, self.hop = width, spec.n_times
        self.map = nn.Linear(spec.channels * spec.n_times, width)

    def forward(self, x, valid):
        return self.map(x.masked_fill(~valid, 0.0).flatten(1)).unsqueeze(1)


class Twice(Encoder):
    """Sound: every sample becomes two steps."""

    def __init__(self, spec: SignalSpec, *, width: int = 5) -> None:
        super().__init__(spec)
        self.output_size, self.hop = width, 0.5
        self.map = nn.Linear(spec.channels, 2 * width)

    def forward(self, x, valid):
        return self.map(x.transpose(1, 2)).unflatten(2, (2, -1)).flatten(1, 2)
