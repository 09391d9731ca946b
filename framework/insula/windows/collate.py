"""From windows to a padded batch; nothing undefined reaches a network, and nothing padded passes for a measurement."""

from collections.abc import Sequence

import numpy as np
import torch

from insula.errors import SignalError
from insula.specs import DataSpec, SignalSpec
from insula.types import Signal, Window
from insula.windows.batch import Batch, StreamBatch

SAME_RATE = 0.01
"""Share by which two rates may differ and be one sensor's: rates that are estimated from rounded times differ a bit."""
SHOWN = 8
"""Channel names that an error lists."""


def collate(windows: Sequence[Window], spec: DataSpec, groups: Sequence[int] | None = None) -> Batch:
    """Stack windows of any lengths; ``groups`` says which conversation each belongs to (None: each its own).

    Channels in another order than the spec's are put into its order.

    Raises
    ------
    SignalError
        If a window has other channels or another rate than the spec that the model was sized from.
    """
    streams, present, targets, labelled = {}, {}, {}, {}
    for name, stream in spec.streams.items():
        signals = [_matched(window, name, stream) for window in windows]
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


def _matched(window: Window, name: str, spec: SignalSpec) -> Signal | None:
    """Return a window's signal with the channels of the spec, which is what the model was sized from."""
    signal = window.streams.get(name)
    if signal is None:
        return None
    where = f"streams.{name}: row {window.row} of the index"
    if spec.sfreq and abs(signal.sfreq - spec.sfreq) > SAME_RATE * spec.sfreq:
        rate = f"{signal.sfreq:g} Hz" if signal.sfreq else "irregular sampling"
        raise SignalError(
            f"{where} has {rate} where other windows have {spec.sfreq:g} Hz; "
            f"add a step that resamples to streams.{name}.signal, or give its reader the option sfreq if it has one"
        )
    names = signal.ch_names
    if names is spec.ch_names or names == spec.ch_names:
        return signal
    if len(names) != spec.channels or set(names) != set(spec.ch_names) or len(set(names)) != len(names):
        raise SignalError(
            f"{where} has the {len(names)} channels {_shown(names)} where other windows have the {spec.channels} "
            f"{_shown(spec.ch_names)}; pick channels that all recordings have, or drop the others, in its reader"
        )
    order = [names.index(channel) for channel in spec.ch_names]
    units, valid = tuple(signal.units[k] for k in order), None if signal.valid is None else signal.valid[order]
    return signal.with_data(signal.data[order], ch_names=spec.ch_names, units=units, valid=valid)


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")


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
    return np.concatenate([[signal.interval], np.diff(signal.times)])
