"""Samples: made-up windows of unequal length, for checks of encoders."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor


@dataclass(frozen=True)
class Samples:
    """A batch of windows: ``x`` and ``valid`` (batch, channels, time), and the number of real samples of each."""

    x: Tensor
    valid: Tensor
    lengths: tuple[int, ...]

    @classmethod
    def random(cls, channels: int, lengths: tuple[int, ...], dtype: torch.dtype = torch.float64) -> "Samples":
        """Draw windows; behind their real samples stands 0."""
        draw = torch.Generator().manual_seed(0)
        time = max(lengths)
        real = torch.arange(time) < torch.tensor(lengths).unsqueeze(1)
        valid = real.unsqueeze(1).expand(len(lengths), channels, time).clone()
        x = torch.randn(len(lengths), channels, time, generator=draw, dtype=dtype) * valid
        return cls(x, valid, lengths)

    def filled(self, garbage: float) -> "Samples":
        """Return the same windows with garbage in the padding."""
        return replace(self, x=self.x.masked_fill(~self.valid, garbage))

    def alone(self, row: int) -> "Samples":
        """Return one row without its padding."""
        length = self.lengths[row]
        return Samples(self.x[row : row + 1, :, :length], self.valid[row : row + 1, :, :length], (length,))

    def row(self, row: int) -> "Samples":
        """Return one row with its padding."""
        return Samples(self.x[row : row + 1], self.valid[row : row + 1], (self.lengths[row],))

    def longer(self, samples: int, garbage: float) -> "Samples":
        """Return the same windows with more padding behind them."""
        more = (*self.x.shape[:2], samples)
        x = torch.cat([self.x, self.x.new_full(more, garbage)], dim=2)
        return Samples(x, torch.cat([self.valid, self.valid.new_zeros(more)], dim=2), self.lengths)

    def undefined(self) -> "Samples":
        """Return the same windows where one channel is undefined for a while, as a batch holds it: 0 and not valid."""
        hole = torch.zeros_like(self.valid)
        hole[:, 0, : max(1, self.x.shape[2] // 4)] = True
        return replace(self, x=self.x.masked_fill(hole, 0.0), valid=self.valid & ~hole)
