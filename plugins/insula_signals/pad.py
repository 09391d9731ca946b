"""Pad: windows of one size, made by zeros that are read."""

from typing import Annotated

import numpy as np
from pydantic import Field

from insula import Signal, SignalError, Transform


class Pad(Transform):
    """Fills a window with zeros behind its end, up to a fixed number of samples; a longer one is cut there.

    This is a recipe of published systems (Faldu, Parikh & Kumar pad MFCC to 998 frames and read the last state), and
    nothing else should use it: the zeros are taken for measurements, where insula's own padding is never read. Samples
    that were undefined stay undefined. It stands under ``features``; behind ``standardize`` a zero is the mean, before
    it the zeros take part in what is learnt.

    Parameters
    ----------
    to
        Number of samples that every window has afterwards.
    """

    disclosure = (
        "zeros behind the end are read as if they were measured, so that the outcome depends on how long a window is"
    )

    def __init__(self, *, to: Annotated[int, Field(ge=1)] = 998) -> None:
        self.to = to

    def __call__(self, signal: Signal) -> Signal:
        """Return a signal of ``to`` samples.

        Raises
        ------
        SignalError
            If the signal is a static vector or irregularly sampled.
        """
        if signal.static:
            raise SignalError("pad takes a signal over time; this one is a static vector. Take pad out of this stream")
        if signal.times is not None:
            raise SignalError("pad takes a signal at a regular rate; this one is irregular. Resample it before pad")
        more = ((0, 0), (0, max(self.to - signal.n_times, 0)))
        valid = None if signal.valid is None else np.pad(signal.valid[:, : self.to], more, constant_values=True)
        return signal.with_data(np.pad(signal.data[:, : self.to], more), valid=valid)
