"""The lines of a file of folds, as texts and times."""

from pathlib import Path

import numpy as np
import pandas as pd

from insula import Fold, SplitError

ALIASES = {"speaker": "subject", "sentence": "stimulus"}
NAMES = ("dataset", "subject", "session", "trial")
"""The columns that name a trial."""
TIMES = ("t0", "t1")


def read_lines(path: Path) -> pd.DataFrame:
    """Read the columns that count, under their own names.

    Returns
    -------
    DataFrame
        Texts ``fold, role``; either ``row`` or ``trial`` with those of the other names that aren't empty throughout,
        and then floats ``t0, t1`` where the file has them; ``label, recording, parent`` where the file has them. An
        empty cell is None. The index is the line in the file, from 2.

    Raises
    ------
    SplitError
        If it can't be read, or lacks a column, a line or a cell.
    """
    table = _texts(path).rename(columns=ALIASES)
    table = table.loc[:, ~table.columns.duplicated()]
    filled = [name for name in table if table[name].notna().to_numpy().any()]
    by = "row" if "row" in table and "trial" not in filled else "trial"
    if missing := [name for name in (by, "fold", "role") if name not in table]:
        raise SplitError(f"{path} has no column {', '.join(missing)}; its columns are {', '.join(table)}")
    if table.empty:
        raise SplitError(f"{path} has no line: there is no fold in it")
    names = [name for name in NAMES if name in filled] if by == "trial" else ["row"]
    times = [name for name in TIMES if name in filled] if by == "trial" else []
    if len(times) == 1:
        raise SplitError(f"{path} has {times[0]} without {'t1' if times == ['t0'] else 't0'}: a window needs both")
    kept = [by, "fold", "role", *times]
    if len(gaps := np.flatnonzero(table[kept].isna().to_numpy().any(axis=1))):
        raise SplitError(f"{path}: its line {gaps[0] + 2} lacks a {', a '.join(kept[:-1])} or a {kept[-1]}")
    if wrong := sorted(set(table["role"]) - set(Fold.ROLES)):
        raise SplitError(f"{path}: {wrong[0]!r} is no role; a role is one of {', '.join(Fold.ROLES)}")
    more = [name for name in ("label", "recording", "parent") if name in filled]
    found = pd.DataFrame(table[["fold", "role", *names, *times, *more]])
    for name in times:
        found[name] = _seconds(pd.Series(found[name]), path)
    return found.set_axis(range(2, len(found) + 2))


def _texts(path: Path) -> pd.DataFrame:
    """Read a table of texts; a class or a person may be called NA, so that only an empty cell is missing."""
    try:
        if path.suffix in (".parquet", ".pq"):
            table = pd.read_parquet(path)
        else:
            table = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], skipinitialspace=True)
    except (OSError, ValueError) as error:
        raise SplitError(f"{path} can't be read as a table of folds: {error}") from error
    return pd.DataFrame({str(name).strip(): _as_text(pd.Series(table[name])) for name in table})


def _as_text(column: pd.Series) -> pd.Series:
    text = column.astype(str).str.strip().astype(object)
    return text.where(column.notna() & (text != ""), None)


def _seconds(column: pd.Series, path: Path) -> pd.Series:
    found = pd.Series(pd.to_numeric(column, errors="coerce"), dtype=np.float64)
    if len(bad := np.flatnonzero(~np.isfinite(found.to_numpy()))):
        raise SplitError(
            f"{path}: {column.name} of its line {bad[0] + 2} is no time in seconds: {column.iloc[bad[0]]!r}"
        )
    return found
