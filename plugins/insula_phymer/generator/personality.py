"""Personality: drawn answers to the Newcastle Personality Assessor, and their scores."""

from collections.abc import Sequence

import numpy as np

from insula_phymer.assessor import ITEMS, REVERSED, level_of, trait_score
from insula_phymer.generator.recipe import Recipe

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
    return {trait: level_of(trait, trait_score(trait, given)) for trait in ITEMS}
