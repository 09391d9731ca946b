"""Personality: drawn answers to the Newcastle Personality Assessor, and their scores."""

from collections.abc import Sequence

import numpy as np

from insula_phymer.generator.recipe import Recipe

ITEMS = {
    "openness": (3, 8, 11),
    "conscientiousness": (4, 9),
    "extraversion": (1, 6),
    "agreeableness": (2, 7, 12),
    "neuroticism": (5, 10),
}
"""Which of the twelve items each trait is the sum of (Nettle's Newcastle Personality Assessor, doi
10.1007/978-3-319-28099-8_53-1)."""
REVERSED = (7, 9)
"""Items whose answer counts the other way round."""
HIGHEST = {
    "openness": (8, 10, 12),
    "conscientiousness": (4, 6, 8),
    "extraversion": (4, 6, 8),
    "agreeableness": (10, 12, 13),
    "neuroticism": (4, 6, 8),
}
"""The highest sums that are still low, low-mid and mid-high."""
TYPICAL = {
    "openness": 3.4,
    "conscientiousness": 3.0,
    "extraversion": 3.0,
    "agreeableness": 4.0,
    "neuroticism": 3.0,
}
"""The median person's answer, from 1 to 5: such that every level has its people."""
SPREAD = 0.8
"""How much the people differ on a trait, and the answers of one person among each other, on the same scale."""


def answers(recipe: Recipe, subject: int) -> list[int]:
    """Return a subject's twelve answers from 1 to 5, which have nothing to do with the emotions."""
    rng = recipe.rng("answers", subject)
    given = SPREAD * rng.standard_normal(12)
    for trait, items in ITEMS.items():
        level = TYPICAL[trait] + SPREAD * rng.standard_normal()
        for item in items:
            given[item - 1] += 6 - level if item in REVERSED else level
    return np.clip(np.round(given), 1, 5).astype(int).tolist()


def levels(given: Sequence[int]) -> dict[str, int]:
    """Return every trait's level: 1 low, 2 low-mid, 3 mid-high, 4 high."""
    counted = [6 - answer if item in REVERSED else answer for item, answer in enumerate(given, 1)]
    sums = {trait: sum(counted[item - 1] for item in items) for trait, items in ITEMS.items()}
    return {trait: 1 + sum(total > bound for bound in HIGHEST[trait]) for trait, total in sums.items()}
