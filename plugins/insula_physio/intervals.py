"""Intervals: the seconds from beat to beat, and what they say over time and over frequency."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

LF, HF = (0.04, 0.15), (0.15, 0.4)
"""Hz; low and high frequencies of heart rate variability (Task Force 1996, Circulation 93(5))."""
LEAST_POWER = 1e-18
"""s²; a nanosecond's: what is below is rounding, of which no ratio is taken."""


@dataclass(frozen=True, eq=False)
class Intervals:
    """Intervals between beats.

    Parameters
    ----------
    seconds
        Every interval.
    times
        When it ends, in seconds.
    normal
        Which are within the physiological limits; the others are artefacts and aren't used.
    """

    seconds: Float[np.ndarray, " intervals"]
    times: Float[np.ndarray, " intervals"]
    normal: Bool[np.ndarray, " intervals"]

    @classmethod
    def between(cls, peaks: Int[np.ndarray, " beats"], sfreq: float, shortest: float, longest: float) -> "Intervals":
        """Measure the intervals between peaks, which are sample numbers."""
        seconds = np.diff(peaks) / sfreq
        return cls(seconds, peaks[1:] / sfreq, (seconds >= shortest) & (seconds <= longest))

    def over_time(self) -> dict[str, float]:
        """Return mean, SDNN, RMSSD and pNN50 (Task Force 1996), as far as they are defined.

        ``SDNN`` is the sample standard deviation, of two intervals or more. ``RMSSD = sqrt(mean(d^2))`` with ``d`` the
        differences of successive intervals, one or more; ``pNN50`` is the number of differences above 50 ms divided by
        the number of intervals that they join.
        """
        normal = self.seconds[self.normal]
        found = {"mean_ibi": float(normal.mean())} if len(normal) else {}
        if len(normal) > 1:
            found["sdnn"] = float(normal.std(ddof=1))
        steps = np.diff(self.seconds)[self.normal[1:] & self.normal[:-1]]
        if len(steps):
            found["rmssd"] = float(np.sqrt(np.mean(steps**2)))
            found["pnn50"] = float(np.sum(np.abs(steps) > 0.05 + 1e-9) / (len(steps) + 1))
        return found

    def over_frequency(self, method: str) -> dict[str, float]:
        """Return the powers LF and HF in s², and their ratio, as far as they are defined.

        The intervals are interpolated at even times, Welch's spectrum is taken, and its density integrated by trapezes
        from the first bin of a band to the last before its end: a band needs two bins. ``paper`` (arXiv:2602.06997):
        cubic spline at 4 Hz, segments of 64 s or all there is. ``neurokit``: that of ``neurokit2.hrv_frequency``:
        quadratic spline at 100 Hz, segments of half the signal, no frequency below four periods in the signal.
        """
        spectrum = {"paper": _paper_spectrum, "neurokit": _neurokit_spectrum}[method]
        frequency, density = spectrum(self.times[self.normal], self.seconds[self.normal])
        found = {"lf": _power(frequency, density, LF), "hf": _power(frequency, density, HF)}
        return found | {"lf_hf": found["lf"] / found["hf"] if found["hf"] > LEAST_POWER else np.nan}


Beats = Float[np.ndarray, " intervals"]
Bins = Float[np.ndarray, " bins"]
NO_SPECTRUM = np.empty(0), np.empty(0)


def _paper_spectrum(times: Beats, seconds: Beats) -> tuple[Bins, Bins]:
    from scipy.interpolate import make_interp_spline
    from scipy.signal import welch

    if len(times) < 4:  # a cubic has four coefficients
        return NO_SPECTRUM
    even = make_interp_spline(times, seconds, k=3)(np.arange(times[0], times[-1], 1 / 4))
    return welch(even, fs=4.0, nperseg=min(256, len(even)))


def _neurokit_spectrum(times: Beats, seconds: Beats) -> tuple[Bins, Bins]:
    from scipy.interpolate import make_interp_spline
    from scipy.signal import welch

    if len(times) < 3:
        return NO_SPECTRUM
    rate = 100.0
    grid = np.minimum(np.arange(times[0], times[-1] + 1 / rate, 1 / rate), times[-1])
    even = make_interp_spline(times, seconds, k=2)(grid)
    lowest = 2 * rate / (len(even) / 2)
    size = int(2 / lowest * rate)
    frequency, density = welch(even - even.mean(), rate, nperseg=size, nfft=2 * size, detrend=False)  # pyright: ignore
    return frequency[frequency >= lowest], density[frequency >= lowest]


def _power(frequency: Bins, density: Bins, band: tuple[float, float]) -> float:
    from scipy.integrate import trapezoid

    inside = (frequency >= band[0]) & (frequency < band[1])
    return float(trapezoid(density[inside], frequency[inside])) if inside.sum() > 1 else np.nan
