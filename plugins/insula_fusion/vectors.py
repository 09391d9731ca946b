"""Vectors: what a row has of its streams, and nothing of what it lacks."""

from collections.abc import Iterable, Mapping

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def real_vectors(
    names: Iterable[str],
    features: Mapping[str, Float[Tensor, "batch ..."]],
    present: Mapping[str, Bool[Tensor, "batch ..."]],
) -> tuple[list[Tensor], Bool[Tensor, "batch streams"]]:
    """Return a vector ``(batch, width)`` per stream, zeros in rows that lack it, and which rows have which stream."""
    names = list(names)
    vectors = [features[name].masked_fill(~present[name].unsqueeze(-1), 0.0) for name in names]
    return vectors, torch.stack([present[name] for name in names], dim=1)


def mean_of_real(
    values: Float[Tensor, "batch streams width"], has: Bool[Tensor, "batch streams"]
) -> Float[Tensor, "batch width"]:
    """Average over the streams that a row has; zeros in rows without any."""
    count = has.sum(dim=1, keepdim=True).clamp(min=1)
    return values.masked_fill(~has.unsqueeze(-1), 0.0).sum(dim=1) / count
