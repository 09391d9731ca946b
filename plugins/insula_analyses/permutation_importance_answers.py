"""What a fold's trained model says of its held-out windows, and of those in which a stream was changed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from insula import Batch, FoldResult, FusionHead, StreamBatch
from insula_analyses.held_out import on_device, sample
from insula_analyses.parts import has_streams

SIZE = 256
"""Windows in one pass."""
Said = dict[str, Float[np.ndarray, "rows outputs"]]
"""Target to outputs."""


class HeldOutAnswers:
    """A fold's trained model with its held-out windows, in one batch.

    Parameters
    ----------
    fold
        Which fold.
    windows
        How many windows are taken at most; of a model of conversations all those that have one of them.
    """

    def __init__(self, fold: FoldResult, windows: int) -> None:
        self.model = fold.model()
        self.whole = getattr(self.model, "batch_by", "window") == "group"
        chosen = sample(fold, windows)
        parts = [self._drawn(batch, chosen) for batch in fold.batches("test")]
        self.parts = [on_device(batch, self.model) for batch in parts if len(batch)]

    def _drawn(self, batch: Batch, chosen: np.ndarray) -> Batch:
        taken = np.isin(batch.rows.numpy(), chosen)
        if self.whole:
            taken = np.isin(batch.groups.numpy(), batch.groups.numpy()[taken])
        return rows_of(batch, torch.from_numpy(np.flatnonzero(taken)))

    @cached_property
    def batch(self) -> Batch:
        """All windows."""
        return joined(self.parts)

    @property
    def _slices(self) -> list[slice]:
        size = max(len(self.batch), 1) if self.whole else SIZE
        return [slice(start, start + size) for start in range(0, len(self.batch), size)]

    def as_they_are(self) -> Said:
        """Return what is said of the windows as they are."""
        return _said(self.model(_cut(self.batch, rows)).outputs for rows in self._slices)

    def with_changed(self, name: str, stream: StreamBatch) -> Said:
        """Return what is said where a stream is replaced by another."""
        if not self.paths:
            changed = replace(self.batch, streams={**self.batch.streams, name: stream})
            return _said(self.model(_cut(changed, rows)).outputs for rows in self._slices)
        outputs = []
        for rows, before in zip(self._slices, self.features, strict=True):
            features = {**before, name: self.paths[name](_sliced(stream, rows), self.batch.present[name][rows])}
            outputs.append(self._fused(features))
        return _said(outputs)

    def _fused(self, features: dict[str, tuple[Tensor, Tensor]]) -> dict[str, Tensor]:
        vectors = {name: vector for name, (vector, _) in features.items()}
        present = {name: has for name, (_, has) in features.items()}
        return self.model.fusion(vectors, present).outputs  # type: ignore[operator]

    @cached_property
    def features(self) -> list[dict[str, tuple[Tensor, Tensor]]]:
        """Every stream's vectors, a slice of windows each: those of unchanged streams need not be computed again."""
        streams, present = self.batch.streams, self.batch.present
        return [
            {name: path(_sliced(streams[name], rows), present[name][rows]) for name, path in self._all_paths.items()}
            for rows in self._slices
        ]

    @property
    def _all_paths(self) -> dict[str, nn.Module]:
        fused = has_streams(self.model) and isinstance(self.model.fusion, FusionHead)
        return dict(self.model.paths) if fused else {}  # type: ignore[arg-type]

    @cached_property
    def paths(self) -> dict[str, nn.Module]:
        """The model's streams, if it is their vectors, fused, and nothing else; else none."""
        if not self._all_paths:
            return {}
        composed, whole = _said(map(self._fused, self.features)), self.as_they_are()
        same = all(np.allclose(composed[name], whole[name], rtol=1e-4, atol=1e-5) for name in whole)
        return self._all_paths if same else {}


def _said(outputs: Any) -> Said:
    parts = list(outputs)
    return {name: torch.cat([part[name] for part in parts]).cpu().double().numpy() for name in parts[0]}


def rows_of(batch: Batch, rows: Tensor | slice) -> Batch:
    """Return some rows of a batch."""
    parts = {
        field: {name: tensor[rows] for name, tensor in getattr(batch, field).items()}
        for field in ("present", "targets", "labelled")
    }
    streams = {name: _sliced(stream, rows) for name, stream in batch.streams.items()}
    return Batch(streams=streams, rows=batch.rows[rows], groups=batch.groups[rows], **parts)


def _cut(batch: Batch, rows: slice) -> Batch:
    return batch if rows.start == 0 and rows.stop >= len(batch) else rows_of(batch, rows)


def _sliced(stream: StreamBatch, rows: Tensor | slice) -> StreamBatch:
    return StreamBatch(stream.x[rows], stream.valid[rows], stream.lengths[rows], stream.elapsed[rows])


def joined(batches: Sequence[Batch]) -> Batch:
    """Return one batch of all rows; shorter ones are padded to the longest."""
    first = batches[0]

    def stacked(field: str) -> dict[str, Tensor]:
        return {name: torch.cat([getattr(batch, field)[name] for batch in batches]) for name in getattr(first, field)}

    streams = {name: _stacked([batch.streams[name] for batch in batches]) for name in first.streams}
    groups = torch.cat(list(_apart(batches)))
    rows = torch.cat([batch.rows for batch in batches])
    return Batch(streams, stacked("present"), stacked("targets"), stacked("labelled"), rows, groups)


def _apart(batches: Sequence[Batch]) -> Iterator[Tensor]:
    """Yield the batches' groups, none of which is another batch's."""
    before = 0
    for batch in batches:
        own = batch.groups.unique(return_inverse=True)[1]
        yield own + before
        before += int(own.max()) + 1


def _stacked(streams: Sequence[StreamBatch]) -> StreamBatch:
    longest = max(stream.x.shape[2] for stream in streams)

    def whole(tensor: Tensor) -> Tensor:
        return nn.functional.pad(tensor, (0, longest - tensor.shape[-1]))

    return StreamBatch(
        torch.cat([whole(stream.x) for stream in streams]),
        torch.cat([whole(stream.valid) for stream in streams]),
        torch.cat([stream.lengths for stream in streams]),
        torch.cat([whole(stream.elapsed) for stream in streams]),
    )
