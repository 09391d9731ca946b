"""Evaluation: the text of a dialogue's file in ``EmoEvaluation``."""

from collections.abc import Iterable

from insula_iemocap.generator.plan import TICKS, Utterance
from insula_iemocap.generator.recipe import Recipe
from insula_iemocap.generator.votes import RATERS, Votes, votes

HEADER = "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]"
CATEGORIES = {
    "ang": "Anger",
    "hap": "Happiness",
    "exc": "Excited",
    "sad": "Sadness",
    "neu": "Neutral",
    "fru": "Frustration",
    "sur": "Surprise",
    "fea": "Fear",
    "dis": "Disgust",
    "oth": "Other",
}
REMARKS = ("curious", "blasé", "could be sarcasm", "mild, then louder", "hard to tell, little context")
"""What raters add to some of their votes; it says nothing of the label, and one word isn't ASCII."""
REMARKED = 0.08
"""Share of the lines with such words."""


def evaluation(recipe: Recipe, said: Iterable[Utterance]) -> bytes:
    """Return the file of one dialogue: a header, and a block per utterance, in Latin-1."""
    blocks = [_block(recipe, utterance, votes(recipe, utterance)) for utterance in said]
    return "\n".join([HEADER + "\n", *blocks]).encode("latin-1")


def _block(recipe: Recipe, utterance: Utterance, given: Votes) -> str:
    rng = recipe.rng("remarks", utterance.id)
    times = f"[{utterance.start / TICKS:.4f} - {utterance.stop / TICKS:.4f}]"
    means = ", ".join(f"{value:.4f}" for value in given.mean_affect)
    lines = [f"{times}\t{utterance.id}\t{utterance.label}\t[{means}]"]
    for rater, labels in sorted(given.categories.items(), key=_raters_first):
        lines.append(f"C-{rater}:\t{' '.join(f'{CATEGORIES[label]};' for label in labels)}\t")
    for rater, (valence, activation, dominance) in sorted(given.affect.items(), key=_raters_first):
        lines.append(f"A-{rater}:\tval {valence}; act {activation}; dom  {dominance};\t")
    remarks = [str(rng.choice(REMARKS)) if rng.random() < REMARKED else "" for _ in lines[1:]]
    lines[1:] = [f"{line}({remark})" for line, remark in zip(lines[1:], remarks, strict=True)]
    return "\n".join(lines) + "\n"


def _raters_first(vote: tuple[str, object]) -> tuple[bool, str]:
    return vote[0] not in RATERS, vote[0]
