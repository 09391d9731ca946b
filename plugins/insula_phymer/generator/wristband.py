"""The wristband: skin conductance, blood volume pulse, temperature and heart rate as an Empatica E4 gives them."""

import math

import numpy as np
from jaxtyping import Float

from insula_phymer.generator.emotions import EMOTIONS
from insula_phymer.generator.recipe import Recipe
from insula_phymer.generator.showings import Showing

RATES = {"EDA": 4, "BVP": 64, "TEMP": 4, "HR": 1}
"""Hz."""
HR_SPAN = 10
"""Seconds that a heart rate is the mean of: the first one comes that much later."""
HEART, HEART_PERSON, HEART_TRIAL = 72.0, 8.0, 3.0
"""Beats per minute: the mean, and the standard deviations over people and over a person's trials."""
RESPONSES, RESPONSES_PERSON, RESPONSES_TRIAL = 6.0, 0.3, 0.25
"""Skin conductance responses per minute, and the standard deviations of the logarithm."""
HEART_EFFECT, RESPONSES_EFFECT = 2.5, 0.3
"""Beats per minute, and log responses per minute, per unit of ``dp`` and of arousal."""
LEAD = 30.0
"""Seconds simulated ahead of a trial, up to which it begins at a random place: NeuroKit2's own phases start at 0."""


def drive(recipe: Recipe, showing: Showing) -> float:
    """Return the arousal that a trial's body signals follow.

    A share ``rho`` of its variance is the arousal felt, whose course over the emotions is common to all people; the
    rest is the subject's own course.
    """
    own = recipe.rng("body", showing.subject).standard_normal(len(EMOTIONS))[showing.emotion]
    return recipe.dp * float(np.sqrt(recipe.rho) * showing.felt + np.sqrt(1 - recipe.rho) * own)


def eda(recipe: Recipe, showing: Showing) -> Float[np.ndarray, " time"]:
    """Return skin conductance in µS, by ``neurokit2.eda_simulate``; arousal makes responses more frequent."""
    import neurokit2

    rng, (person, moment) = recipe.rng("eda", showing.subject, showing.video), _marks(recipe, showing)
    seconds, begin = math.ceil(showing.seconds + LEAD), rng.uniform(0, LEAD)
    logarithm = RESPONSES_PERSON * person[0] + RESPONSES_TRIAL * moment[0] + RESPONSES_EFFECT * drive(recipe, showing)
    count = rng.poisson(RESPONSES * np.exp(logarithm) * seconds / 60)
    rate = RATES["EDA"]
    simulated = neurokit2.eda_simulate(
        length=seconds * rate, duration=seconds, sampling_rate=rate, scr_number=int(count), noise=0,
        drift=float(1e-3 * rng.standard_normal()), random_state=int(rng.integers(2**31)),
    )  # fmt: skip
    smooth = (
        np.convolve(np.asarray(simulated, float), np.full(rate, 1 / rate), "same") - 1
    )  # responses rise within about a second
    level, height = 3.0 * np.exp(0.5 * person[1] + 0.1 * moment[1]), 0.3 * np.exp(0.3 * person[2])
    course = _cut(smooth, begin, showing, rate)
    return np.maximum(level + height * course + 2e-3 * rng.standard_normal(len(course)), 0.01)


def bvp(recipe: Recipe, showing: Showing) -> Float[np.ndarray, " time"]:
    """Return the blood volume pulse in nW, by ``neurokit2.ppg_simulate``; arousal makes the heart faster."""
    import neurokit2

    rng, (person, moment) = recipe.rng("bvp", showing.subject, showing.video), _marks(recipe, showing)
    seconds, begin = math.ceil(showing.seconds + LEAD) + 5, rng.uniform(0, LEAD)  # its last beats are cut short
    heart = HEART + HEART_PERSON * person[3] + HEART_TRIAL * moment[3] + HEART_EFFECT * drive(recipe, showing)
    simulated = neurokit2.ppg_simulate(
        duration=seconds, sampling_rate=RATES["BVP"], heart_rate=float(np.clip(heart, 45, 130)),  # type: ignore[arg-type]
        frequency_modulation=float(np.clip(0.12 + 0.03 * person[4], 0.02, 0.25)), ibi_randomness=0.05,
        powerline_amplitude=0, random_state=int(rng.integers(2**31)),
    )  # fmt: skip
    course = _cut(np.asarray(simulated), begin, showing, RATES["BVP"])
    return 50.0 * np.exp(0.3 * person[5] + 0.1 * moment[5]) * (course - course.mean())


def temp(recipe: Recipe, showing: Showing) -> Float[np.ndarray, " time"]:
    """Return skin temperature in °C: slow, in steps of 0.02, and without any effect."""
    rng, (person, moment) = recipe.rng("temp", showing.subject, showing.video), _marks(recipe, showing)
    time = np.arange(round(showing.seconds * RATES["TEMP"])) / RATES["TEMP"]
    wave = 0.05 * np.sin(2 * np.pi * (time / rng.uniform(60, 180) + rng.random()))
    course = 33.0 + 1.0 * person[6] + 0.2 * moment[6] + 2e-3 * rng.standard_normal() * time + wave
    return np.round((course + 0.01 * rng.standard_normal(len(time))) / 0.02) * 0.02


def heart_rate(pulse: Float[np.ndarray, " time"]) -> Float[np.ndarray, " seconds"]:
    """Return beats per minute, each second from the tenth on, as the mean over the 10 s before; from the pulse's own
    beats. A trial that is no longer has none.
    """
    from scipy.signal import find_peaks

    rate = RATES["BVP"]
    beats = find_peaks(pulse, distance=round(0.4 * rate), prominence=pulse.std())[0] / rate
    ends = np.arange(HR_SPAN, len(pulse) // rate)
    first, last = np.searchsorted(beats, ends - HR_SPAN), np.searchsorted(beats, ends, side="right") - 1
    return 60.0 * (last - first) / (beats[last] - beats[first])


def _marks(recipe: Recipe, showing: Showing) -> tuple[np.ndarray, np.ndarray]:
    """Return what is peculiar to the person and to the moment, and says nothing about the emotion."""
    person = recipe.rng("body", showing.subject, 0).standard_normal(7)
    return person, recipe.rng("body of the trial", showing.subject, showing.video).standard_normal(7)


def _cut(data: np.ndarray, begin: float, showing: Showing, rate: int) -> np.ndarray:
    first = round(begin * rate)
    return data[first : first + round(showing.seconds * rate)]
