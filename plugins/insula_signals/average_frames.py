"""AverageFrames: fewer frames, each the mean of several."""

from typing import Annotated

import numpy as np
from pydantic import Field

from insula import Signal, Transform


class AverageFrames(Transform):
    """Averages every ``factor`` consecutive frames into one; undefined samples are ignored.

    An output frame stands for the stretch of time that it averages and begins where that begins, so ``t0`` is kept, the
    rate is divided by ``factor``, and nothing outside the frame's own stretch matters: the reach is 0. Frames left over
    at the end are dropped; a signal shorter than ``factor`` becomes the one mean of what is there. A static vector
    passes as it is.

    Parameters
    ----------
    factor
        How many frames make one.
    """

    def __init__(self, *, factor: Annotated[int, Field(ge=1)] = 4) -> None:
        self.factor = factor

    def __call__(self, signal: Signal) -> Signal:
        """Return the averaged signal, ``(channels, max(1, time // factor))``."""
        if signal.static or not signal.n_times:
            return signal
        size = min(self.factor, signal.n_times)
        count = signal.n_times // size
        shape = (len(signal.data), count, size)
        defined = signal.defined[:, : count * size].reshape(shape)
        data = np.where(defined, signal.data[:, : count * size].reshape(shape), 0.0)
        number = defined.sum(axis=2)
        mean = np.divide(data.sum(axis=2, dtype=np.float64), number, out=np.full(shape[:2], np.nan), where=number > 0)
        times = None if signal.times is None else signal.times[: count * size : size].copy()
        return signal.with_data(mean, sfreq=signal.sfreq / self.factor, times=times, valid=None)
