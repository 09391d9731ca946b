"""VTLP: speech as from a longer or shorter vocal tract."""

from typing import Annotated

import numpy as np
from pydantic import Field

from insula import Augmentation, Signal, SignalError
from insula_speech.bounds import check_bounds
from insula_speech.sound import samples_of
from insula_speech.spectrogram import bin_names
from insula_speech.vocoder import warped
from insula_speech.warp import Warp

Factor = Annotated[float, Field(ge=0.5, le=2)]


class VTLP(Augmentation):
    """Vocal-tract length perturbation: stretches or squeezes the frequency axis by a random factor.

    Jaitly & Hinton 2013 (ICML workshop), as Etienne et al. 2018 use it on IEMOCAP: one factor per utterance and epoch.
    Frequencies up to about ``boundary`` are multiplied by the factor; those above are moved linearly, so that the top
    stays where it is. Pitch moves with the formants, for the whole axis is warped.

    Behind ``spectrogram`` its bins are warped (linear interpolation of their values; the axis ends at the spectrogram's
    top): under ``augment.features``, or under ``augment.signal`` where ``spectrogram`` stands under ``signal``. Behind
    ``standardize`` it would be z-scores that are moved. Sound itself, under ``augment.signal``, is warped for any
    features (by a phase vocoder; the axis ends at half its rate): its length stays.

    Parameters
    ----------
    low
        Least factor; below 1 is a longer vocal tract.
    high
        Greatest factor; the factor is uniform between both.
    boundary
        Share of the top frequency where the second line begins; 0.6 is the 4,800 Hz of sound at 16 kHz that public
        implementations of the paper have.
    """

    def __init__(
        self,
        *,
        low: Factor = 0.9,
        high: Factor = 1.1,
        boundary: Annotated[float, Field(gt=0, lt=1)] = 0.6,
    ) -> None:
        check_bounds("vtlp", low, high)
        self.low, self.high, self.boundary = low, high, boundary

    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        """Return the warped spectrogram or sound; a bin that rests on an undefined one is undefined.

        Raises
        ------
        SignalError
            If the signal is neither a spectrogram nor sound, or is sound with undefined samples or none.
        """
        warp = Warp(rng.uniform(self.low, self.high), self.boundary)
        if len(signal.data) > 1 and signal.ch_names == bin_names(len(signal.data)):
            values = np.where(signal.defined, signal.data, np.nan)
            return signal.with_data(warp.bins(values), valid=None)
        if len(signal.data) != 1 or signal.static:
            raise SignalError(
                "vtlp takes sound, under augment.signal, or the bins of spectrogram, behind it; this signal has "
                f"{len(signal.data)} channels, {', '.join(signal.ch_names[:1])} first: move vtlp to augment.signal"
            )
        return signal.with_data(warped(samples_of(signal, "vtlp"), signal.sfreq, warp)[None], valid=None)
