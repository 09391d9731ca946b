"""Batches: made-up ones of two streams and two targets, for checks of architectures and analyses."""

from collections.abc import Sequence
from dataclasses import replace

import torch

from insula.specs import DataSpec, SignalSpec, TargetSpec
from insula.windows.batch import Batch, StreamBatch

DATA = DataSpec(
    streams={
        "eeg": SignalSpec(("a", "b", "c"), ("1",) * 3, 16.0, None),
        "traits": SignalSpec(("x", "y"), ("1",) * 2, 0.0, 1, static=True),
    },
    targets={
        "emotion": TargetSpec("emotion", "classes", ("anger", "joy", "sadness")),
        "arousal": TargetSpec("arousal", "number"),
    },
)


def example_batch(data: DataSpec = DATA, rows: Sequence[int] = range(6), dtype: torch.dtype = torch.float64) -> Batch:
    """Draw a batch of windows of unequal length; the second row lacks the first stream, the third the second one."""
    draw = torch.Generator().manual_seed(0)
    count = len(rows)
    streams, present = {}, {}
    for number, (name, spec) in enumerate(data.streams.items()):
        has = torch.ones(count, dtype=torch.bool)
        has[number + 1 : number + 2] = False
        time = spec.n_times or 24
        lengths = torch.tensor([time if spec.n_times else time - 3 * (k % 4) for k in range(count)]) * has
        real = torch.arange(time) < lengths.unsqueeze(1)
        valid = real.unsqueeze(1).expand(count, spec.channels, time).contiguous()
        x = torch.randn(count, spec.channels, time, generator=draw, dtype=dtype) * valid
        elapsed = real.to(dtype) * (1 / spec.sfreq if spec.sfreq else 1.0)
        streams[name], present[name] = StreamBatch(x, valid, lengths, elapsed), has
    targets, labelled = {}, {}
    for name, target in data.targets.items():
        classes = torch.eye(target.output_size, dtype=dtype)[torch.arange(count) % target.output_size]
        targets[name] = (
            classes if target.kind == "classes" else torch.rand(count, 1, generator=draw, dtype=dtype).round(decimals=1)
        )
        labelled[name] = torch.ones(count, dtype=torch.bool)
    return Batch(streams, present, targets, labelled, torch.tensor(list(rows)), torch.arange(count))


def take(batch: Batch, rows: torch.Tensor) -> Batch:
    """Return some rows of a batch."""
    streams = {
        n: StreamBatch(s.x[rows], s.valid[rows], s.lengths[rows], s.elapsed[rows]) for n, s in batch.streams.items()
    }
    parts = {
        kind: {name: tensor[rows] for name, tensor in getattr(batch, kind).items()}
        for kind in ("present", "targets", "labelled")
    }
    return Batch(streams=streams, rows=batch.rows[rows], groups=batch.groups[rows], **parts)


def without_streams(batch: Batch) -> Batch:
    """Return the batch as if no row had any stream."""
    streams = {
        n: StreamBatch(
            torch.zeros_like(s.x), torch.zeros_like(s.valid), torch.zeros_like(s.lengths), torch.zeros_like(s.elapsed)
        )
        for n, s in batch.streams.items()
    }
    return replace(batch, streams=streams, present={name: torch.zeros_like(has) for name, has in batch.present.items()})


def filled(batch: Batch, garbage: float) -> Batch:
    """Return the batch with garbage in the padding of its streams."""
    streams = {n: replace(s, x=s.x.masked_fill(~s.valid, garbage)) for n, s in batch.streams.items()}
    return replace(batch, streams=streams)
