"""Speaker: ten made-up people, each with a vocal tract, a pitch and habits of their own."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from insula_iemocap.generator.recipe import Recipe

PITCH = {"F": 195.0, "M": 115.0}
"""Hz; the median woman's and man's."""
PITCH_SD = 1.6
"""Semitones between people of one sex."""
TRACT = {"F": 1.16, "M": 1.0}
"""How much higher formants are than a man's."""
TRACT_SD = 0.035
HABITS_SD = (0.0, 0.15, 1.5, 0.06, 0.2, 2.0, 0.2)
"""How people differ in what :mod:`insula_iemocap.generator.prosody` lists; pitch has its own."""


@dataclass(frozen=True)
class Speaker:
    """A voice: pitch in Hz, how much higher its formants are, its habits (as a delivery's), jitter and shimmer."""

    pitch: float
    tract: float
    habits: tuple[float, ...]
    jitter: float
    shimmer: float


@lru_cache(maxsize=64)
def speaker(recipe: Recipe, name: str) -> Speaker:
    """Return the voice of a person such as Ses01F."""
    rng = recipe.rng("speaker", name)
    pitch, tract = rng.standard_normal(2).tolist()
    return Speaker(
        pitch=PITCH[name[-1]] * 2 ** (PITCH_SD * pitch / 12),
        tract=TRACT[name[-1]] * float(np.exp(TRACT_SD * tract)),
        habits=tuple((np.array(HABITS_SD) * rng.standard_normal(len(HABITS_SD))).tolist()),
        jitter=float(rng.uniform(0.006, 0.014)),
        shimmer=float(rng.uniform(0.04, 0.1)),
    )
