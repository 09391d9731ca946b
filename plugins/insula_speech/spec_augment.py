"""SpecAugment: masks over frequency and over time."""

from typing import Annotated

import numpy as np
from jaxtyping import Bool, Float
from pydantic import Field

from insula import Augmentation, Signal, SignalError

Count = Annotated[int, Field(ge=0)]


class SpecAugment(Augmentation):
    """Hides a few random bands of neighbouring channels and a few random stretches of time.

    Park et al. 2019 (Interspeech, arXiv 1904.08779), section 2, without their time warping. A band's width is uniform
    from 0 to ``frequency_width`` channels, a stretch's from 0 to ``time_width`` seconds, their places are uniform, and
    they may overlap. What is hidden becomes the channel's mean over the window: 0 would be that of z-scores only.
    Neither a band nor a stretch ever hides everything. Undefined values stay undefined.

    It stands under ``augment.features``. The channels should be frequencies in order (``log_mel``, ``spectrogram``);
    of ``mfcc`` the bands are cepstral coefficients and their differences, which is another thing that works too. The
    defaults are the paper's policy SM (80 mel bands, 100 frames a second); fewer channels ask for narrower bands.

    Parameters
    ----------
    frequency_masks
        Number of bands, m_F in the paper.
    frequency_width
        Greatest width of a band in channels, F in the paper.
    time_masks
        Number of stretches, m_T in the paper.
    time_width
        Greatest length of a stretch in seconds, T in the paper.
    time_share
        Greatest share of the window that one stretch may hide, p in the paper.
    """

    def __init__(
        self,
        *,
        frequency_masks: Count = 2,
        frequency_width: Count = 15,
        time_masks: Count = 2,
        time_width: Annotated[float, Field(ge=0)] = 0.7,
        time_share: Annotated[float, Field(ge=0, le=1)] = 0.2,
    ) -> None:
        self.frequency_masks, self.frequency_width = frequency_masks, frequency_width
        self.time_masks, self.time_width, self.time_share = time_masks, time_width, time_share

    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        """Return a copy with masks.

        Raises
        ------
        SignalError
            If the signal is a static vector or irregularly sampled, so that it has no seconds to hide.
        """
        if not signal.sfreq:
            raise SignalError(
                "spec_augment hides stretches of features at a regular rate; this signal has none. Take it out of this "
                "stream's augment"
            )
        channels, steps = signal.data.shape
        longest = int(min(round(self.time_width * signal.sfreq), self.time_share * steps))
        bands = _masks(channels, self.frequency_masks, self.frequency_width, rng)
        stretches = _masks(steps, self.time_masks, longest, rng)
        hidden = (bands[:, None] | stretches) & signal.defined
        return signal.with_data(np.where(hidden, _means(signal), signal.data))


def _masks(size: int, count: int, widest: int, rng: np.random.Generator) -> Bool[np.ndarray, " size"]:
    """Draw masks as the paper does: a width from 0 to the widest, then a beginning in [0, size - width)."""
    masked = np.zeros(size, dtype=bool)
    for _ in range(count if size else 0):
        width = int(rng.integers(min(widest, size - 1) + 1))
        begin = int(rng.integers(size - width))
        masked[begin : begin + width] = True
    return masked


def _means(signal: Signal) -> Float[np.ndarray, "channels 1"]:
    known = signal.defined & np.isfinite(signal.data)
    total = np.where(known, signal.data, 0.0).sum(axis=1, keepdims=True, dtype=np.float64)
    return total / np.maximum(known.sum(axis=1, keepdims=True), 1)
