"""predefined: folds that somebody published."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from insula import Fold, InsulaWarning, Split, SplitError


class Predefined(Split):
    """Takes its folds from a file, so that a published split is reproduced exactly.

    Parameters
    ----------
    file
        A CSV or Parquet table with the columns ``trial`` (or ``row``, a window's number in the index, from 0), ``fold``
        and ``role`` (``train``, ``validation``, ``test`` or ``adapt``): one line for each trial in each fold that uses
        it.
    """

    def __init__(self, *, file: Path | None = None) -> None:
        self.file = file

    def folds(self, index: pd.DataFrame) -> Iterator[Fold]:
        """Yield the file's folds, in the order of their names.

        Raises
        ------
        SplitError
            If there is no such table, it lacks a column or has another role, or a fold has nothing to train or test on.
        """
        if self.file is None:
            raise SplitError("split=predefined needs a table of folds: type split.file=FOLDS.csv")
        path = self.file.expanduser()
        lines = _matched(_read(path), index, path)
        for name in sorted(lines["fold"].unique(), key=_by_number):
            rows = {role: lines["at"][(lines["fold"] == name) & (lines["role"] == role)] for role in Fold.ROLES}
            fold = Fold(**{role: np.unique(at).astype(np.int64) for role, at in rows.items()})
            for role in ("train", "test"):
                if not len(fold.rows(role)):
                    raise SplitError(
                        f"{path}: fold {name} has no {role} row among the {len(index)} windows of this run"
                    )
            yield fold


def _by_number(name: str) -> tuple[float, str]:
    return (float(name), "") if name.isdigit() else (float("inf"), name)


def _read(path: Path) -> pd.DataFrame:
    """Return the columns that count, as texts: ``trial`` or ``row`` first, then ``fold`` and ``role``."""
    try:
        as_parquet = path.suffix in (".parquet", ".pq")
        table = pd.read_parquet(path) if as_parquet else pd.read_csv(path, dtype=str)
    except (OSError, ValueError) as error:
        raise SplitError(f"{path} can't be read as a table of folds: {error}") from error
    by = "row" if "row" in table else "trial"
    if missing := [name for name in (by, "fold", "role") if name not in table]:
        raise SplitError(f"{path} has no column {', '.join(missing)}; its columns are {', '.join(map(str, table))}")
    table = pd.DataFrame(table[[by, "fold", "role"]])
    if table.empty:
        raise SplitError(f"{path} has no line: there is no fold in it")
    if len(gaps := np.flatnonzero(table.isna().to_numpy().any(axis=1))):
        raise SplitError(f"{path}: its line {gaps[0] + 2} lacks a {by}, a fold or a role")
    if wrong := sorted(set(table["role"].astype(str)) - set(Fold.ROLES)):
        raise SplitError(f"{path}: {wrong[0]!r} is no role; a role is one of {', '.join(Fold.ROLES)}")
    return table.astype(str)


def _matched(table: pd.DataFrame, index: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return a line per fold, role and position ``at`` in the index; what has no partner is told, not dropped."""
    by = str(table.columns[0])
    at = np.arange(len(index))
    here = pd.DataFrame({by: (_named(index, table) if by == "trial" else at), "at": at}).astype({by: str})
    unknown, unused = sorted(set(table[by]) - set(here[by])), sorted(set(here[by]) - set(table[by]))
    if len(unknown) == table[by].nunique():
        raise SplitError(
            f"{path} names no {by} of this run: it has {unknown[:1]}, the data have {unused[0]!r}; "
            "was it made for another dataset?"
        )
    if unknown:
        _warn(f"{path}: {len(unknown)} of its {by}s aren't in the data, {unknown[0]!r} first")
    if unused:
        _warn(f"{path} leaves out {len(unused)} {by}s of the data, {unused[0]!r} first")
    return table.merge(here, on=by)


def _named(index: pd.DataFrame, table: pd.DataFrame) -> np.ndarray:
    """Return the trial of every row as the table knows it: a copy that it doesn't name goes with its trial."""
    if "parent" not in index:
        return index["trial"].to_numpy()
    alone = index["trial"].astype(str).isin(table["trial"]) | index["parent"].isna()
    return index["trial"].where(alone, index["parent"]).to_numpy()


def _warn(text: str) -> None:
    warnings.warn(text, InsulaWarning, stacklevel=2)
