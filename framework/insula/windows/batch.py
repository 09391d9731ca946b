"""Batch: windows as padded tensors, with masks that say what is real."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


@dataclass(frozen=True, eq=False)
class StreamBatch:
    """One stream of a batch.

    Parameters
    ----------
    x
        Samples ``(batch, channels, time)``; 0 where undefined, padded or missing.
    valid
        Which of them are measurements; False in padding and in rows that lack the stream.
    lengths
        Number of real samples per row, ``(batch,)``; 0 in rows that lack the stream.
    elapsed
        Seconds since the previous sample, ``(batch, time)``; 1 for a static stream, 0 in padding.
    """

    x: Float[Tensor, "batch channels time"]
    valid: Bool[Tensor, "batch channels time"]
    lengths: Int[Tensor, " batch"]
    elapsed: Float[Tensor, "batch time"]


@dataclass(frozen=True, eq=False)
class Batch:
    """A batch of windows (or, for an architecture that batches by group, of conversations).

    Parameters
    ----------
    streams
        Stream name to its tensors.
    present
        Stream name to ``(batch,)``: which rows have it. A missing modality is a normal thing.
    targets
        Target name to a distribution over classes ``(batch, classes)``, or values ``(batch, 1)``; zeros where missing.
    labelled
        Target name to ``(batch,)``: which rows have a label.
    rows
        Row numbers in the index, ``(batch,)``.
    groups
        Which conversation each row belongs to, ``(batch,)``: rows of one group stand together, by position. An
        architecture with ``batch_by = "group"`` gets whole conversations; for the others every row is a group of its
        own.
    """

    streams: Mapping[str, StreamBatch]
    present: Mapping[str, Bool[Tensor, " batch"]]
    targets: Mapping[str, Float[Tensor, "batch outputs"]]
    labelled: Mapping[str, Bool[Tensor, " batch"]]
    rows: Int[Tensor, " batch"]
    groups: Int[Tensor, " batch"]

    def __len__(self) -> int:
        return len(self.rows)

    def to(self, device: torch.device | str) -> "Batch":
        """Move every tensor."""
        return _moved(self, device)


def _moved(value: Any, device: torch.device | str) -> Any:
    if isinstance(value, Tensor):
        return value.to(device)
    if isinstance(value, Mapping):
        return {key: _moved(item, device) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _moved(getattr(value, f.name), device) for f in fields(value)})
    return value
