"""The headset: what an EPOC X adds to the brain's signal, from blinks to the steps of its converter."""

import numpy as np
from jaxtyping import Float

from insula_phymer.generator.eeg import SFREQ, background
from insula_phymer.generator.recipe import Recipe
from insula_phymer.generator.scalp import CHANNELS, weights
from insula_phymer.generator.showings import Showing

OFFSET = 4200.0
"""µV, which the headset adds."""
STEP = 0.51
"""µV per step of the 14-bit converter."""
MAINS = 60.0
"""Hz, in Korea; the headset's own notch leaves a rest."""
BLINKS, BURSTS = 12 / 60, 2 / 60
"""Blinks of the median person, and bursts of muscle activity, per second."""
BAD = 0.03
"""Share of the trials that have one bad electrode, flat or noisy."""
EYES = weights(
    {"AF3": 1.0, "AF4": 1.0, "F7": 0.5, "F8": 0.5, "F3": 0.4, "F4": 0.4, "FC5": 0.2, "FC6": 0.2, "T7": 0.08, "T8": 0.08}
)
JAW = weights({"T7": 1.0, "T8": 1.0, "F7": 0.7, "F8": 0.7, "FC5": 0.6, "FC6": 0.6, "P7": 0.3, "P8": 0.3})


def recording(recipe: Recipe, showing: Showing) -> Float[np.ndarray, "channels time"]:
    """Return one trial's EEG in µV as the headset gives it: artefacts, offset, range and steps included."""
    data = background(recipe, showing)
    time = np.arange(data.shape[1]) / SFREQ
    rng = recipe.rng("artefacts", showing.subject, showing.video)
    data += _blinks(recipe, showing, rng, len(time)) + _muscle(rng, time)
    data += _mains(recipe, showing, rng, time) + _drift(rng, time)
    _spoil(data, recipe.rng("hardware", showing.subject, showing.video))
    return _converted(data, recipe.rng("hardware", showing.subject, showing.video, 1))


def _blinks(recipe: Recipe, showing: Showing, rng: np.random.Generator, n_times: int) -> np.ndarray:
    """Return blinks of 70 to 140 µV and 0.25 to 0.4 s, strongest above the eyes."""
    rate = BLINKS * np.exp(0.4 * recipe.rng("person", showing.subject, 1).standard_normal())
    trace = np.zeros(n_times, np.float32)
    for _ in range(rng.poisson(rate * n_times / SFREQ)):
        begin, length = rng.integers(n_times), round(rng.uniform(0.25, 0.4) * SFREQ)
        shape = rng.uniform(70, 140) * np.hanning(length)
        trace[begin : begin + length] += shape[: n_times - begin]
    return EYES.astype(np.float32) * trace


def _muscle(rng: np.random.Generator, time: Float[np.ndarray, " time"]) -> np.ndarray:
    """Return bursts of fast noise, strongest above the jaw."""
    bursts = np.zeros((len(CHANNELS), len(time)), np.float32)
    for _ in range(rng.poisson(BURSTS * len(time) / SFREQ)):
        begin, length = rng.integers(len(time)), round(rng.uniform(0.5, 2.0) * SFREQ)
        rough = np.diff(rng.standard_normal((len(CHANNELS), length + 1)), axis=1) * np.hanning(length)
        bursts[:, begin : begin + length] += rng.uniform(5, 20) * JAW * rough[:, : len(time) - begin]
    return bursts


def _mains(recipe: Recipe, showing: Showing, rng: np.random.Generator, time: Float[np.ndarray, " time"]) -> np.ndarray:
    """Return what is left of the mains: 0.2 to 1.5 µV, of a size that goes with person and electrode."""
    size = recipe.rng("person", showing.subject, 2).uniform(0.2, 1.5, (len(CHANNELS), 1)).astype(np.float32)
    return size * np.sin(2 * np.pi * (MAINS * time + rng.random())).astype(np.float32)


def _drift(rng: np.random.Generator, time: Float[np.ndarray, " time"]) -> np.ndarray:
    """Return two slow waves, of a size and phase of its own at every electrode."""
    angles = 2 * np.pi * rng.uniform(0.03, 0.2, (2, 1)) * time
    waves = np.concatenate([np.sin(angles), np.cos(angles)]).astype(np.float32)
    return rng.normal(0, 5, (len(CHANNELS), 4)).astype(np.float32) @ waves


def _spoil(data: Float[np.ndarray, "channels time"], rng: np.random.Generator) -> None:
    """Make one electrode flat or noisy, in a small share of the trials."""
    if rng.random() < BAD:
        channel = rng.integers(len(data))
        data[channel] = 0 if rng.random() < 0.5 else 60 * rng.standard_normal(data.shape[1])


def _converted(data: Float[np.ndarray, "channels time"], rng: np.random.Generator) -> np.ndarray:
    """Return the signal in the converter's steps and range."""
    raised = data + (OFFSET + 30 * rng.standard_normal((len(data), 1))).astype(np.float32)
    return np.clip(np.rint(raised / STEP), 0, 2**14 - 1) * STEP
