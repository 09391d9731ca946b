"""Fold files: a table of folds as CSV, which other tools can write and read."""

import difflib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from insula.errors import SplitError
from insula.windows.copies import COPY
from insula.windows.finding import FoldName
from insula.windows.split import Fold

NEEDED = ("row", "fold", "role")
NAMES = ("dataset", "subject", "session", "recording", "trial", "stimulus", "parent")
TIMES = ("t0", "t1", "raw_t0", "raw_t1")
ALIASES = {"speaker": "subject", "sentence": "stimulus"}
WRITTEN = (*NAMES, "t0", "t1", "label", "raw_t0", "raw_t1", "group", COPY)
"""The columns behind row, fold and role, where the index has them."""
_NOTHING = ("nan", "NaN", "<NA>")
"""What programs write where there is nothing; a class or a person may be called NA or none."""
_NO_NAME = ("NA", "None", "none", "NULL", "null")
"""What they write there, too, and what no time, and no parent, is called."""


@dataclass(frozen=True, eq=False)
class FoldTable:
    """What a fold file holds: one row of the index per name in its column ``row``."""

    index: pd.DataFrame
    folds: list[Fold]
    label: str | None
    """The label's column, where there is one."""
    names: list[FoldName]
    """What the file calls its folds."""


def write_folds(path: Path, index: pd.DataFrame, folds: Sequence[Fold], label: str | None = None) -> None:
    """Write folds with all that an audit reads of their rows: a line per fold, role and row, whole or not at all.

    Parameters
    ----------
    index
        One row per window.
    folds
        Positions in the index, which are the names of the rows.
    label
        The column of the target.
    """
    columns = {name: label if name == "label" else name for name in WRITTEN}
    there = {name: column for name, column in columns.items() if column in index}
    told = pd.DataFrame({name: index[column].to_numpy() for name, column in there.items()})
    head, *facts = _lines(told)
    withheld = facts
    if "label" in told and not all(fold.adapt_labels for fold in folds):
        withheld = _lines(told.assign(label=None))[1:]
    text = [f"row,fold,role,{head}" if there else "row,fold,role"]
    for number, fold in enumerate(folds):
        for role in Fold.ROLES:
            known = facts if role != "adapt" or fold.adapt_labels else withheld
            text += [f"{row},{number},{role},{known[row]}" for row in map(int, fold.rows(role))]
    write_whole(path, "\n".join(text) + "\n")


def _lines(told: pd.DataFrame) -> list[str]:
    """Return the head and a line per row."""
    lines = told.to_csv(index=False, lineterminator="\n").splitlines()
    if len(lines) != len(told) + 1:  # a name with a line break in it: as CSV quotes it, and slower
        lines = [",".join(told), *(told.iloc[[k]].to_csv(index=False, header=False)[:-1] for k in range(len(told)))]
    return lines


def write_whole(path: Path, text: str) -> None:
    """Write a file beside its place and move it there."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def read_folds(path: Path) -> FoldTable:
    """Read a table of folds, as somebody may have made it elsewhere.

    Its columns are ``row, fold, role`` and any of ``subject`` (or ``speaker``), ``session``, ``recording``, ``trial``,
    ``stimulus`` (or ``sentence``), ``parent`` (a trial), ``t0``, ``t1`` (seconds in the recording, else in the trial),
    ``label`` and ``dataset``; others are left as they are. A row has a line for every fold and role that it is in. An
    empty cell, ``nan`` and ``NaN`` are nothing; a name that is a whole number may be written with ``.0`` behind it, as
    pandas does where others are missing.
    Where none of a fold's ``adapt`` lines has a label, and other lines have, theirs are withheld.

    Raises
    ------
    SplitError
        If it is no such table, or contradicts itself.
    """
    table = _numbers(_names(_one_name(_read(path), path)), path)
    row, rows = pd.factorize(table["row"])
    index = _facts(table, row, path)
    index.insert(0, "row", rows)
    label = "label" if "label" in index else None
    if label:
        index[label] = _as_label(index[label].to_numpy(object))
    fold, role = (table[name].to_numpy(str) for name in ("fold", "role"))
    folds, names = [], sorted(np.unique(fold), key=_by_number)
    for name in names:
        at = {each: np.unique(row[(fold == name) & (role == each)]).astype(np.int64) for each in Fold.ROLES}
        for each in ("train", "test"):
            if not len(at[each]):
                raise SplitError(f"{path}: fold {name} has no {each} row")
        adapts = (fold == name) & (role == "adapt")
        withheld = label is not None and adapts.any() and bool(table["label"].isna().to_numpy()[adapts].all())
        folds.append(Fold(at["train"], at["validation"], at["test"], at["adapt"], adapt_labels=not withheld))
    return FoldTable(index, folds, label, [int(name) if name == _plain(name) else str(name) for name in names])


def _plain(name: str) -> str | None:
    """Return a number as it is usually written; None of what is no number."""
    return str(int(name)) if name.isdecimal() else None


def _by_number(name: str) -> tuple[float, str]:
    return (float(name), "") if name.isdecimal() else (float("inf"), name)


def _read(path: Path) -> pd.DataFrame:
    """Return the lines as texts without spaces around them, None where there is none."""
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", skipinitialspace=True)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error).strip()
        raise SplitError(f"{path} can't be read as a table of folds (CSV): {why}") from error
    table.columns = [str(name).strip() for name in table]
    for name in table:
        table[name] = _each(table[name].to_numpy(object), _tidied)
    for name in NEEDED:
        if name not in table:
            others = {str(other).lower(): str(other) for other in table}
            near = difflib.get_close_matches(name, others, n=1)
            meant = f" (is it {others[near[0]]!r}?)" if near else ""
            apart = len(table.columns) == 1 and any(mark in table.columns[0] for mark in ";\t|")
            commas = "; separate them by commas" if apart else ""
            raise SplitError(
                f"{path} has no column {name!r}{meant}; its columns are {', '.join(table)}{commas}. A table of folds "
                "has row, fold and role, and more columns to audit them by"
            )
    if table.empty:
        raise SplitError(f"{path} has no line: there is no fold in it")
    for name in NEEDED:
        if len(gaps := np.flatnonzero(table[name].isna().to_numpy())):
            raise SplitError(f"{path}: line {gaps[0] + 2} has no {name}")
    roles = table["role"].to_numpy(str)
    if len(wrong := np.flatnonzero(~np.isin(roles, Fold.ROLES))):
        role = str(roles[wrong[0]])
        near = difflib.get_close_matches(role.lower(), Fold.ROLES, n=1, cutoff=0.4)
        meant = f" (did you mean {near[0]!r}?)" if near else ""
        raise SplitError(
            f"{path}: line {wrong[0] + 2}: {role!r} is no role{meant}; a role is one of {', '.join(Fold.ROLES)}"
        )
    return table


def _one_name(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Call the speaker subject and the sentence stimulus."""
    for alias, name in ALIASES.items():
        if alias in table and name in table:
            one, other = (table[each].to_numpy(object) for each in (alias, name))
            apart = np.flatnonzero(table[alias].notna() & table[name].notna() & (one != other))
            if len(apart):
                at = apart[0]
                raise SplitError(
                    f"{path}: line {at + 2}: {alias} {one[at]!r} and {name} {other[at]!r} are two names of one thing; "
                    "leave one of the two columns out"
                )
            table[name] = table[name].where(table[name].notna(), table[alias])
            table = table.drop(columns=alias)
    return table.rename(columns=ALIASES)


