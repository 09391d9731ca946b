"""Batches of made-up windows with a known label, for tests of models that are fitted at once."""

import torch

from insula import Batch, DataSpec, SignalSpec, StreamBatch

CLASSES = ("anger", "joy", "sadness")


def described(target, *, static=True, n_times=None):
    """Return the data of two streams and one target."""
    streams = {"speech": SignalSpec(("a", "b"), ("1", "1"), 16.0, n_times)}
    if static:
        streams["traits"] = SignalSpec(("x",), ("1",), 0.0, 1, static=True)
    return DataSpec(streams, {target.name: target})


def made_windows(target, rows=60, seed=0, *, static=True, lengths=tuple(range(8, 20))):
    """Draw windows of which every fifth lacks a stream and some samples aren't defined; their class moves the mean."""
    draw = torch.Generator().manual_seed(seed)
    size, data = target.output_size, described(target, static=static)
    label = torch.randint(max(size, 2), (rows,), generator=draw)
    streams, present = {}, {}
    for number, (name, spec) in enumerate(data.streams.items()):
        has = torch.arange(rows) % 5 != number
        long = torch.tensor([1 if spec.static else lengths[k % len(lengths)] for k in range(rows)]) * has
        time = int(long.max())
        valid = (torch.arange(time) < long.unsqueeze(1)).unsqueeze(1).repeat(1, spec.channels, 1)
        if not spec.static:
            valid &= torch.rand(valid.shape, generator=draw) > 0.1
            valid[7, 0] = False  # a whole channel of a window
        x = (torch.randn(valid.shape, generator=draw) + label[:, None, None]) * valid
        elapsed = torch.ones(rows, time)
        streams[name], present[name] = StreamBatch(x, valid, long, elapsed), has
    values = torch.eye(size)[label] if size > 1 else label.float().unsqueeze(1)
    known = {target.name: torch.arange(rows) % 7 != 6}
    return Batch(
        streams, present, {target.name: values * known[target.name][:, None]}, known, *[torch.arange(rows)] * 2
    )
