"""Encoder: from samples to steps; and what an encoder needs to leave padding unread."""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from insula.specs import SignalSpec


class Encoder(nn.Module, ABC):
    """Turns the samples of a window into a sequence of feature vectors.

    A subclass sets ``output_size`` and ``hop`` in its constructor, which takes ``spec`` and, after ``*``, its options.

    Parameters
    ----------
    spec
        Channels, rate and length of the stream.
    """

    output_size: int
    """Features per step."""
    hop: float
    """Samples from one step to the next; 1/S where a sample becomes S steps."""

    def __init__(self, spec: SignalSpec) -> None:
        super().__init__()
        self.spec = spec

    @abstractmethod
    def forward(
        self, x: Float[Tensor, "batch channels time"], valid: Bool[Tensor, "batch channels time"]
    ) -> Float[Tensor, "batch steps features"]:
        """Encode. Padding is valid nowhere; at real steps the result doesn't depend on it, BatchNorm statistics included.

        Of ``time`` samples at least ``floor(time / hop)`` steps are returned; a step is real if all its samples lie in the window.
        """


def real_steps(valid: Bool[Tensor, "batch channels time"], hop: int = 1) -> Bool[Tensor, "batch steps"]:
    """Return which of ``floor(time / hop)`` steps lie wholly before the last sample that is valid in any channel."""
    time = valid.shape[-1]
    position = torch.arange(1, time + 1, device=valid.device)
    lengths = (valid.any(dim=1) * position).amax(dim=1, keepdim=True) if time else valid.new_zeros(len(valid), 1).long()
    return torch.arange(1, time // hop + 1, device=valid.device) * hop <= lengths


class MaskedBatchNorm(nn.BatchNorm1d):
    """BatchNorm over ``(batch, features, time)`` whose statistics come from real positions only (Ioffe & Szegedy 2015)."""

    def forward(self, x: Float[Tensor, "batch features time"], mask: Bool[Tensor, "batch time"] | None = None) -> Tensor:  # type: ignore[override]
        """Normalise; ``mask`` says which positions are real (None: all)."""
        if mask is None or not self.training or bool(mask.all()):
            count = x.shape[0] * x.shape[2]
            return super().forward(x) if not self.training or count > 1 else self._normalise(x, self.running_mean, self.running_var)
        weight = mask.unsqueeze(1).to(x.dtype)
        count = weight.sum().clamp(min=1)
        mean = (x * weight).sum(dim=(0, 2)) / count
        var = ((x - mean[:, None]).square() * weight).sum(dim=(0, 2)) / count
        if count < 2:
            return self._normalise(x, self.running_mean, self.running_var)
        with torch.no_grad():
            self.num_batches_tracked += 1  # type: ignore[operator]
            share = self.momentum if self.momentum is not None else 1 / float(self.num_batches_tracked)  # type: ignore[arg-type]
            self.running_mean.lerp_(mean, share)  # type: ignore[union-attr]
            self.running_var.lerp_(var * count / (count - 1), float(share))  # type: ignore[union-attr]
        return self._normalise(x, mean, var)

    def _normalise(self, x: Tensor, mean: Tensor | None, var: Tensor | None) -> Tensor:
        assert mean is not None and var is not None
        scale = torch.rsqrt(var + self.eps) * self.weight
        return x * scale[:, None] + (self.bias - mean * scale)[:, None]
