"""Oddities: what lies about in the release that isn't data, or is there twice."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from insula_iemocap.generator.dialogue import text_path
from insula_iemocap.generator.evaluation import CATEGORIES
from insula_iemocap.generator.missing import write_missing
from insula_iemocap.generator.plan import Utterance
from insula_iemocap.generator.recipe import Recipe
from insula_iemocap.generator.votes import RATERS, votes

APPLE_DOUBLE = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        " + bytes(100)
"""What a Mac leaves beside a file, under its name after ``._``."""


def write_oddities(release: Path, recipe: Recipe, said: Sequence[Utterance]) -> None:
    """Write a Mac's files beside a dialogue's, and the files of one rater and one speaker in folders of their own."""
    labels = text_path(said, "EmoEvaluation")
    for path in (labels, text_path(said, "transcriptions"), said[0].wav):
        write_missing(release / path.with_name(f"._{path.name}"), APPLE_DOUBLE)
    for folder, rater, lines in _own_files(recipe, said):
        name = f"{labels.stem}_{rater.lower()}_{'atr' if folder == 'Attribute' else 'cat'}.txt"
        write_missing(release / labels.parent / folder / name, ("\n".join(lines) + "\n").encode())


def _own_files(recipe: Recipe, said: Sequence[Utterance]) -> Iterable[tuple[str, str, list[str]]]:
    """Return folder, rater and lines: one rater's categories and numbers, and the categories of who speaks first."""
    given = {utterance.id: votes(recipe, utterance) for utterance in said}
    rater = next(name for name in given[said[0].id].affect if name in RATERS)
    speaker = f"{said[0].speaker[-1]}1"
    yield "Categorical", rater, [f"{name} :{_named(of.categories[rater])} ()" for name, of in given.items()]
    numbers = {name: of.affect[rater] for name, of in given.items()}
    yield "Attribute", rater, [f"{name} :act {a}; :val {v}; :dom {d};  ()" for name, (v, a, d) in numbers.items()]
    own = {name: of.categories[speaker] for name, of in given.items() if speaker in of.categories}
    yield "Self-evaluation", speaker, [f"{name} :{_named(labels)} ()" for name, labels in own.items()]


def _named(labels: Iterable[str]) -> str:
    return " ".join("Neutral state;" if label == "neu" else f"{CATEGORIES[label]};" for label in labels)
