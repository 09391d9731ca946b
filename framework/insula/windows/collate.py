"""From windows to a padded batch; nothing undefined reaches a network, and nothing padded passes for a measurement."""

from collections.abc import Sequence

import numpy as np
import torch

from insula.specs import DataSpec, SignalSpec
from insula.types import Signal, Window
from insula.windows.batch import Batch, StreamBatch


def collate(windows: Sequence[Window], spec: DataSpec, groups: Sequence[int] | None = None) -> Batch:
    """Stack windows of any lengths; ``groups`` says which conversation each belongs to (None: each its own)."""
    streams, present, targets, labelled = {}, {}, {}, {}
    for name, stream in spec.streams.items():
        signals = [window.streams.get(name) for window in windows]
        streams[name] = _pad(signals, stream)
        present[name] = torch.tensor([signal is not None and signal.n_times > 0 for signal in signals])
    for name, target in spec.targets.items():
        values = [window.targets.get(name) for window in windows]
        blank = np.zeros(target.output_size, np.float32)
        targets[name] = torch.from_numpy(np.stack([blank if value is None else value for value in values]))
        labelled[name] = torch.tensor([value is not None for value in values])
    rows = torch.tensor([window.row for window in windows])
    return Batch(
        streams,
        present,
        targets,
        labelled,
        rows,
        torch.arange(len(windows)) if groups is None else torch.tensor(groups),
    )


def _pad(signals: Sequence[Signal | None], spec: SignalSpec) -> StreamBatch:
    lengths = [0 if signal is None else signal.n_times for signal in signals]
    longest = max([1, *lengths])
    x = np.zeros((len(signals), spec.channels, longest), np.float32)
    valid = np.zeros(x.shape, bool)
    elapsed = np.zeros((len(signals), longest), np.float32)
    for number, signal in enumerate(signals):
        if signal is None:
            continue
        defined = signal.defined & np.isfinite(signal.data)
        valid[number, :, : signal.n_times] = defined
        x[number, :, : signal.n_times] = np.where(defined, signal.data, 0)
        elapsed[number, : signal.n_times] = _elapsed(signal)
    return StreamBatch(*map(torch.from_numpy, (x, valid, np.array(lengths), elapsed)))


def _elapsed(signal: Signal) -> np.ndarray | float:
    """Return seconds since the previous sample; the first sample's is the usual one."""
    if signal.static:
        return 1.0
    if signal.times is None:
        return 1.0 / signal.sfreq
    steps = np.diff(signal.times)
    usual = 1.0 / signal.sfreq if signal.sfreq else float(np.median(steps)) if len(steps) else 1.0
    return np.concatenate([[usual], steps])