def _tidied(text: str) -> str | None:
    return None if text.strip() in ("", *_NOTHING) else text.strip()


def _each(texts: np.ndarray, change: Callable[[str], str | None]) -> np.ndarray:
    """Change every text, but each that there is once: a file has many lines of few names."""
    place, several = pd.factorize(texts)
    return np.array([*map(change, several), None], object)[place]


def _names(table: pd.DataFrame) -> pd.DataFrame:
    """Give every name one spelling: a column of whole numbers gets ``.0`` behind them where a cell is missing."""
    for name in (name for name in ("row", "fold", *NAMES) if name in table):
        table[name] = _each(table[name].to_numpy(object), lambda text: re.sub(r"^(-?\d+)\.0+$", r"\1", text))
    if "parent" in table:
        trials = set(table["trial"]) if "trial" in table else set()
        nothing = table["parent"].isin([word for word in _NO_NAME if word not in trials])
        table["parent"] = table["parent"].where(~nothing, None)
    return table


def _numbers(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    for name in (name for name in TIMES if name in table):
        table[name] = table[name].where(~table[name].isin(_NO_NAME), None)
        given = table[name].to_numpy(object)
        numbers = np.asarray(pd.to_numeric(given, errors="coerce"), np.float64)
        wrong = np.flatnonzero(table[name].notna().to_numpy() & ~np.isfinite(numbers))
        if len(wrong):
            raise SplitError(f"{path}: line {wrong[0] + 2}: {name} {given[wrong[0]]!r} is no number of seconds")
        # float() gives back the very number that was written, which to_numeric doesn't
        table[name] = [float(text) if known else np.nan for text, known in zip(given, ~np.isnan(numbers), strict=True)]
    for begin, end in (("t0", "t1"), ("raw_t0", "raw_t1")):
        if begin in table and end in table:
            t0, t1 = (table[name].to_numpy(np.float64) for name in (begin, end))
            if len(wrong := np.flatnonzero(t1 < t0)):
                at = wrong[0]
                raise SplitError(f"{path}: line {at + 2}: {end} ({t1[at]:g} s) lies before {begin} ({t0[at]:g} s)")
    return table


def _facts(table: pd.DataFrame, row: np.ndarray, path: Path) -> pd.DataFrame:
    """Return what is known of every row, which several lines may say, but not differently."""
    facts = table.drop(columns=list(NEEDED))
    found = facts.groupby(row, sort=True).first()
    for name in facts:
        told = facts[name].notna().to_numpy()
        same = found[name].to_numpy()[row]
        wrong = np.flatnonzero(told & (facts[name].to_numpy() != same))
        if len(wrong):
            line = wrong[0]
            raise SplitError(
                f"{path}: line {line + 2}: row {table['row'].iloc[line]} has {name} {facts[name].iloc[line]!r}, "
                f"in a line before it had {same[line]!r}: a row is one window"
            )
    return found


def _as_label(label: np.ndarray) -> np.ndarray:
    """Return numbers where all values are, and one isn't whole; else class names."""
    there = ~np.asarray(pd.isna(label))
    numbers = np.asarray(pd.to_numeric(label, errors="coerce"), np.float64)
    if not there.any() or np.isnan(numbers[there]).any():
        return label
    if (numbers[there] % 1 != 0).any():
        return numbers
    return np.array([str(int(number)) if known else None for number, known in zip(numbers, there, strict=True)], object)
