"""EEG: white noise, mixed by volume conduction and shaped to a personal 1/f spectrum; emotion shifts its band power."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float

from insula_phymer.generator.emotions import EMOTIONS
from insula_phymer.generator.recipe import Recipe
from insula_phymer.generator.scalp import CHANNELS, SPREAD, blurring, weights
from insula_phymer.generator.showings import Showing

SFREQ = 256.0
BANDS = (4.0, 8.0, 13.0, 30.0)
"""Hz; the edges between delta, theta, alpha, beta and gamma."""
LOWEST, HIGHEST = 0.2, 45.0
"""Hz; what the headset passes."""
SLOPE, SLOPE_SD = 1.1, 0.08
"""Of power over frequency; people lie within 1.1 ± 0.2 or so."""
PIVOT = 10.0
"""Hz, where all slopes meet."""
RMS, RMS_SD = 12.3, 0.05
"""µV of the median person, and the standard deviation of its logarithm."""
PERSON_SD = 0.28
"""Standard deviation over people of log band power, by electrode and band."""
TRIAL_SD = 0.235
"""The same over the trials of a person: what makes windows of one trial resemble each other."""
EFFECT = 0.31
"""The same over emotions, per unit of ``d``."""
REGION = 1.1
"""Radians; how wide the part of the effect is that people have in common."""


def background(recipe: Recipe, showing: Showing) -> Float[np.ndarray, "channels time"]:
    """Return one trial's brain signal in µV, without artefacts.

    Power is (f/10 Hz)^-slope with a personal alpha peak; the logarithm of power in each band and electrode is shifted
    by person, trial and emotion.
    """
    from scipy import fft

    n_times = round(showing.seconds * SFREQ)
    length: int = fft.next_fast_len(n_times, real=True)  # type: ignore[assignment]
    rng = recipe.rng("background", showing.subject, showing.video)
    noise = rng.standard_normal((len(CHANNELS), length // 2 + 1, 2), dtype=np.float32).view(np.complex64)[..., 0]
    mixed = blurring().astype(np.float32) @ noise
    mixed *= _amplitude(recipe, showing.subject, length)
    mixed *= np.exp(log_shifts(recipe, showing) / 2).astype(np.float32)[:, _band_of(length)]
    return fft.irfft(mixed, length, axis=1, overwrite_x=True)[:, :n_times]  # type: ignore[call-overload]


def log_shifts(recipe: Recipe, showing: Showing) -> Float[np.ndarray, "channels bands"]:
    """Return how a trial shifts the logarithm of band power: person, moment, and emotion."""
    moment = TRIAL_SD * _surface(recipe.rng("trial", showing.subject, showing.video))
    return _person_shifts(recipe, showing.subject) + moment + emotion_shifts(recipe, showing.subject)[showing.emotion]


@lru_cache(maxsize=64)
def emotion_shifts(recipe: Recipe, subject: int) -> Float[np.ndarray, "emotions channels bands"]:
    """Return how each emotion shifts log band power, with mean zero over the emotions.

    A share ``rho`` of the variance is common to all people, in broad regions; the rest is the subject's own, as fine
    as the signals are. ``d`` scales both.
    """
    common, own = recipe.rng("pattern"), recipe.rng("personal", subject)
    ours, mine = np.sqrt(recipe.rho), np.sqrt(1 - recipe.rho)
    both = np.array([ours * _surface(common, REGION) + mine * _surface(own) for _ in EMOTIONS])
    return EFFECT * recipe.d * (both - both.mean(axis=0))


@lru_cache(maxsize=64)
def _person_shifts(recipe: Recipe, subject: int) -> Float[np.ndarray, "channels bands"]:
    return PERSON_SD * _surface(recipe.rng("person", subject))


def _surface(rng: np.random.Generator, spread: float = SPREAD) -> Float[np.ndarray, "channels bands"]:
    """Return a map of variance 1 per band; unless told otherwise it is as smooth over the scalp as the signals are."""
    return blurring(spread) @ rng.standard_normal((len(CHANNELS), len(BANDS) + 1))


@lru_cache(maxsize=8)
def _amplitude(recipe: Recipe, subject: int, length: int) -> Float[np.ndarray, "channels frequencies"]:
    """Return a person's amplitude spectrum, scaled for the inverse transform."""
    rng = recipe.rng("person", subject, 0)
    slope = SLOPE + SLOPE_SD * rng.standard_normal()
    size = RMS * np.exp(RMS_SD * rng.standard_normal())
    peak = 10.0 + 0.8 * rng.standard_normal()
    height = np.exp(0.2 * rng.standard_normal())
    back = weights(dict.fromkeys(CHANNELS, 0.5) | {"P7": 1.0, "O1": 1.5, "O2": 1.5, "P8": 1.0})
    freqs = np.fft.rfftfreq(length, 1 / SFREQ)
    alpha = 1 + height * back * np.exp(-((freqs - peak) ** 2) / 2)
    power = _falling(freqs, slope) * alpha
    median = 2 * _falling(freqs, SLOPE).sum()  # the sum of squares that a slope of 1.1 gives
    return (size * length * np.sqrt(power / (2 * median))).astype(np.float32)


def _falling(freqs: Float[np.ndarray, " frequencies"], slope: float) -> Float[np.ndarray, " frequencies"]:
    """Return power that falls with frequency, within what the headset passes."""
    safe = np.maximum(freqs, LOWEST)
    passed = 1 / (1 + (LOWEST / np.maximum(freqs, 1e-6)) ** 8) / (1 + (freqs / HIGHEST) ** 40)
    return (safe / PIVOT) ** -slope * passed


@lru_cache(maxsize=64)
def _band_of(length: int) -> np.ndarray:
    """Return the number of the band that every frequency is in."""
    return np.digitize(np.fft.rfftfreq(length, 1 / SFREQ), BANDS)
