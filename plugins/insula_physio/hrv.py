"""HRV: features of heart rate variability from a pulse."""

from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field

from insula import ConfigError, SignalError
from insula_physio.intervals import Intervals
from insula_physio.pulse import BAND, neurokit_peaks, paper_peaks
from insula_physio.window_features import WindowFeatures


class HRV(WindowFeatures):
    """Seven features of heart rate variability, from the peaks of a blood volume pulse.

    ``mean_ibi``, ``sdnn``, ``rmssd`` (s), ``pnn50`` (a share: 1), ``lf``, ``hf`` (s²), ``lf_hf`` (1). RMSSD, SDNN and
    LF/HF are named in arXiv:2602.06997; the others are a choice. Formulas:
    :class:`insula_physio.intervals.Intervals`.

    ``method: paper`` is the paper's: peaks at least 500 ms apart (so no more than 120 a minute) with a prominence of
    0.1 standard deviations, a cubic spline at 4 Hz, Welch. ``method: neurokit`` is NeuroKit2's: band-pass and peaks of
    Elgendi et al. (2013), artefact correction of Lipponen & Tarvainen (2019), a quadratic spline at 100 Hz, Welch with
    segments of half the signal.

    A feature is undefined where there is too little: the mean needs one interval, SDNN, RMSSD and pNN50 two (in two
    successive beats), LF and HF two bins of the spectrum in the band. In the paper's windows of 2 s that leaves RMSSD
    undefined in about half of them at 72 beats a minute, and LF, HF and LF/HF always; NeuroKit2's rule needs about 20 s
    for HF and a minute for LF.

    Parameters
    ----------
    method
        ``paper`` or ``neurokit``, see above.
    ibi_min
        Shortest interval in seconds that is a heart's; 0.3 is 200 beats a minute. Others are left out as artefacts.
    ibi_max
        Longest interval in seconds that is a heart's; 2 is 30 beats a minute.
    context_min
        Seconds; of anything shorter (near a trial's start, behind a gap) all features are undefined.
    gap
        Seconds that may be undefined in a row and are interpolated; only what lies behind the last longer gap counts.
    """

    def __init__(
        self,
        *,
        method: Literal["paper", "neurokit"] = "paper",
        ibi_min: Annotated[float, Field(gt=0)] = 0.3,
        ibi_max: Annotated[float, Field(gt=0)] = 2.0,
        context_min: Annotated[float, Field(ge=0)] = 0.0,
        gap: Annotated[float, Field(ge=0)] = 0.2,
    ) -> None:
        if ibi_min >= ibi_max:
            raise ConfigError(f"hrv: ibi_min={ibi_min:g} must be less than ibi_max={ibi_max:g}")
        super().__init__(context_min, gap)
        self.method, self.ibi_min, self.ibi_max = method, ibi_min, ibi_max

    def units(self, unit: str) -> dict[str, str]:
        """Return names and units, in order; the signal's unit doesn't matter."""
        return {**dict.fromkeys(("mean_ibi", "sdnn", "rmssd"), "s"), "pnn50": "1", "lf": "s2", "hf": "s2", "lf_hf": "1"}

    def features(self, x: Float[np.ndarray, " time"], sfreq: float) -> dict[str, float]:
        """Return the features of samples without a gap.

        Raises
        ------
        SignalError
            If the sampling is too slow for a pulse.
        """
        if sfreq <= 2 * BAND[1]:
            raise SignalError(f"hrv needs a pulse sampled faster than {2 * BAND[1]:g} Hz; this has {sfreq:g} Hz")
        peaks = (paper_peaks if self.method == "paper" else neurokit_peaks)(x, sfreq)
        intervals = Intervals.between(peaks, sfreq, self.ibi_min, self.ibi_max)
        return intervals.over_time() | intervals.over_frequency(self.method)
