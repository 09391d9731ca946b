"""Assessments: a sheet of people's personalities, as levels, scores or answers."""

import math
from collections.abc import Mapping
from typing import Literal

from insula import SignalError
from insula_phymer.assessor import MOST, TRAITS, level_of, score_range, trait_score, word_level
from insula_phymer.codes import last_number
from insula_phymer.sheet import Sheet

ANSWERS = tuple(f"q{number}" for number in range(1, 13))
LEVELS = (1.0, 2.0, 3.0, 4.0)

Form = Literal["auto", "levels", "scores", "answers"]
By = Literal["subject", "trial"]


class Assessments:
    """The five traits of everybody in a sheet, as levels from 1 (low) to 4 (high).

    Parameters
    ----------
    sheet
        What the file holds.
    who
        The column that says whose row it is.
    by
        ``subject``: that column names subjects, of which the number counts (``SUB07``, ``07`` and ``7`` are one);
        ``trial``: it names trials.
    traits
        The columns of openness, conscientiousness, extraversion, agreeableness and neuroticism; where none of them is
        there but exactly five columns beside ``who`` are, these, in their order.
    answers
        The columns of the answers to the twelve questions, from 1 to 5, as they were given.
    form
        What the columns hold.

    Raises
    ------
    SignalError
        If it lacks these columns.
    """

    def __init__(self, sheet: Sheet, who: str, by: By, traits: tuple[str, ...], answers: tuple[str, ...], form: Form):
        self.sheet, self.who, self.by = sheet, who.lower(), by
        if not sheet.has(who):
            raise SignalError(
                f"it has no column {who!r} (it has: {', '.join(sheet.columns)}); say which it is: "
                f"{_typed('who: COLUMN', by)}"
            )
        self.columns = _columns(sheet, who, by, traits, answers, form)
        self.form = form if form != "auto" else self._form()

    def levels(self, name: str) -> tuple[float, ...]:
        """Return the five levels of a subject or trial; one that isn't said is NaN.

        Raises
        ------
        SignalError
            If it has no row, or several, or a cell can't be.
        """
        rows = [row for row in self.sheet.rows if self._same(row[self.who], name)]
        if len(rows) != 1:
            raise SignalError(f"it has {len(rows) or 'no'} row{'s' * (len(rows) > 1)} of {self.by} {name}")
        if self.form == "answers":
            given = [_number(rows[0], column, (1, MOST)) for column in self.columns]
            scores = [trait_score(trait, given) for trait in TRAITS]
            return tuple(map(_level, TRAITS, scores))
        return tuple(self._level(trait, rows[0], column) for trait, column in zip(TRAITS, self.columns, strict=True))

    def _level(self, trait: str, row: Mapping[str, str], column: str) -> float:
        level = word_level(row[column])
        if level is not None:
            return float(level)
        if self.form == "scores":
            return _level(trait, _number(row, column, score_range(trait)))
        level = _number(row, column, (1, 4))
        if not math.isnan(level) and level not in LEVELS:
            raise SignalError(f"its {column} {row[column]!r} is no level (1, 2, 3 or 4)")
        return level

    def _same(self, cell: str, name: str) -> bool:
        return cell == name if self.by == "trial" else last_number(cell) == last_number(name)

    def _form(self) -> Form:
        """Tell levels from scores: in a sheet of scores, somebody has more than 4."""
        if len(self.columns) == len(ANSWERS):
            return "answers"
        cells = [row[column] for row in self.sheet.rows for column in self.columns]
        return "scores" if any((_float(cell) or 0) > LEVELS[-1] for cell in cells) else "levels"


def _columns(
    sheet: Sheet, who: str, by: By, traits: tuple[str, ...], answers: tuple[str, ...], form: Form
) -> tuple[str, ...]:
    """Return the columns to read: five of traits, or twelve of answers."""
    others = [column.lower() for column in sheet.columns if column.lower() != who.lower()]
    if form != "answers" and sheet.has(*traits):
        return tuple(column.lower() for column in traits)
    if form in ("auto", "answers") and sheet.has(*answers):
        return tuple(column.lower() for column in answers)
    if form != "answers" and len(others) == len(TRAITS) and not any(sheet.has(column) for column in traits):
        return tuple(others)
    wanted = {"answers": ", ".join(answers), "auto": f"{', '.join(traits)} or {', '.join(answers)}"}
    raise SignalError(
        f"it has no columns {wanted.get(form, ', '.join(traits))} beside {who} (it has: {', '.join(sheet.columns)}); "
        f"say which they are: {_typed(f'who: {who}, traits: [FIVE COLUMNS]', by)}, or leave them out: "
        "'~streams.personality'"
    )


def _typed(option: str, by: By) -> str:
    more = "" if by == "subject" else f", by: {by}"
    return f"'+streams.personality.reader={{name: phymer_personality, {option}{more}}}'"


def _level(trait: str, score: float) -> float:
    return math.nan if math.isnan(score) else float(level_of(trait, score))


def _number(row: Mapping[str, str], column: str, limits: tuple[float, float]) -> float:
    number = _float(row[column])
    if number is None or not (math.isnan(number) or limits[0] <= number <= limits[1]):
        raise SignalError(f"its {column} is {row[column]!r}, which is no number from {limits[0]:g} to {limits[1]:g}")
    return number


def _float(text: str) -> float | None:
    """Return the number in a cell, NaN where it is empty, None where it holds something else."""
    try:
        return float(text) if text else math.nan
    except ValueError:
        return None
