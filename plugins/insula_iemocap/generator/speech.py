"""Speech: an utterance's words and sound."""

import numpy as np
from jaxtyping import Float

from insula_iemocap.generator.articulation import HOP, SFREQ, articulation
from insula_iemocap.generator.glottis import pulses
from insula_iemocap.generator.plan import Utterance
from insula_iemocap.generator.prosody import Delivery, delivery
from insula_iemocap.generator.recipe import Recipe
from insula_iemocap.generator.speaker import speaker
from insula_iemocap.generator.tract import spoken
from insula_iemocap.generator.words import words

ROOM = 10 ** (-66 / 20)
"""Noise of the room, beside full scale."""
PEAK = 0.97
"""The largest sample ever written."""
AUDIBLE = 0.1
"""Moments count as speech, and make its level, from so much voice or noise on."""


def transcript(recipe: Recipe, utterance: Utterance) -> str:
    """Return an utterance's words."""
    voice = speaker(recipe, utterance.speaker)
    return words(recipe, utterance, delivery(recipe, utterance, voice)).text


def speech(recipe: Recipe, utterance: Utterance) -> Float[np.ndarray, " time"]:
    """Return an utterance's sound within ±1, at 16 kHz.

    Nothing but the prosody knows the label, and nothing at all knows what raters said or what comes before or after.
    """
    voice = speaker(recipe, utterance.speaker)
    manner = delivery(recipe, utterance, voice)
    count = round(utterance.seconds * SFREQ)
    steps = -(-count // HOP) + 1
    rng = recipe.rng("melody", utterance.id)
    tracks = articulation(words(recipe, utterance, manner), manner, steps, rng)
    source = pulses(tracks.pitch, (steps + 1) * HOP, voice, rng)
    noise = recipe.rng("breath", utterance.id).standard_normal((steps + 1) * HOP, dtype=np.float32)
    sound = spoken(source, noise, tracks, tract=voice.tract, tilt=manner.tilt, breath=manner.breath)[:count]
    loud = np.repeat((tracks.voice > AUDIBLE) | (tracks.noise > AUDIBLE), HOP)[:count]
    return _levelled(sound, loud, manner) + ROOM * noise[:count]


def _levelled(sound: np.ndarray, loud: np.ndarray, manner: Delivery) -> np.ndarray:
    """Bring what is spoken to its level, or as near as its peaks allow."""
    power = float(np.square(sound[loud]).mean())
    gain = 10 ** (manner.level / 20) / np.sqrt(power)
    return sound * np.float32(min(gain, PEAK / float(np.abs(sound).max())))
