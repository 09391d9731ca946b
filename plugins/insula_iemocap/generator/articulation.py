"""Articulation: where the tract and the pitch are at every moment, gliding from phone to phone."""

from dataclasses import dataclass

import numpy as np

from insula_iemocap.generator.prosody import Delivery
from insula_iemocap.generator.words import Said

SFREQ = 16_000
"""Hz, of the sound."""
HOP = 160
"""Samples from one moment to the next: 10 ms."""
GLIDE, SWELL = 5, 3
"""Moments over which formants and gains are smoothed."""
ACCENT = 0.45
"""Standard deviation of the vowels' pitch, as a share of the range."""


@dataclass(frozen=True)
class Articulation:
    """Tracks with one value per moment: formants (Hz, three columns), gains, the place of noise, and pitch (Hz)."""

    formants: np.ndarray
    voice: np.ndarray
    breath: np.ndarray
    noise: np.ndarray
    centre: np.ndarray
    width: np.ndarray
    pitch: np.ndarray


def articulation(said: Said, delivery: Delivery, steps: int, rng: np.random.Generator) -> Articulation:
    """Return the tracks of what is said, at so many moments."""
    from scipy.ndimage import uniform_filter1d

    time = HOP / SFREQ * np.arange(steps)
    ends = np.cumsum(said.lengths)
    at = np.minimum(np.searchsorted(ends, time, side="right"), len(ends) - 1)
    tracks = said.phones[at]
    formants = uniform_filter1d(tracks[:, 1:4], GLIDE, axis=0, mode="nearest")
    gains = np.asarray(uniform_filter1d(tracks[:, 4:7], SWELL, axis=0, mode="constant"))
    pitch = _pitch(said, delivery, time, at, ends, rng).astype(np.float32)
    return Articulation(formants, gains[:, 0], gains[:, 1], gains[:, 2], tracks[:, 7], tracks[:, 8], pitch)


def _pitch(
    said: Said, delivery: Delivery, time: np.ndarray, at: np.ndarray, ends: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return a pitch that falls over every phrase and rises and falls with the vowels."""
    middles = (ends - said.lengths / 2)[said.vowels]
    accents = np.interp(time, middles, ACCENT * rng.standard_normal(len(middles)))
    first = np.searchsorted(said.phrases, said.phrases)  # a phrase's first phone, and behind its last
    last = np.searchsorted(said.phrases, said.phrases, side="right") - 1
    begins, stops = (ends - said.lengths)[first][at], ends[last][at]
    fall = 0.5 - (time - begins) / (stops - begins)
    return delivery.pitch * 2 ** (delivery.span * (accents + fall) / 12)
