"""Cut Signals: the only place where seconds become samples."""

import numpy as np
from jaxtyping import Float

from insula.types import Signal

TINY = 1e-6
"""Seconds; what two clocks may differ by before it counts."""


def samples(seconds: float, sfreq: float) -> int:
    """Return how many samples a stretch has, half of one rounded down: the same for every window of one length.

    Plain rounding would give 62 or 63 samples to 2 s at 31.25 Hz, as the last bit of the window's times falls.
    """
    return int(np.floor(seconds * sfreq + 0.5 - 1e-4))


def spans(start: float, stop: float, length: float | None, step: float | None) -> list[tuple[float, float]]:
    """Return the windows (t0, t1) of a stretch; ``length=None`` is the whole of it, ``step=None`` no overlap."""
    if length is None:
        return [(start, stop)]
    step = step or length
    count = int(np.floor((stop - start - length) / step + TINY)) + 1
    return [(start + k * step, start + k * step + length) for k in range(max(count, 0))]


def cut(signal: Signal, t0: float, t1: float) -> Signal | None:
    """Return the samples from t0 up to t1 (seconds in the recording), or None where there is none.

    A static vector belongs to every window. Of a regular signal the first sample is the one nearest to t0, and the
    number of samples depends on t1 - t0 alone, so that windows of one length have one size.
    """
    if signal.static:
        return signal
    if signal.times is not None:
        begin, end = np.searchsorted(signal.times, [t0 - TINY, t1 - TINY])
        taken = slice(int(begin), int(end))
        times = signal.times[taken]
        first = float(times[0]) if len(times) else t0
    else:
        begin = max(round((t0 - signal.t0) * signal.sfreq), 0)
        taken = slice(
            begin,
            max(begin, min(round((t0 - signal.t0) * signal.sfreq) + samples(t1 - t0, signal.sfreq), signal.n_times)),
        )
        times, first = None, signal.t0 + begin / signal.sfreq
    if taken.stop <= taken.start:
        return None
    valid = None if signal.valid is None else np.ascontiguousarray(signal.valid[:, taken])
    return signal.with_data(signal.data[:, taken], t0=first, times=times, valid=valid)


def covers(signal: Signal, t0: float, t1: float) -> bool:
    """Whether a signal has samples for the whole of a window."""
    if signal.static:
        return True
    if signal.times is not None:
        return bool(((signal.times >= t0 - TINY) & (signal.times < t1 - TINY)).any())
    slack = 0.5 / signal.sfreq + TINY
    return signal.t0 <= t0 + slack and signal.stop >= t1 - slack


def behind(signal: Signal, t0: float, t1: float) -> Signal:
    """Return a window without the context before t0, which a step has used but which is no part of the window.

    Of a regular signal the number of samples depends on t1 - t0 alone, as in :func:`cut`; an irregular one may be left
    without samples.
    """
    if signal.static:
        return signal
    if signal.times is None:
        first = max(signal.n_times - samples(t1 - t0, signal.sfreq), 0)
        begin, times = signal.t0 + first / signal.sfreq, None
    else:
        first = int(np.searchsorted(signal.times, t0 - TINY))
        times = signal.times[first:]
        begin = float(times[0]) if len(times) else t0
    valid = None if signal.valid is None else np.ascontiguousarray(signal.valid[:, first:])
    return signal.with_data(signal.data[:, first:], t0=begin, times=times, valid=valid) if first else signal


def held(signal: Signal, t0: float, t1: float) -> tuple[slice, Float[np.ndarray, " taken"]]:
    """Return which samples hold between t0 and t1, and each one's seconds there, as of a signal sampled and held.

    A sample holds from its time to the next one's, the last to the signal's ``stop``; a static one always.
    """
    if signal.static:
        return slice(0, 1), np.array([t1 - t0])
    if signal.times is not None:
        first, last = max(int(np.searchsorted(signal.times, t0, "right")) - 1, 0), np.searchsorted(signal.times, t1)
        edges = np.append(signal.times, signal.stop)[first : last + 1]
    else:
        ends = np.floor((t0 - signal.t0) * signal.sfreq), np.ceil((t1 - signal.t0) * signal.sfreq)
        first, last = np.clip(ends, 0, signal.n_times).astype(int)
        edges = signal.t0 + np.arange(first, last + 1) / signal.sfreq
    return slice(int(first), int(last)), np.diff(np.clip(edges, t0, t1))
