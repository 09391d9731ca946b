"""Batches: made-up ones of two streams and two targets, for checks of architectures and analyses."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from insula.specs import DataSpec, SignalSpec, TargetSpec
from insula.types import Signal, Window
from insula.windows.batch import Batch, StreamBatch
from insula.windows.collate import collate
from insula.windows.perturbed import Change

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


def perturbed_batch(data: DataSpec, rows: Sequence[int], change: Change) -> Batch:
    """Return the example's windows as they are after a change of their signals, in float32."""
    batch = example_batch(data, rows, torch.float32)
    windows = []
    for place, row in enumerate(rows):
        found = {
            name: change(name, _signal(stream, place, data.streams[name]), np.random.default_rng(row))
            for name, stream in batch.streams.items()
            if batch.present[name][place]
        }
        windows.append(Window(row, found, {name: values[place].numpy() for name, values in batch.targets.items()}))
    return collate(windows, data)


def _signal(stream: StreamBatch, place: int, spec: SignalSpec) -> Signal:
    """Return a row of a stream as the signal that it was made from."""
    kept = slice(int(stream.lengths[place]))
    data, valid = stream.x[place, :, kept].numpy(), stream.valid[place, :, kept].numpy()
    return Signal.of(np.where(valid, data, np.nan), spec.sfreq, spec.ch_names, spec.units)


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
