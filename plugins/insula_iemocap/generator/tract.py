"""Tract: resonances that move, as an all-pole filter whose coefficients change from frame to frame."""

from functools import lru_cache

import numpy as np

from insula_iemocap.generator.articulation import HOP, SFREQ, Articulation

LENGTH = 4 * HOP
"""Samples of a transform: a frame of two hops, and two more in which the resonances die away."""
BANDWIDTHS = (80.0, 100.0, 150.0, 250.0, 300.0)
"""Hz, of the five formants."""
UPPER = (3500.0, 4500.0)
"""Hz, of a man's fourth and fifth formant, which don't move."""


def spoken(
    pulses: np.ndarray, noise: np.ndarray, tracks: Articulation, *, tract: float, tilt: float, breath: float
) -> np.ndarray:
    """Return the sound of a source and a tract, frame by frame, overlapped and added.

    The source is voice, dimmed above ``tilt`` by 6 dB per octave, and breath; it goes through five resonators in
    cascade (Klatt 1980, JASA 67:971). Noise of a narrow place comes on top.

    Parameters
    ----------
    pulses, noise
        ``(steps + 1) * HOP`` samples each, with power 1; the first frame's middle is after one hop.
    tracks
        ``steps`` values per track.
    tract
        How much higher formants are than a man's.
    tilt
        Hz.
    breath
        Noise at the glottis, as a share of the voice.
    """
    from scipy import fft

    white, sound = _spectra(noise), _spectra(pulses)
    sound *= (tracks.voice[:, None] / (1 + 1j * _freqs() / tilt)).astype(np.complex64)
    sound += (breath * tracks.breath)[:, None] * white
    sound *= _resonances(tracks.formants * tract, tract)
    rough = np.flatnonzero(tracks.noise)
    sound[rough] += _roughness(tracks, rough) * white[rough]
    frames = np.asarray(fft.irfft(sound, LENGTH, axis=1))
    return _overlapped(frames)


def _spectra(samples: np.ndarray) -> np.ndarray:
    """Return the spectra of frames of two hops, half of each in the next."""
    from scipy import fft

    blocks = samples.reshape(-1, HOP)
    frames = np.concatenate([blocks[:-1], blocks[1:]], axis=1) * _window()
    return np.asarray(fft.rfft(frames, LENGTH, axis=1))


def _overlapped(frames: np.ndarray) -> np.ndarray:
    """Add frames up, without the hop before the first frame's middle."""
    summed = np.zeros((len(frames) + 3, HOP), np.float32)
    for part in range(4):
        summed[part : part + len(frames)] += frames[:, part * HOP : (part + 1) * HOP]
    return summed[1:].ravel()


def _resonances(formants: np.ndarray, tract: float) -> np.ndarray:
    """Return the frequency response of the five resonators, each 1 at 0 Hz, per frame."""
    from scipy import fft

    below = np.concatenate([formants, np.broadcast_to(tract * np.array(UPPER), (len(formants), 2))], axis=1)
    radius = np.exp(-np.pi * np.array(BANDWIDTHS) / SFREQ)
    linear, square = -2 * radius * np.cos(2 * np.pi * below / SFREQ), radius**2
    poles = np.zeros((len(formants), 2 * len(BANDWIDTHS) + 1))
    poles[:, 0] = 1.0
    for k in range(len(BANDWIDTHS)):
        before = poles.copy()
        poles[:, 1:] += linear[:, k, None] * before[:, :-1]
        poles[:, 2:] += square[k] * before[:, :-2]
    gain = (1 + linear + square).prod(axis=1)
    return gain[:, None].astype(np.float32) / np.asarray(fft.rfft(poles.astype(np.float32), LENGTH, axis=1))


def _roughness(tracks: Articulation, rough: np.ndarray) -> np.ndarray:
    """Return the spectrum of the noise of narrow places, in the frames that have it."""
    off = (_freqs() - tracks.centre[rough, None]) / tracks.width[rough, None]
    return tracks.noise[rough, None] * np.exp(-(off**2) / 2)


@lru_cache(maxsize=1)
def _freqs() -> np.ndarray:
    return np.fft.rfftfreq(LENGTH, 1 / SFREQ).astype(np.float32)


@lru_cache(maxsize=1)
def _window() -> np.ndarray:
    """Return a Hann window that adds up to 1."""
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(2 * HOP) / HOP)).astype(np.float32)
