"""EEG as an EPOC would record it, made so that brain and blinks are known apart."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from insula import Signal

CHANNELS = ("AF3", "F7", "F3", "FC5", "T7", "P7", "O1", "O2", "P8", "T8", "FC6", "F4", "F8", "AF4")
ANGLES = (-20, -54, -30, -60, -90, -126, -162, 162, 126, 90, 60, 30, 54, 20)
"""Degrees around the head, 0 in front."""
BLINK = np.array([1.0, 0.6, 0.5, 0.2, 0.05, 0.02, 0.0, 0.0, 0.02, 0.05, 0.2, 0.5, 0.6, 0.95])
"""How much of a blink every channel sees."""


@dataclass(frozen=True)
class Made:
    """A recording of known parts, in volts, ``(14, time)``."""

    brain: Float[np.ndarray, "channels time"]
    blinks: Float[np.ndarray, "channels time"]
    sfreq: float

    def signal(self, offset: float = 0.0) -> Signal:
        """Return both parts together on an offset."""
        return Signal.of(self.brain + self.blinks + offset, self.sfreq, CHANNELS, "V")


def made(seconds: float = 60.0, sfreq: float = 256.0, *, every: float | None = 4.0, seed: int = 0) -> Made:
    """Draw sources around the head with a 1/f spectrum and bursts of alpha, and a blink about ``every`` so many s."""
    rng = np.random.default_rng(seed)
    n_times = round(seconds * sfreq)
    blinks = np.zeros(n_times) if every is None else _blinks(rng, n_times, sfreq, every)
    return Made(_brain(rng, n_times, sfreq), BLINK[:, None] * blinks, sfreq)


def _brain(rng: np.random.Generator, n_times: int, sfreq: float, sources: int = 30) -> np.ndarray:
    freqs = np.fft.rfftfreq(n_times, 1 / sfreq)
    falling = np.where(freqs > 0.5, np.maximum(freqs, 0.5) ** -0.55, 0.0)
    waves = _noise(rng, falling, sources, n_times)
    seconds = np.arange(n_times) / sfreq
    steps = np.arange(0, seconds[-1] + 2)
    bursts = np.stack([np.interp(seconds, steps, np.exp(0.7 * rng.standard_normal(len(steps)))) for _ in waves])
    waves += (
        rng.uniform(0, 1.5, (sources, 1)) * bursts * _noise(rng, np.exp(-((freqs - 10) ** 2) / 2), sources, n_times)
    )
    apart = np.deg2rad(np.array(ANGLES)[:, None] - rng.uniform(-180, 180, sources))
    mixed = (np.exp(3 * (np.cos(apart) - 1)) * rng.choice([-1, 1], sources)) @ waves
    return mixed * 13e-6 / mixed.std(axis=1).mean() + 1e-6 * rng.standard_normal(mixed.shape)


def _noise(rng: np.random.Generator, spectrum: np.ndarray, count: int, n_times: int) -> np.ndarray:
    waves = np.fft.irfft(spectrum * rng.standard_normal((count, len(spectrum), 2)).view(complex)[..., 0], n_times)
    return waves / waves.std(axis=1, keepdims=True)


def _blinks(rng: np.random.Generator, n_times: int, sfreq: float, every: float) -> np.ndarray:
    blinks, length = np.zeros(n_times), int(0.35 * sfreq)
    start = every * rng.uniform(0.2, 1.0)
    while (first := round(start * sfreq)) + length < n_times:
        blinks[first : first + length] += rng.uniform(70e-6, 140e-6) * np.hanning(length)
        start += every * rng.uniform(0.5, 1.5)
    return blinks
