"""Steps: made-up sequences with lengths and gaps, for checks of cells and poolings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor


@dataclass(frozen=True)
class Steps:
    """A batch of sequences: ``x`` (batch, steps, features), ``elapsed`` and ``mask`` (batch, steps)."""

    x: Tensor
    elapsed: Tensor
    mask: Tensor

    @classmethod
    def random(cls, features: int, batch: int = 4, steps: int = 9, dtype: torch.dtype = torch.float64) -> "Steps":
        """Draw sequences in which every step is real, at uneven times."""
        draw = torch.Generator().manual_seed(0)
        x = torch.randn(batch, steps, features, generator=draw, dtype=dtype)
        elapsed = 0.02 + 0.1 * torch.rand(batch, steps, generator=draw, dtype=dtype)
        return cls(x, elapsed, torch.ones(batch, steps, dtype=torch.bool))

    def padded(self, lengths: Sequence[int] = (9, 6, 3, 0)) -> "Steps":
        """Return the same sequences, of which only the first steps are real; the last row has none."""
        mask = torch.arange(self.x.shape[1]) < torch.tensor(lengths).unsqueeze(1)
        return replace(self, mask=mask)

    def gapped(self) -> "Steps":
        """Return the same sequences with unreal steps at the start, in the middle and at the end."""
        mask = self.mask.clone()
        mask[0, 2:4] = mask[1, :3] = mask[2, ::2] = mask[3, -1] = mask[3, 4] = False
        return replace(self, mask=mask)

    def filled(self, garbage: float) -> "Steps":
        """Return the same sequences with garbage wherever nothing is real."""
        x, elapsed = (
            self.x.masked_fill(~self.mask.unsqueeze(-1), garbage),
            self.elapsed.masked_fill(~self.mask, garbage),
        )
        return replace(self, x=x, elapsed=elapsed)

    def row(self, row: int) -> "Steps":
        """Return one row alone."""
        return Steps(self.x[row : row + 1], self.elapsed[row : row + 1], self.mask[row : row + 1])

    def real(self, row: int) -> "Steps":
        """Return the real steps of one row alone, close together."""
        keep = self.mask[row]
        return Steps(self.x[row : row + 1, keep], self.elapsed[row : row + 1, keep], self.mask[row : row + 1, keep])

    def span(self, start: int, stop: int) -> "Steps":
        """Return the steps from ``start`` to before ``stop``."""
        return Steps(self.x[:, start:stop], self.elapsed[:, start:stop], self.mask[:, start:stop])

    def longer(self, steps: int, garbage: float) -> "Steps":
        """Return the same sequences with more padding behind them."""
        batch, _, features = self.x.shape
        return Steps(
            torch.cat([self.x, self.x.new_full((batch, steps, features), garbage)], dim=1),
            torch.cat([self.elapsed, self.elapsed.new_zeros(batch, steps)], dim=1),
            torch.cat([self.mask, self.mask.new_zeros(batch, steps)], dim=1),
        )
