"""Signals: made-up recordings of several kinds, for checks of preprocessors and augmentations."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from insula.errors import SignalError
from insula.plugin.testing.specimen import Specimen
from insula.types import Signal

EMOTIV = ("AF3", "F7", "F3", "FC5", "T7", "P7", "O1", "O2", "P8", "T8", "FC6", "F4", "F8", "AF4")


def kinds() -> dict[str, Callable[[float], Signal]]:
    """Return how to make so many seconds of each kind, by name."""
    return {
        "speech at 16 kHz": lambda seconds: noise(seconds, 16000.0, ("audio",), "1", 0.1),
        "EEG at 128 Hz": lambda seconds: noise(seconds, 128.0, EMOTIV, "V", 2e-5),
        "three scaled channels at 100 Hz": lambda seconds: noise(seconds, 100.0, ("a", "b", "c"), "1", 1.0),
        "pulse at 64 Hz": lambda seconds: noise(max(seconds, 60.0), 64.0, ("BVP",), "1", 1.0),
        "skin conductance at 4 Hz": lambda seconds: noise(max(seconds, 60.0), 4.0, ("EDA",), "S", 1e-6, offset=5e-6),
        "a static vector": lambda _: Signal.of([[0.2], [-0.5], [0.9]], 0.0, ("x", "y", "z"), "1"),
    }


def noise(
    seconds: float,
    sfreq: float,
    ch_names: tuple[str, ...],
    unit: str,
    scale: float,
    *,
    offset: float = 0.0,
    seed: int = 0,
) -> Signal:
    """Draw a recording: white noise on a slow wave, other in every channel."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * sfreq)) / sfreq
    phase = rng.uniform(0, 2 * np.pi, (len(ch_names), 1))
    data = offset + scale * (
        np.sin(2 * np.pi * 1.1 * time + phase) + 0.5 * rng.standard_normal((len(ch_names), len(time)))
    )
    return Signal.of(data, sfreq, ch_names, unit)


def usable(specimen: Specimen, works: Callable[[Signal], Any], given: Signal | None) -> Callable[[float], Signal]:
    """Return how to make a signal that the component takes: the given one, or the first kind that it doesn't refuse."""
    if given is not None:
        return lambda _: given
    refused = []
    for name, make in kinds().items():
        with specimen.trying(f"{name} (a signal that it can't process must raise insula.SignalError)"):
            try:
                works(frozen(make(8.0)))
                return make
            except SignalError as error:
                refused.append(f"{name}: {error}")
    raise AssertionError(
        f"{specimen.name}: it takes none of the made-up signals ({'; '.join(refused)}). Pass one that it takes: "
        "signal=..."
    )


def frozen(signal: Signal) -> Signal:
    """Return a copy whose arrays can't be written, as those of the prepared-data store."""
    copies = {
        name: np.array(getattr(signal, name))
        for name in ("data", "times", "valid")
        if getattr(signal, name) is not None
    }
    for array in copies.values():
        array.flags.writeable = False
    return replace(signal, **copies)


def equal(first: Signal, second: Signal) -> bool:
    """Whether two signals are the same, NaN equal to NaN."""
    plain = ("sfreq", "ch_names", "units", "t0")
    return all(getattr(first, name) == getattr(second, name) for name in plain) and all(
        _equal_arrays(getattr(first, name), getattr(second, name)) for name in ("data", "times", "valid")
    )


def _equal_arrays(first: np.ndarray | None, second: np.ndarray | None) -> bool:
    if first is None or second is None:
        return first is second
    return np.array_equal(first, second, equal_nan=first.dtype.kind == "f")


def damaged(signal: Signal) -> Iterator[tuple[str, Signal]]:
    """Yield what a recording may also be: partly undefined, constant, very short."""
    hole = np.array(signal.data)
    hole[0, hole.shape[1] // 3 : hole.shape[1] // 2 + 1] = np.nan
    yield "with NaN in one channel", signal.with_data(hole)
    yield "that is constant", signal.with_data(np.full_like(signal.data, signal.data.flat[0]))
    if not signal.static:
        times = None if signal.times is None else signal.times[:2]
        yield "of two samples", signal.with_data(signal.data[:, :2], times=times, valid=None)
