"""Emotions: the ten of the release, how they are written, and the sets of classes made of them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from insula import Target

CODES = {
    "neu": "neutral",
    "fru": "frustrated",
    "ang": "angry",
    "sad": "sad",
    "exc": "excited",
    "hap": "happy",
    "sur": "surprised",
    "fea": "fearful",
    "dis": "disgusted",
    "oth": "other",
}
NO_MAJORITY = "xxx"
"""The code of an utterance that no emotion has the majority of."""
EMOTIONS = tuple(CODES.values())
SPELLINGS = {
    "neutral": ("neutralstate", "neutrality"),
    "frustrated": ("frustration",),
    "angry": ("anger",),
    "sad": ("sadness",),
    "excited": ("excitement",),
    "happy": ("happiness",),
    "surprised": ("surprise",),
    "fearful": ("fear",),
    "disgusted": ("disgust",),
}
"""How raters' words are written, in small letters and without blanks; the release writes ``Neutral state`` too."""
EMOTION_OF = {
    **CODES,
    **{word: emotion for emotion in EMOTIONS for word in (emotion, *SPELLINGS.get(emotion, ()))},
}

Size = Literal[4, 5, 6, "all"]
FOUR = ("angry", "happy", "sad", "neutral")
SETS: Mapping[Size, tuple[str, ...]] = {
    4: FOUR,
    5: (*FOUR, "frustrated"),
    6: (*FOUR, "excited", "frustrated"),
    "all": EMOTIONS,
}
RATERS = range(1, 7)
AFFECT = ("valence", "activation", "dominance")
LOWEST, HIGHEST = 1.0, 5.0


def emotion_of(word: str) -> str | None:
    """Return the emotion that a rater's word names, however it is written; None where it is none of the ten."""
    return EMOTION_OF.get(re.sub(r"[^a-z]", "", word.lower()))


@dataclass(frozen=True)
class Classes:
    """A set of classes, and which emotions fall into which.

    Parameters
    ----------
    names
        The classes, in order.
    merged
        Whether what is excited is happy.
    """

    names: tuple[str, ...]
    merged: bool

    @classmethod
    def of(cls, size: Size, merge_excited: bool) -> "Classes":
        """Return one of the usual sets; where excited is a class of its own, it isn't merged."""
        return cls(SETS[size], merge_excited and "excited" not in SETS[size])

    def merge(self, emotion: str | None) -> str | None:
        """Return what an emotion counts as, be it in the set or not."""
        return "happy" if self.merged and emotion == "excited" else emotion

    def place(self, emotion: str | None) -> str | None:
        """Return the class of an emotion; None where it has none."""
        found = self.merge(emotion)
        return found if found in self.names else None

    def emotions(self, name: str) -> list[str]:
        """Return the emotions of a class."""
        return [emotion for emotion in EMOTIONS if self.place(emotion) == name]

    def shares(self, votes: Mapping[str, float]) -> dict[str, float]:
        """Return how votes for emotions fall on the classes, as shares of those that do; empty where none does."""
        found: dict[str, float] = {}
        for emotion, weight in votes.items():
            if (name := self.place(emotion)) is not None:
                found[name] = found.get(name, 0.0) + weight
        total = sum(found.values())
        return {name: found[name] / total for name in self.names if name in found}

    def targets(self) -> dict[str, Target]:
        """Return the targets: the majority's label, the votes, one rater's label each, and numbers from 1 to 5."""
        named = ("emotion", "emotion_votes", *(f"emotion_e{rater}" for rater in RATERS))
        return {
            **{name: Target("classes", self.names) for name in named},
            **{name: Target("number") for name in AFFECT},
        }


def names(several: Iterable[str]) -> str:
    """Return words as a sentence has them: ``a, b and c``."""
    *first, last = several
    return f"{', '.join(first)} and {last}" if first else last
