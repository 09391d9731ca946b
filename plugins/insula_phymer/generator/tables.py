"""Tables: ``labels.csv`` and ``Personality/personality.csv``."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from insula import replacing
from insula_phymer.assessor import ITEMS
from insula_phymer.generator.emotions import EMOTIONS
from insula_phymer.generator.personality import answers, levels
from insula_phymer.generator.recipe import Recipe
from insula_phymer.generator.showings import Showing

LABELS = Path("labels.csv")
PERSONALITY = Path("Personality", "personality.csv")


def write_labels(root: Path, recipe: Recipe, shown: Sequence[Showing]) -> None:
    """Write a row per showing, and one per subject that names no video: their rating before the first."""
    rows = [_baseline(recipe, subject) for subject in range(1, recipe.subjects + 1)]
    rows += [(s.code, s.arousal, s.valence, EMOTIONS[s.emotion], EMOTIONS[s.target]) for s in shown]
    _write(root / LABELS, ("experiment_code", "arousal", "valence", "emotion", "target_emotion"), sorted(rows))


def write_personality(root: Path, recipe: Recipe) -> None:
    """Write a row per subject: the levels of the five traits, and the twelve answers that they come from."""
    rows = []
    for subject in range(1, recipe.subjects + 1):
        given = answers(recipe, subject)
        rows.append((f"Sub{subject:02d}", *levels(given).values(), *given))
    _write(root / PERSONALITY, ("subject", *ITEMS, *(f"Q{item}" for item in range(1, 13))), rows)


def _baseline(recipe: Recipe, subject: int) -> tuple[str | int, ...]:
    arousal, valence = recipe.rng("ratings", subject, 0).integers(3, 7, 2).tolist()
    return f"SUB{subject:02d}BASELINE", arousal, valence, "Neutral", ""


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([header, *rows])
    with replacing(path) as part:
        part.write_text(text.getvalue(), encoding="utf-8")
