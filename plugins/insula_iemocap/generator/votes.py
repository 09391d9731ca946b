"""Votes: what three raters and the speaker say of an utterance, such that the label is their majority."""

from dataclasses import dataclass

import numpy as np

from insula_iemocap.generator.plan import Utterance
from insula_iemocap.generator.recipe import Recipe

RATERS = ("E1", "E2", "E3", "E4", "E5", "E6")
UNANIMOUS = 0.5
"""Share of the utterances with a majority on which all three raters agree."""
SECOND = 0.2
"""Share of the utterances of which one rater names a second emotion, unless another has named it."""
SELF = 0.6
"""Share of the utterances of which the speaker says what the raters' majority says."""
NEAR = {
    "ang": ("fru", "neu", "dis"),
    "hap": ("exc", "neu", "sur"),
    "exc": ("hap", "neu", "sur"),
    "sad": ("neu", "fru", "fea"),
    "neu": ("fru", "sad", "hap", "exc"),
    "fru": ("ang", "neu", "sad"),
    "sur": ("exc", "neu", "fea"),
    "fea": ("sad", "sur", "neu"),
    "dis": ("ang", "fru", "neu"),
    "oth": ("neu", "fru", "sur"),
    "xxx": ("neu", "fru", "ang", "sad", "hap", "exc", "sur"),
}
"""What a rater says who disagrees."""
AFFECT = {
    "ang": (1.9, 3.6, 3.9),
    "hap": (3.9, 3.1, 3.1),
    "exc": (4.0, 3.7, 3.4),
    "sad": (2.2, 2.4, 2.7),
    "neu": (3.0, 2.7, 2.9),
    "fru": (2.3, 3.1, 3.4),
    "sur": (3.2, 3.4, 3.0),
    "fea": (2.2, 3.3, 2.5),
    "dis": (2.2, 2.9, 3.2),
    "oth": (3.0, 3.0, 3.0),
    "xxx": (2.8, 3.0, 3.1),
}
"""Typical valence, activation and dominance from 1 to 5: our assumption."""
RATING_SD = 0.7


@dataclass(frozen=True)
class Votes:
    """What was said of one utterance, by rater (``F1`` or ``M1`` is the speaker, who doesn't count).

    ``categories`` are one or two labels each; ``affect`` is valence, activation and dominance, 1 to 5, of two raters
    and the speaker.
    """

    categories: dict[str, tuple[str, ...]]
    affect: dict[str, tuple[int, int, int]]

    @property
    def mean_affect(self) -> tuple[float, ...]:
        """The mean over the raters."""
        rated = [values for rater, values in self.affect.items() if rater in RATERS]
        return tuple(np.mean(rated, axis=0).tolist())


def votes(recipe: Recipe, utterance: Utterance) -> Votes:
    """Return what the three raters of a dialogue and the speaker say of one of its utterances."""
    rng = recipe.rng("votes", utterance.id)
    raters = _raters(recipe, utterance.dialogue)
    firsts = _firsts(utterance.label, rng)
    named: dict[str, tuple[str, ...]] = {rater: (first,) for rater, first in zip(raters, firsts, strict=True)}
    second, who = str(rng.choice(NEAR[utterance.label])), str(rng.choice(raters))
    unheard = all(second not in labels for labels in named.values())  # so that no majority is made or undone
    if rng.random() < SECOND and unheard:
        named[who] += (second,)
    speaker = f"{utterance.speaker[-1]}1"
    own = (
        utterance.label if utterance.label != "xxx" and rng.random() < SELF else str(rng.choice(NEAR[utterance.label]))
    )
    affect = {rater: _affect(utterance.label, rng) for rater in (*raters[1:], speaker)}
    return Votes({**named, speaker: (own,)}, affect)


def _raters(recipe: Recipe, dialogue: str) -> list[str]:
    return sorted(recipe.rng("raters", dialogue).choice(RATERS, 3, replace=False).tolist())


def _firsts(label: str, rng: np.random.Generator) -> list[str]:
    """Return three raters' labels: a majority for the label, or all different where there is none."""
    if label == "xxx":
        return rng.choice(NEAR[label], 3, replace=False).tolist()
    said = [label, label, label if rng.random() < UNANIMOUS else str(rng.choice(NEAR[label]))]
    return rng.permutation(said).tolist()


def _affect(label: str, rng: np.random.Generator) -> tuple[int, int, int]:
    valence, activation, dominance = np.clip(np.rint(rng.normal(AFFECT[label], RATING_SD)), 1, 5).astype(int).tolist()
    return valence, activation, dominance
