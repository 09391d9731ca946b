"""Affect: the seven emotions, the ratings from 1 to 9, and the targets that are made of them."""

import math
import re
from typing import Literal

from insula import SignalError, Target

EMOTIONS = ("anger", "disgust", "fear", "happy", "neutral", "sad", "surprise")
SPELLINGS = {
    "anger": ("angry", "ang"),
    "disgust": ("disgusted", "disgusting", "dis"),
    "fear": ("fearful", "afraid", "scared", "fea"),
    "happy": ("happiness", "joy", "hap"),
    "neutral": ("neutrality", "neu"),
    "sad": ("sadness",),
    "surprise": ("surprised", "surprising", "sur"),
}
"""How else an emotion may be written, in any case."""
EMOTION_OF = {word: emotion for emotion, words in SPELLINGS.items() for word in (emotion, *words)}

LOWEST, HIGHEST = 1.0, 9.0
MIDPOINT = (LOWEST + HIGHEST) / 2
THIRDS = (3.0, 6.0)
"""1–3 is low, 4–6 medium, 7–9 high."""
HALVES = ("low", "high")
QUADRANTS = ("LALV", "LAHV", "HALV", "HAHV")
"""Low or high arousal, then low or high valence."""

Threshold = Literal["midpoint", "train_median", "subject_median"]


def affect_targets(threshold: Threshold) -> dict[str, Target]:
    """Return the targets of ratings and emotions; ``threshold`` says where the halves of a scale meet."""
    edges = (MIDPOINT,) if threshold == "midpoint" else ()
    median = {"midpoint": None, "train_median": "train", "subject_median": "subject"}[threshold]
    targets = {"emotion": Target("classes", EMOTIONS), "stimulus_emotion": Target("classes", EMOTIONS)}
    for scale in ("valence", "arousal"):
        targets[scale] = Target("number")
        targets[f"{scale}_binary"] = Target("binary", HALVES, scale, edges, median)
        targets[f"{scale}_three"] = Target("classes", ("low", "medium", "high"), scale, THIRDS)
    return {**targets, "quadrant": Target("classes", QUADRANTS, ("arousal", "valence"), edges, median)}


def quadrant_targets() -> dict[str, Target]:
    """Return the targets of data whose only label is the quadrant."""
    halves = {f"{scale}_binary": Target("binary", HALVES) for scale in ("valence", "arousal")}
    return {"quadrant": Target("classes", QUADRANTS), **halves}


def emotion_of(text: str) -> str | None:
    """Return the emotion that a cell names, or None where it is empty.

    Raises
    ------
    SignalError
        If the cell names no emotion of the seven.
    """
    if _empty(text):
        return None
    emotion = EMOTION_OF.get(re.sub(r"[^a-z]", "", text.lower()))
    if emotion is None:
        raise SignalError(f"none of the emotions {', '.join(EMOTIONS)}: taken as missing")
    return emotion


def rating_of(text: str) -> float | None:
    """Return the rating in a cell, or None where it is empty.

    Raises
    ------
    SignalError
        If it is no number from 1 to 9.
    """
    if _empty(text):
        return None
    try:
        rating = float(text)
    except ValueError:
        rating = math.nan
    if not LOWEST <= rating <= HIGHEST:
        raise SignalError(f"no rating from {LOWEST:g} to {HIGHEST:g}: taken as missing")
    return rating


def halves_of(quadrant: str) -> dict[str, str]:
    """Return the labels that a quadrant's name gives."""
    arousal, valence = (HALVES["LH".index(quadrant[place])] for place in (0, 2))
    return {"quadrant": quadrant, "arousal_binary": arousal, "valence_binary": valence}


def _empty(text: str) -> bool:
    return text.strip().lower() in ("", "nan", "na", "none", "null")
