"""Plan: who says what, where and when, before a sound is made."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from insula_iemocap.generator.counts import counts
from insula_iemocap.generator.recipe import Recipe
from insula_iemocap.generator.scenarios import dialogues, scenarios

TICKS = 10_000
"""Per second: times are written with four decimals."""
GRAIN = 5
"""Ticks; durations are multiples of it, which is a whole number of samples."""
SCORES = (-3.6, -1.645, 0.0, 1.2816, 2.3263, 3.6)
SECONDS = (0.58, 1.39, 3.58, 8.7, 15.5, 34.1)
"""The release's durations: least, 5 %, median, 90 %, 99 %, most; between them lognormal, by standard normal score."""
FILLED = 4
"""Utterances that a dialogue has before the next of its scenario is begun."""
SWITCH = 0.85
"""Share of the turns after which the other person speaks."""


@dataclass(frozen=True)
class Utterance:
    """One thing said; ``start`` and ``length`` are in ticks, ``speaker`` is like Ses01F."""

    id: str
    dialogue: str
    speaker: str
    label: str
    start: int
    length: int

    @property
    def stop(self) -> int:
        """When it ends, in ticks."""
        return self.start + self.length

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.length / TICKS

    @property
    def wav(self) -> Path:
        """Where its sound is, below the release."""
        return Path(session_folder(self.dialogue), "sentences", "wav", self.dialogue, f"{self.id}.wav")


def session_folder(dialogue: str) -> str:
    """Return the folder of a dialogue's session."""
    return f"Session{int(dialogue[3:5])}"


def plan(recipe: Recipe) -> dict[str, list[Utterance]]:
    """Return the utterances of every dialogue in the order in which they are spoken."""
    groups: dict[tuple[int, str], list[str]] = defaultdict(list)
    for cell, scenario in scenarios(recipe, counts(recipe.utterances, recipe.others)):
        groups[cell.session, scenario].append(cell.label)
    labels = {
        name: spoken for place in sorted(groups) for name, spoken in _filled(recipe, *place, groups[place]).items()
    }
    return {name: _dialogue(recipe, name, labels[name], first) for first, name in enumerate(sorted(labels))}


def seconds(scores: Iterable[float] | np.ndarray) -> np.ndarray:
    """Return the durations at standard normal scores."""
    return np.exp(np.interp(np.asarray(scores), SCORES, np.log(SECONDS)))


def _filled(recipe: Recipe, session: int, scenario: str, labels: list[str]) -> dict[str, list[str]]:
    """Spread a scenario's utterances over as many of its dialogues as they fill."""
    names = dialogues(recipe, session, scenario)
    shuffled = recipe.rng("turns", str(session), scenario).permutation(labels)
    parts = np.array_split(shuffled, min(len(names), max(1, len(labels) // FILLED)))
    return {name: part.tolist() for name, part in zip(names, parts, strict=False)}


def _dialogue(recipe: Recipe, name: str, labels: list[str], first: int) -> list[Utterance]:
    """Let two people speak by turns; ``first`` is odd where the man begins."""
    switches = recipe.rng("turns", name).random(len(labels) - 1) < SWITCH
    switches[:1] = True  # nobody speaks alone
    letters = ["FM"[(first + turn) % 2] for turn in (0, *np.cumsum(switches).tolist())]
    spoken = {"F": 0, "M": 0}
    said: list[Utterance] = []
    for letter, label in zip(letters, labels, strict=True):
        utterance = f"{name}_{letter}{spoken[letter]:03d}"
        spoken[letter] += 1
        gap, length = _times(recipe, utterance)
        start = (said[-1].stop if said else 2 * TICKS) + gap
        said.append(Utterance(utterance, name, name[:5] + letter, label, start, length))
    return said


def _times(recipe: Recipe, utterance: str) -> tuple[int, int]:
    """Return the silence before an utterance and its length, in ticks."""
    gap, length = recipe.rng("times", utterance).standard_normal(2).tolist()
    silent = np.clip(0.6 * np.exp(0.8 * gap), 0.05, 8.0)
    return round(TICKS * silent), GRAIN * round(float(seconds([length])[0]) * TICKS / GRAIN)
