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
        """Encode. Padding is valid nowhere; real steps don't depend on it, nor do the statistics of a BatchNorm.

        Of ``time`` samples at least ``floor(time / hop)`` steps are returned; a step is real if all its samples lie in
        the window.
        """


def real_steps(valid: Bool[Tensor, "batch channels time"], hop: int = 1) -> Bool[Tensor, "batch steps"]:
    """Return which of ``floor(time / hop)`` steps lie wholly before the last sample that is valid in any channel."""
    time = valid.shape[-1]
    position = torch.arange(1, time + 1, device=valid.device)
    lengths = (valid.any(dim=1) * position).amax(dim=1, keepdim=True) if time else valid.new_zeros(len(valid), 1).long()
    return torch.arange(1, time // hop + 1, device=valid.device) * hop <= lengths


class MaskedBatchNorm(nn.BatchNorm1d):
    """BatchNorm over ``(batch, features, time)`` whose statistics come from real positions only (Ioffe & Szegedy 2015).

    It equals ``nn.BatchNorm1d`` on the real positions of all rows put side by side. A training batch with one real
    position or none has no statistics: the running ones are used, and not updated.
    """

    def forward(  # type: ignore[override]
        self, x: Float[Tensor, "batch features time"], mask: Bool[Tensor, "batch time"] | None = None
    ) -> Float[Tensor, "batch features time"]:
        """Normalise; ``mask`` says which positions are real (None: all), the others give 0."""
        if mask is None:
            mask = torch.ones_like(x[:, 0], dtype=torch.bool)
        if not self.training or (mask.numel() > 1 and bool(mask.all())):
            return super().forward(x).masked_fill(~mask.unsqueeze(1), 0.0)
        steps = x.transpose(1, 2)
        return torch.zeros_like(steps).masked_scatter(mask.unsqueeze(-1), self._normalise(steps[mask])).transpose(1, 2)

    def _normalise(self, rows: Float[Tensor, "positions features"]) -> Float[Tensor, "positions features"]:
        if len(rows) > 1:
            return super().forward(rows)
        running = (self.running_mean.clone(), self.running_var.clone())  # type: ignore[union-attr]
        return nn.functional.batch_norm(rows, *running, self.weight, self.bias, training=False, eps=self.eps)
