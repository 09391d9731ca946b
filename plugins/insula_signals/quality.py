"""Quality: marks what a sensor can't have measured."""

from typing import Annotated

import numpy as np
from pydantic import Field

from insula import ConfigError, Signal, SignalError, Transform
from insula_signals.stretches import Stretches

Share = Annotated[float, Field(gt=0, le=1)]


class Quality(Transform):
    """Marks samples as undefined that are flat, saturated, out of range or noise; the data stay as they are.

    A signal with such samples gives plausible numbers further on: white noise has a heart rate. The step stands early
    in a stream's ``signal`` chain, where the signal still has its physical unit. A recording is judged channel by
    channel, in stretches one behind the other (the last one ends where the recording ends); a verdict is on the whole
    stretch, ``out of range`` on single samples. The shares of channel-time go into the report as the notes ``flat``,
    ``saturated``, ``out of range`` and ``noise``; what is flat isn't counted as saturated or noise too. A rule whose
    option is None is off. A static vector passes as it is.

    Parameters
    ----------
    stretch
        Seconds that are judged together.
    flat
        A stretch is flat that varies (highest minus lowest value) by no more than this, in the signal's unit; 0: that
        is constant.
    saturated
        A stretch is saturated of which at least this share is stuck: three or more samples in a row at the stretch's
        highest or lowest value. Not for slow signals in coarse steps (temperature, skin conductance).
    low
        A sample below this is out of range, in the signal's unit.
    high
        A sample above this is out of range, in the signal's unit.
    noise
        A stretch is noise that has more than this share of its power (mean removed, Hann window) outside ``band``.
    band
        Lowest and highest frequency in Hz of what the sensor measures; the default is a pulse's (Elgendi et al. 2013).
    mark
        False: count the verdicts for the report and leave every sample as defined as it was.
    """

    def __init__(
        self,
        *,
        stretch: Annotated[float, Field(gt=0)] = 2.0,
        flat: Annotated[float, Field(ge=0)] | None = 0.0,
        saturated: Share | None = None,
        low: float | None = None,
        high: float | None = None,
        noise: Share | None = None,
        band: tuple[float, float] = (0.5, 8.0),
        mark: bool = True,
    ) -> None:
        for name, (below, above) in {"low and high": (low, high), "band": band}.items():
            if below is not None and above is not None and below >= above:
                raise ConfigError(f"quality: {name} are {below:g} and {above:g}; the first must be less")
        self.stretch, self.flat, self.saturated, self.noise, self.band = stretch, flat, saturated, noise, band
        self.low, self.high, self.mark = low, high, mark
        self.reach = (stretch, stretch) if mark else (0.0, 0.0)

    def __call__(self, signal: Signal) -> Signal:
        """Return the signal with less of it ``valid``, and the share per verdict as notes.

        Raises
        ------
        SignalError
            If the signal is sampled irregularly.
        """
        if signal.times is not None:
            raise SignalError("quality needs a regularly sampled signal; this one's samples have times of their own")
        if signal.static or not signal.n_times:
            return signal
        used = signal.defined & np.isfinite(signal.data)
        valid = used.copy()
        for verdict, found in self._verdicts(signal, used).items():
            where = found & used
            valid &= ~where
            signal = signal.noted(verdict, float(where.mean()))
        return signal.with_data(signal.data, valid=valid) if self.mark else signal

    def _verdicts(self, signal: Signal, used: np.ndarray) -> dict[str, np.ndarray]:
        """Return per rule that is on which samples it is about, ``(channels, time)``."""
        stretches = Stretches.of(signal, used, self.stretch)
        flat = stretches.variation <= self.flat if self.flat is not None else np.zeros_like(stretches.variation, bool)
        found = {}
        if self.flat is not None:
            found["flat"] = stretches.spread(flat)
        if self.saturated is not None:
            found["saturated"] = stretches.spread((stretches.stuck() >= self.saturated) & ~flat)
        if self.low is not None or self.high is not None:
            low, high = (-np.inf if self.low is None else self.low), (np.inf if self.high is None else self.high)
            found["out of range"] = (signal.data < low) | (signal.data > high)
        if self.noise is not None:
            found["noise"] = stretches.spread((stretches.outside(self.band) > self.noise) & ~flat)
        return found
