"""EDA: features of skin conductance."""

from functools import lru_cache
from typing import Annotated, Any, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field

from insula_physio.course import course
from insula_physio.responses import responses
from insula_physio.window_features import WindowFeatures

Samples = Float[np.ndarray, " time"]

CUTOFF = 0.05
"""Hz; NeuroKit2's border between tonic and phasic."""
FILTER_PAD = 9
"""Samples; what a forward-backward filter of second order needs at its ends, and one more than that in all."""


class EDA(WindowFeatures):
    """Eight features of skin conductance: level (tonic part) and responses (phasic part).

    ``scl_mean``, ``scl_std``, ``scl_slope`` (of the tonic part), ``phasic_mean``, ``phasic_std``, ``phasic_max``,
    ``scr_count`` (responses in the signal), ``scr_amplitude`` (their mean, from trough to peak), in the signal's unit
    (``S``), the slope per second, the count in ``1``. The count and the amplitude are named in arXiv:2602.06997; the
    others are a choice. Formulas: :func:`insula_physio.course.course`, :func:`insula_physio.responses.responses`.

    ``method: paper`` is the paper's: the tonic part is a centred moving average, which near the ends averages what is
    there, and the phasic part is the signal minus that. A signal shorter than ``width`` has no features.
    ``method: neurokit`` is NeuroKit2's default (``eda_phasic(method="highpass")``, ``eda_peaks(method="neurokit")``):
    both parts come from a forward-backward Butterworth filter of second order at 0.05 Hz, which needs ten samples;
    what it says of a signal shorter than 20 s, one period of that, is weak: see ``context_min``.

    Without a response the count is 0 and the amplitude undefined.

    Parameters
    ----------
    method
        ``paper`` or ``neurokit``, see above.
    width
        Seconds of the moving average of ``paper``. The paper doesn't give it; 2 is its window, and 8 to 10 keeps whole
        responses out of the level where a context makes the signal longer.
    amplitude_min
        Least prominence of a response, relative to the signal's greatest (NeuroKit2's rule).
    amplitude_floor
        Least prominence of a response in the signal's unit. NeuroKit2 has none, so that in a signal without responses
        it counts the noise; 0.01e-6 S is eight steps of an Empatica E4 (measured: 0.00128e-6 S).
    context_min
        Seconds; of anything shorter (near a trial's start, behind a gap) all features are undefined.
    gap
        Seconds that may be undefined in a row and are interpolated; only what lies behind the last longer gap counts.
    """

    def __init__(
        self,
        *,
        method: Literal["paper", "neurokit"] = "paper",
        width: Annotated[float, Field(gt=0)] = 2.0,
        amplitude_min: Annotated[float, Field(ge=0, le=1)] = 0.1,
        amplitude_floor: Annotated[float, Field(ge=0)] = 0.01e-6,
        context_min: Annotated[float, Field(ge=0)] = 0.0,
        gap: Annotated[float, Field(ge=0)] = 1.0,
    ) -> None:
        super().__init__(context_min, gap)
        self.method, self.width = method, width
        self.amplitude_min, self.amplitude_floor = amplitude_min, amplitude_floor

    def units(self, unit: str) -> dict[str, str]:
        """Return names and units, in order."""
        scl = {"scl_mean": unit, "scl_std": unit, "scl_slope": f"{unit}/s"}
        phasic = dict.fromkeys(("phasic_mean", "phasic_std", "phasic_max"), unit)
        return scl | phasic | {"scr_count": "1", "scr_amplitude": unit}

    def features(self, x: Samples, sfreq: float) -> dict[str, float]:
        """Return the features of samples without a gap."""
        parts = self.parts(x, sfreq)
        if parts is None:
            return {}
        level, phasic = (course(part, sfreq) for part in parts)
        found = {f"scl_{name}": level[name] for name in ("mean", "std", "slope") if name in level}
        found |= {f"phasic_{name}": phasic[name] for name in ("mean", "std", "max") if name in phasic}
        amplitudes = responses(parts[1], self.amplitude_min, self.amplitude_floor)
        return found | _summary(amplitudes)

    def parts(self, x: Samples, sfreq: float) -> tuple[Samples, Samples] | None:
        """Return the tonic and the phasic part, or None where the signal is too short for the method."""
        if self.method == "paper":
            tonic = _moving_average(x, int(self.width * sfreq / 2 + 1e-6))
            return (tonic, x - tonic) if len(x) + 0.5 >= self.width * sfreq else None
        if len(x) <= FILTER_PAD:
            return None
        from scipy.signal import sosfiltfilt

        low, high = _filters(sfreq)
        return sosfiltfilt(low, x), sosfiltfilt(high, x)


def _summary(amplitudes: Float[np.ndarray, " responses"]) -> dict[str, float]:
    known = amplitudes[np.isfinite(amplitudes)]
    return {"scr_count": len(amplitudes), "scr_amplitude": float(known.mean()) if len(known) else np.nan}


def _moving_average(x: Samples, half: int) -> Samples:
    """Average what there is within ``half`` samples on both sides of each."""
    total = np.concatenate([[0.0], np.cumsum(x - x[0])])
    first = np.maximum(np.arange(len(x)) - half, 0)
    last = np.minimum(np.arange(len(x)) + half + 1, len(x))
    return x[0] + (total[last] - total[first]) / (last - first)


@lru_cache(maxsize=8)
def _filters(sfreq: float) -> tuple[Any, Any]:
    from scipy.signal import butter

    low, high = (butter(2, CUTOFF, kind, output="sos", fs=sfreq) for kind in ("lowpass", "highpass"))
    return low, high
