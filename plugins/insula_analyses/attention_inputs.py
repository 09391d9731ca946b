"""Inputs that stand beside the windows themselves: noise in their place, and the same reversed in time."""

from dataclasses import replace

import torch
from torch import Tensor

from insula import StreamBatch


def noise(stream: StreamBatch, draw: torch.Generator) -> StreamBatch:
    """Put draws from N(0, 1) in place of every sample that is valid."""
    drawn = torch.randn(stream.x.shape, generator=draw, dtype=stream.x.dtype).to(stream.x.device)
    return replace(stream, x=drawn.masked_fill(~stream.valid, 0.0))


def reversed_in_time(stream: StreamBatch) -> StreamBatch:
    """Turn the real samples of every window round; padding stays at the end."""
    time = torch.arange(stream.x.shape[2], device=stream.x.device).expand(len(stream.x), -1)
    lengths = stream.lengths.unsqueeze(1)
    back = torch.where(time < lengths, lengths - 1 - time, time)
    # what was the time before a sample is now the time after it; the first one's stays
    since = torch.where((time > 0) & (time < lengths), lengths - time, time)
    return replace(
        stream,
        x=_taken(stream.x, back),
        valid=_taken(stream.valid, back),
        elapsed=stream.elapsed.gather(1, since),
    )


def _taken(samples: Tensor, where: Tensor) -> Tensor:
    return samples.gather(2, where.unsqueeze(1).expand_as(samples))
