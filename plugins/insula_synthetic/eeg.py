"""EEG-like noise: a 1/f spectrum with a personal alpha rhythm, whose band power the class shifts."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float

from insula_synthetic.recipe import Recipe

SFREQ = 128.0
CHANNELS = ("AF3", "F7", "F3", "FC5", "T7", "P7", "O1", "O2", "P8", "T8", "FC6", "F4", "F8", "AF4")
BACK = ("P7", "O1", "O2", "P8")
"""Where alpha is strongest."""
BANDS = (4.0, 8.0, 13.0, 30.0, 45.0)
"""Edges in Hz of theta, alpha, beta and gamma."""
SLOPE = 1.1
LOWEST = 0.5
"""Hz; nothing is below it."""
RMS = 13e-6
"""Volts; the median person's."""
SHARED = 0.5
"""Share of the variance that volume conduction makes common to all electrodes."""
POTENTIAL = 10e-6
"""Volts; how far the electrodes' potentials differ from trial to trial, per unit of ``trial_offset``."""


def eeg(recipe: Recipe, subject: int, trial: int) -> Float[np.ndarray, "channels time"]:
    """Return one trial's EEG in volts.

    Complex white noise, half of it common to all electrodes, is shaped by an amplitude spectrum and transformed back.
    The logarithm of its power in each band and channel is shifted by person, trial and class.
    """
    n_times = round(recipe.seconds * SFREQ)
    rng = recipe.rng("eeg", subject, trial)
    freqs = np.fft.rfftfreq(n_times, 1 / SFREQ).astype(np.float32)
    noise = rng.standard_normal((len(CHANNELS) + 1, len(freqs), 2), dtype=np.float32).view(np.complex64)[..., 0]
    mixed = np.sqrt(1 - SHARED, dtype=np.float32) * noise[1:] + np.sqrt(SHARED, dtype=np.float32) * noise[:1]
    shifts = class_shifts(recipe, subject)[recipe.condition(subject, trial)[0]] + _offsets(recipe, subject, trial)
    waves = np.fft.irfft(
        mixed * _amplitude(recipe, subject, n_times) * np.exp(shifts / 2)[:, _band_of(n_times)], n_times
    )
    drift = POTENTIAL * recipe.trial_offset * recipe.rng("trial", subject, trial, 1).standard_normal((len(CHANNELS), 1))
    return (waves + drift).astype(np.float32)


@lru_cache(maxsize=1024)
def class_shifts(recipe: Recipe, subject: int) -> Float[np.ndarray, "classes channels bands"]:
    """Return the shift of log power by class, channel and band: zero over the classes, and zero in half of the
    channels.

    A share ``rho`` of its variance is common to all people, the rest a person's own.
    """
    shape = (recipe.classes, len(CHANNELS), len(BANDS) + 1)
    pattern = recipe.rng("pattern")
    common = pattern.standard_normal(shape)
    touched = pattern.permutation(len(CHANNELS)) < len(CHANNELS) // 2
    personal = recipe.rng("personal", subject).standard_normal(shape)
    both = np.sqrt(recipe.rho) * common + np.sqrt(1 - recipe.rho) * personal
    return recipe.effect * (both - both.mean(axis=0)) * touched[:, None]


def _offsets(recipe: Recipe, subject: int, trial: int) -> Float[np.ndarray, "channels bands"]:
    """Return the shifts of log power that mark a person and a trial, and say nothing about the class."""
    shape = (len(CHANNELS), len(BANDS) + 1)
    person = recipe.rng("person", subject).standard_normal(shape)
    moment = recipe.rng("trial", subject, trial, 2).standard_normal(shape)
    return recipe.subject_offset * person + recipe.trial_offset * moment


@lru_cache(maxsize=1024)
def _amplitude(recipe: Recipe, subject: int, n_times: int) -> Float[np.ndarray, "channels frequencies"]:
    """Return a person's amplitude spectrum, scaled so that its transform has the person's RMS."""
    rng = recipe.rng("person", subject, 1)
    freqs = np.fft.rfftfreq(n_times, 1 / SFREQ)
    falling = np.where(freqs >= LOWEST, np.maximum(freqs, LOWEST) ** (-SLOPE / 2), 0.0)
    peak, height = rng.uniform(9.0, 11.5), rng.uniform(0.5, 2.0)
    back = np.array([1.0 if name in BACK else 0.4 for name in CHANNELS])
    shape = falling * (1 + height * back[:, None] * np.exp(-((freqs - peak) ** 2) / 2))
    rms = RMS * np.exp(0.25 * rng.standard_normal())
    return (shape * rms * n_times / (2 * np.sqrt((shape**2).sum(axis=1, keepdims=True)))).astype(np.float32)


@lru_cache(maxsize=64)
def _band_of(n_times: int) -> np.ndarray:
    """Return the number of the band that every frequency is in; below theta and above gamma count as bands."""
    return np.digitize(np.fft.rfftfreq(n_times, 1 / SFREQ), BANDS)
