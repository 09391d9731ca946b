"""Reach: how far a step looks, measured by perturbing one sample of a continuous signal."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from insula.types import Signal

PLACES = (0.31, 0.402, 0.45, 0.5, 0.555, 0.623, 0.69)
"""Where along the signal one sample is perturbed; uneven, so that they fall everywhere within a frame."""


def measure(step: Callable[[Signal], Signal], signal: Signal) -> tuple[float, float] | None:
    """Return (past, future) in seconds that output samples were seen to depend on; None where they have no time axis.

    Every channel of one sample is moved by ten standard deviations, with a sign of its own so that no average cancels
    it. An output sample stands for the stretch from its time to the next one's: what lies within is neither past nor
    future.
    """
    plain = step(signal)
    if plain.static:
        return None
    stretch = max(1 / rate for rate in (plain.sfreq, signal.sfreq) if rate) if plain.sfreq or signal.sfreq else 0.0
    past, future = 0.0, 0.0
    for number, place in enumerate(PLACES):
        position = int(place * signal.n_times)
        when = times_of(signal)[position]
        changed = changed_times(plain, step(perturbed(signal, position, seed=number)))
        if len(changed):
            past, future = max(past, float(changed.max() - when)), max(future, float(when - changed.min() - stretch))
    return past, future


def perturbed(signal: Signal, position: int, seed: int) -> Signal:
    """Return a copy in which one sample is another."""
    rng = np.random.default_rng(seed)
    data = np.array(signal.data)
    data[:, position] += (
        10 * np.nanstd(data, axis=1) * rng.uniform(0.5, 1.0, len(data)) * rng.choice([-1, 1], len(data))
    )
    data.flags.writeable = False
    return replace(signal, data=data)


def times_of(signal: Signal) -> np.ndarray:
    """Return the time of every sample in seconds."""
    return signal.t0 + np.arange(signal.n_times) / signal.sfreq if signal.times is None else signal.times


def changed_times(first: Signal, second: Signal) -> np.ndarray:
    """Return the times of the samples that differ by more than float32 rounding."""
    if first.data.shape != second.data.shape or not np.array_equal(times_of(first), times_of(second)):
        return _changed_events(first, second)
    a, b = first.data.astype(np.float64), second.data.astype(np.float64)
    difference = np.nan_to_num(np.abs(a - b), nan=0.0)
    largest = difference.max(axis=1, keepdims=True, initial=0.0)
    rounding = 16 * np.finfo(np.float32).eps * np.nanmax(np.abs(b), axis=1, keepdims=True, initial=0.0)
    moved = (difference > 1e-6 * largest + rounding) | (np.isnan(a) != np.isnan(b)) | (first.defined != second.defined)
    return times_of(first)[moved.any(axis=0)]


def _changed_events(first: Signal, second: Signal) -> np.ndarray:
    """Where the samples are events (heart beats), those that stand in one of the two only."""
    events = [{(t, *column) for t, column in zip(times_of(s), s.data.T, strict=True)} for s in (first, second)]
    return np.array(sorted(event[0] for event in events[0] ^ events[1]))
