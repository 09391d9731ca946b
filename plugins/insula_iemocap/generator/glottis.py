"""Glottis: the pulses of a voice."""

from functools import lru_cache

import numpy as np

from insula_iemocap.generator.articulation import HOP, SFREQ
from insula_iemocap.generator.speaker import Speaker

OPENING, CLOSING = 0.4, 0.16
"""Shares of a cycle."""
POINTS = 2048
"""Of the table of one cycle."""


def pulses(pitch: np.ndarray, count: int, voice: Speaker, rng: np.random.Generator) -> np.ndarray:
    """Return the derivative of the flow through the glottis, with power 1.

    Parameters
    ----------
    pitch
        Hz, one value per moment.
    count
        How many samples to return.
    voice
        Whose jitter (of the pitch, from moment to moment) and shimmer (of the size, from cycle to cycle) it is.
    rng
        Of the draws.
    """
    shaken = pitch * (1 + voice.jitter * rng.standard_normal(len(pitch), dtype=np.float32))
    steps = np.interp(np.arange(count), HOP * np.arange(len(pitch)), shaken / SFREQ)
    phase = np.cumsum(steps) + rng.random()
    cycle = phase.astype(np.int32)
    size = 1 + voice.shimmer * rng.standard_normal(int(cycle[-1]) + 1, dtype=np.float32)
    return _cycle()[((phase - cycle) * POINTS).astype(np.int32)] * size[cycle]


@lru_cache(maxsize=1)
def _cycle() -> np.ndarray:
    """Return one cycle: the derivative of pulse C of Rosenberg (1971), JASA 49:583, with power 1."""
    phase = np.arange(POINTS) / POINTS
    opening = np.sin(np.pi * phase / OPENING) / (2 * OPENING)
    closing = -np.sin(np.pi / 2 * (phase - OPENING) / CLOSING) / (2 * CLOSING)
    flow = np.where(phase < OPENING, opening, np.where(phase < OPENING + CLOSING, closing, 0.0))
    flow -= flow.mean()
    return (flow / flow.std()).astype(np.float32)
