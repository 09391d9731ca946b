"""Skin conductance: a level that follows arousal, with responses that come more often when it is high."""

import numpy as np
from jaxtyping import Float

from insula_synthetic.recipe import Recipe

SFREQ = 4.0
LEVEL = 5e-6
"""Siemens; the median person's."""
RESPONSE = 0.4e-6
"""Siemens; the mean height of a response."""
RATE = 0.1
"""Responses per second at arousal 0."""
GAIN = 0.4
"""How strongly arousal moves the logarithms of level and rate, per unit of ``effect``."""
RISE, FALL = 0.7, 3.0
"""Time constants of a response in seconds."""


def eda(recipe: Recipe, subject: int, trial: int) -> Float[np.ndarray, "channels time"]:
    """Return one trial's skin conductance in siemens, ``(1, time)``."""
    rng = recipe.rng("eda", subject, trial)
    drive = GAIN * recipe.effect * recipe.arousal_trace(subject, trial, SFREQ)
    marks = recipe.subject_offset * recipe.rng("person", subject, 2).standard_normal()
    marks += recipe.trial_offset * recipe.rng("trial", subject, trial, 3).standard_normal()
    n_times = len(drive)
    level = LEVEL * np.exp(drive + marks)
    events = rng.random(n_times) < RATE / SFREQ * np.exp(drive)
    heights = events * RESPONSE * rng.exponential(1.0, n_times)
    responses = np.convolve(heights, _response())[:n_times]
    return (level + responses + 5e-9 * rng.standard_normal(n_times)).astype(np.float32)[None]


def _response() -> Float[np.ndarray, " time"]:
    """Return the course of one response, of height 1."""
    time = np.arange(0, 5 * FALL, 1 / SFREQ)
    course = np.exp(-time / FALL) - np.exp(-time / RISE)
    return course / course.max()
