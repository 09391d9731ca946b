"""FrontalAsymmetry: more alpha on the right or on the left."""

from typing import Annotated

import numpy as np
from pydantic import Field

from insula import Signal, SignalError, Transform
from insula_eeg.bands import BANDS, Edges, check_rate, checked
from insula_eeg.spectrum import band_powers
from insula_eeg.window import features, power_unit, readable

PAIRS = (("AF4", "AF3"), ("F8", "F7"), ("F4", "F3"))


class FrontalAsymmetry(Transform):
    """Alpha power of right frontal channels against their left twins in a window: 3 features by default.

    ``ln α_R - ln α_L`` (Allen, Coan & Nazarian 2004, Biol. Psychol. 67, 183–218), α the mean power density of the
    band by Welch's method as in ``band_power``. arXiv:2602.06997 speaks of differences of alpha power and doesn't say
    whether of logarithms: ``literal`` is the plain difference. Features are called ``AF4-AF3, F8-F7, F4-F3``; the unit
    of logarithms is 1, that of plain differences V²/Hz of volts. A feature is undefined where one of its two channels
    has an undefined sample or is constant, or a segment holds no cycle of the band's lowest frequency.

    Parameters
    ----------
    pairs
        Right and left channel of every pair.
    band
        Lowest and highest frequency of the band in Hz.
    n_per_seg
        Seconds per segment of Welch's method; None: the whole window is one.
    overlap
        Share of a segment that the next one repeats.
    literal
        Whether the plain difference is given instead of that of logarithms.
    """

    def __init__(
        self,
        *,
        pairs: Annotated[tuple[tuple[str, str], ...], Field(min_length=1)] = PAIRS,
        band: Edges = BANDS["alpha"],
        n_per_seg: Annotated[float, Field(gt=0)] | None = None,
        overlap: Annotated[float, Field(ge=0, lt=1)] = 0.0,
        literal: bool = False,
    ) -> None:
        self.pairs, self.bands = pairs, {"alpha": band}
        self.edges = checked(self.bands)
        self.n_per_seg, self.overlap, self.literal = n_per_seg, overlap, literal

    def __call__(self, signal: Signal) -> Signal:
        """Return the features of a window, ``(pairs, 1)``.

        Raises
        ------
        SignalError
            If the signal lacks a channel, is irregular, or its rate too low for the band.
        """
        data, usable = readable(signal, "frontal_asymmetry")
        check_rate(self.bands, signal)
        right, left = np.array([[self._find(signal, name) for name in pair] for pair in self.pairs]).T
        power = band_powers(data, signal.sfreq, self.edges, self.n_per_seg, self.overlap)[:, 0]
        power[~usable] = np.nan
        scale = power if self.literal else np.log(power)
        units = [power_unit(signal.units[place]) if self.literal else "1" for place in right]
        return features(signal, (scale[right] - scale[left])[:, None], ["-".join(pair) for pair in self.pairs], units)

    def _find(self, signal: Signal, name: str) -> int:
        if name not in signal.ch_names:
            raise SignalError(
                f"frontal_asymmetry needs the channel {name!r}; this signal has {', '.join(signal.ch_names)}: "
                "type pairs"
            )
        return signal.ch_names.index(name)
