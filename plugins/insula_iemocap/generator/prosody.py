"""Prosody: how an utterance is delivered. Here alone the emotion enters the sound, as far as the effect says."""

from dataclasses import dataclass

import numpy as np

from insula_iemocap.generator.plan import Utterance
from insula_iemocap.generator.recipe import Recipe
from insula_iemocap.generator.speaker import Speaker

ORDINARY = (0.0, np.log(3.0), -20.0, 0.0, np.log(2000.0), -24.0, np.log(0.1))
"""The median utterance: pitch (semitones above the speaker's), logarithm of its range (semitones), level (dB of full
scale), logarithm of the rate, logarithm of the frequency where the voice's spectrum begins to fall (Hz), breath (dB
below the voice), logarithm of the share of words with a pause behind."""
SD = (1.3, 0.25, 2.0, 0.08, 0.25, 2.5, 0.3)
"""How utterances of one person and one emotion differ."""
SHIFTS = {
    "ang": (2.6, 0.30, 3.5, 0.12, 0.55, -4.0, -0.4),
    "hap": (2.2, 0.45, 0.8, 0.05, 0.05, 0.0, 0.0),
    "exc": (3.6, 0.60, 2.0, 0.12, 0.15, -1.0, -0.3),
    "sad": (-1.8, -0.40, -4.0, -0.18, -0.50, 5.0, 0.6),
    "neu": (-0.6, -0.20, 0.0, 0.02, 0.00, 0.0, 0.0),
    "fru": (0.8, 0.05, 1.5, 0.02, 0.25, -1.0, 0.1),
    "sur": (4.0, 0.60, 1.0, 0.05, 0.05, 0.0, 0.0),
    "fea": (3.0, 0.00, 0.0, 0.10, 0.00, 3.0, 0.2),
    "dis": (-0.5, 0.00, 0.0, -0.08, 0.10, 0.0, 0.1),
    "oth": (0.0, 0.00, 0.0, 0.00, 0.00, 0.0, 0.0),
    "xxx": (0.0, 0.00, 0.0, 0.00, 0.00, 0.0, 0.0),
}
"""What each label adds at an effect of 1: angry loud, high, fast and bright; sad low, slow, soft and breathy; happy
high and wide; neutral in between. Our assumption; sizes such that a simple classifier of MFCC means and deviations has
a mean recall of 0.55 to 0.65 over four classes, sessions left out."""
LEAST = (-9.0, np.log(0.3), -34.0, np.log(0.55), np.log(350.0), -36.0, np.log(0.01))
MOST = (12.0, np.log(12.0), -12.0, np.log(1.7), np.log(5500.0), -6.0, np.log(0.5))
"""What a voice can do, whatever the effect."""


@dataclass(frozen=True)
class Delivery:
    """How an utterance is delivered: pitch in Hz, its range in semitones, level in dB of full scale, rate (1 is
    ordinary), where the voice's spectrum begins to fall (Hz), breath beside the voice, share of words with a pause.
    """

    pitch: float
    span: float
    level: float
    rate: float
    tilt: float
    breath: float
    pausing: float


def delivery(recipe: Recipe, utterance: Utterance, voice: Speaker) -> Delivery:
    """Return how an utterance is delivered: by its speaker's habits, the moment, and ``effect`` times its emotion."""
    moment = np.array(SD) * recipe.rng("delivery", utterance.id).standard_normal(len(SD))
    shift = recipe.effect * np.array(SHIFTS[utterance.label])
    values = np.clip(np.array(ORDINARY) + voice.habits + moment + shift, LEAST, MOST)
    pitch, span, level, rate, tilt, breath, pausing = values.tolist()
    return Delivery(
        pitch=voice.pitch * 2 ** (pitch / 12),
        span=float(np.exp(span)),
        level=level,
        rate=float(np.exp(rate)),
        tilt=float(np.exp(tilt)),
        breath=10 ** (breath / 20),
        pausing=float(np.exp(pausing)),
    )
