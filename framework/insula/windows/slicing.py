"""Cut Signals: the only place where seconds become samples."""

import numpy as np

from insula.types import Signal

TINY = 1e-6
"""Seconds; what two clocks may differ by before it counts."""


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
            max(begin, min(round((t0 - signal.t0) * signal.sfreq) + round((t1 - t0) * signal.sfreq), signal.n_times)),
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


def behind(signal: Signal, length: float) -> Signal:
    """Return the last ``length`` seconds of a regular signal: context that a step has used is no part of the window."""
    if signal.static or signal.times is not None:
        return signal
    keep = round(length * signal.sfreq)
    if keep >= signal.n_times:
        return signal
    valid = None if signal.valid is None else signal.valid[:, -keep:]
    t0 = signal.t0 + (signal.n_times - keep) / signal.sfreq
    return signal.with_data(signal.data[:, -keep:], t0=t0, valid=None if valid is None else np.ascontiguousarray(valid))
