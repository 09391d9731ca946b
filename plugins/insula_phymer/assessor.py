"""Assessor: how the Newcastle Personality Assessor scores twelve answers and names the scores.

Nettle (2007), Personality; the scoring of the 12-item version as doi 10.1007/978-3-319-28099-8_53-1 points to it.
"""

import re
from collections.abc import Sequence

TRAITS = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")
ITEMS = {
    "openness": (3, 8, 11),
    "conscientiousness": (4, 9),
    "extraversion": (1, 6),
    "agreeableness": (2, 7, 12),
    "neuroticism": (5, 10),
}
"""Which of the twelve questions, counted from 1, make a trait's score."""
REVERSED = (7, 9)
MOST = 5
"""Answers go from 1 to 5."""
CUTS = {
    "openness": (8, 10, 12),
    "conscientiousness": (4, 6, 8),
    "extraversion": (4, 6, 8),
    "agreeableness": (10, 12, 13),
    "neuroticism": (4, 6, 8),
}
"""The highest score of the levels 1, 2 and 3."""
WORDS = {
    "low": 1,
    **dict.fromkeys(("lowmid", "lowmed", "lowmedium"), 2),
    **dict.fromkeys(("midhigh", "medhigh", "mediumhigh"), 3),
    "high": 4,
}
"""The four levels in words, without what stands between the letters."""


def trait_score(trait: str, answers: Sequence[float]) -> float:
    """Return the score of a trait: the sum of its answers, where those to questions 7 and 9 count from the other end.

    Parameters
    ----------
    trait
        One of the five.
    answers
        As they were given, from 1 to 5, to the questions 1 to 12.
    """
    return sum(MOST + 1 - answers[item - 1] if item in REVERSED else answers[item - 1] for item in ITEMS[trait])


def score_range(trait: str) -> tuple[int, int]:
    """Return the lowest and highest score of a trait."""
    return len(ITEMS[trait]), MOST * len(ITEMS[trait])


def level_of(trait: str, score: float) -> int:
    """Return the level of a score: 1 low, 2 low to medium, 3 medium to high, 4 high."""
    return 1 + sum(score > cut for cut in CUTS[trait])


def word_level(text: str) -> int | None:
    """Return the level that a word such as ``Low-Mid`` names, or None."""
    return WORDS.get(re.sub(r"[^a-z]", "", text.lower()))
