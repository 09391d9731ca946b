"""Comparable: whether two runs were measured on the same rows, folds and targets, with one grade."""

from collections.abc import Sequence

import pandas as pd

from insula.errors import DataError
from insula.evaluation.finished import FinishedRun
from insula.evaluation.same_rows import check_same_rows, same_folds
from insula.windows.copies import COPY

WHERE = ("fold", "role", "dataset", "subject", "session", "recording", "trial", "t0", "t1")
"""Columns of ``folds.csv`` that say which window is what in which fold."""


def apart(a: FinishedRun, b: FinishedRun) -> list[str]:
    """Return why two runs aren't comparable, a clause each; nothing: they are."""
    found = [why for why in (_targets(a, b), _rows_or_folds(a, b)) if why]
    grades = a.metrics.get("grade"), b.metrics.get("grade")
    if grades[0] != grades[1]:
        found.append(f"their leakage grades are {grades[0]} and {grades[1]}")
    return found


def _targets(a: FinishedRun, b: FinishedRun) -> str:
    mine, other = (next(iter(run.targets.values())) for run in (a, b))
    if (mine.name, mine.kind, mine.classes) == (other.name, other.kind, other.classes):
        return ""
    told = [f"{t.name} ({', '.join(t.classes) or 'a number'})" for t in (mine, other)]
    return f"they predict other targets: {told[0]} and {told[1]}"


def _rows_or_folds(a: FinishedRun, b: FinishedRun) -> str:
    if not a.blind and not b.blind and not _targets(a, b):
        tables = [_of_first_target(run) for run in (a, b)]
        try:
            check_same_rows(*tables)
        except DataError as error:
            return str(error)
        if not same_folds(*tables):
            return "they tested the same rows in other folds"
    if a.folds is not None and b.folds is not None:
        # Of a blind run the predictions, which hold the labels, aren't there.
        told = (*WHERE, "label") if a.blind or b.blind else WHERE
        tables = [_without_copies(table).filter(items=told) for table in (a.folds, b.folds)]
        return "" if _as_set(tables[0]) == _as_set(tables[1]) else _other_folds(tables)
    if a.digests.get("folds") != b.digests.get("folds"):
        return "their folds differ"
    return ""


def _of_first_target(run: FinishedRun) -> pd.DataFrame:
    return run.predictions.loc[run.predictions["target"] == next(iter(run.targets))]


def _without_copies(folds: pd.DataFrame) -> pd.DataFrame:
    """Leave out the copies that training alone knows: whether there are any is a choice of the model, as a cell is."""
    return folds if COPY not in folds else folds.loc[(folds[COPY] == "") | (folds["role"] == "test")]


def _as_set(table: pd.DataFrame) -> set[tuple[str, ...]]:
    return set(table.itertuples(index=False, name=None))


def _other_folds(tables: Sequence[pd.DataFrame]) -> str:
    """Say in which roles the folds differ, and how many rows a role has in either."""
    several = []
    for role in dict.fromkeys([*tables[0]["role"], *tables[1]["role"]]):
        mine, other = (_as_set(table.loc[table["role"] == role]) for table in tables)
        if mine != other:
            several.append(f"{role} ({len(mine)} and {len(other)} rows over all folds)")
    labels = ", or in their labels" if "label" in tables[0] else ""
    return f"their folds differ in the rows of {', '.join(several)}{labels}"
