"""Despike: raw EEG without its offset and its glitches."""

from typing import Annotated, Literal

import numpy as np
from jaxtyping import Bool, Float
from pydantic import Field

from insula import Signal, Transform
from insula_eeg.bridge import bridged, reopened

TO_STD = 1.4826
"""A normal distribution's standard deviation is this many median absolute deviations (Hampel 1974, JASA 69(346))."""


class Despike(Transform):
    """Subtracts each channel's median and removes glitches: samples impossibly far from it.

    Raw Emotiv data stands on about 4,200 µV and has single samples up to 7·10⁵ µV away, which would ring over a
    filter's whole length and dominate ICA. A glitch is a sample further from the median than ``threshold`` robust
    standard deviations (1.4826 median absolute deviations; a channel whose median absolute deviation is 0 has none):
    on a public EPOC recording the four broken samples are up to 35,000 of them away (in 54 of their 56 channels more
    than 20), all else, blinks included, under 13. The note ``spikes`` is the share of samples that were replaced.
    Undefined samples stay undefined; the median is the whole recording's, so the reach is infinite.

    Parameters
    ----------
    threshold
        How many robust standard deviations from the median a glitch begins.
    method
        What a glitch becomes: ``interpolate`` draws a straight line between its neighbours, ``clip`` the threshold.
    """

    reach = (float("inf"), float("inf"))

    def __init__(
        self,
        *,
        threshold: Annotated[float, Field(gt=0)] = 20.0,
        method: Literal["interpolate", "clip"] = "interpolate",
    ) -> None:
        self.threshold, self.method = threshold, method

    def __call__(self, signal: Signal) -> Signal:
        """Return the signal around 0, in the same unit.

        Raises
        ------
        SignalError
            If the signal has no samples at a regular rate.
        """
        data, gaps = bridged(signal, "despike")
        data -= _median(data, gaps)
        deviation = TO_STD * _median(np.abs(data), gaps)
        limit = np.where(deviation > 0, self.threshold * deviation, np.inf)
        spikes = (np.abs(data) > limit) & ~gaps
        if self.method == "clip":
            data = np.where(spikes, np.clip(data, -limit, limit), data)
        else:
            data, _ = bridged(signal.with_data(np.where(spikes | gaps, np.nan, data), valid=None), "despike")
        return reopened(signal, data, gaps).noted("spikes", spikes.sum() / max((~gaps).sum(), 1))


def _median(
    data: Float[np.ndarray, "channels time"], gaps: Bool[np.ndarray, "channels time"]
) -> Float[np.ndarray, "channels 1"]:
    """Return each channel's median over its defined samples; 0 where it has none."""
    pairs = zip(data, gaps, strict=True)
    return np.array([[np.median(row[~gap]) if not gap.all() else 0.0] for row, gap in pairs])
