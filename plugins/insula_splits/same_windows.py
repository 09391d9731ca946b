"""Same windows: which windows of a run the lines of a file of folds mean."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Int

from insula import InsulaWarning, SplitError
from insula_splits.fold_lines import NAMES
from insula_splits.units import first_label

TOLERANCE = 2e-3
"""Seconds: what a time that was rounded to milliseconds, and the clock of another machine, may be off by."""
CLOSE = 1e-3
"""Of the largest label: what two numbers that are one label may differ by."""

Numbers = Int[np.ndarray, " _"]
"""What each line, or each row, is: a row, a trial or a window, numbered; -1 is none."""


def matched(lines: pd.DataFrame, index: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return a line per window that a line means, with its position ``at``; what has no partner is told, not dropped.

    Raises
    ------
    SplitError
        If the lines mean no window of the run, or a label isn't the data's.
    """
    lines, rows = _without_copies(lines, index), _rows(lines, index)
    mine, theirs = _by_name(lines, rows, path)
    if "t0" in lines:
        mine, theirs = _by_time(lines, mine, rows, theirs, path)
    mine = np.where(np.isin(mine, theirs), mine, -1)
    _tell(lines, mine, rows, theirs, path)
    found = lines.assign(what=mine, line=lines.index).merge(rows[["at"]].assign(what=theirs), on="what")
    _check_labels(found, index, path)
    return found


def _without_copies(lines: pd.DataFrame, index: pd.DataFrame) -> pd.DataFrame:
    """Drop the lines of copies that aren't there: a run makes them of its training windows when the folds are known."""
    if "parent" not in lines:
        return lines
    there = lines["parent"].isna() | lines["trial"].isin(index["trial"].astype(str))
    return lines.loc[there.to_numpy()] if there.to_numpy().any() else lines


def _rows(lines: pd.DataFrame, index: pd.DataFrame) -> pd.DataFrame:
    """Return what names the rows of the index, as texts; a copy that no line names goes with its trial."""
    rows = pd.DataFrame({"at": np.arange(len(index))})
    if "row" in lines:
        return rows.assign(row=rows["at"].astype(str))
    for name in NAMES:
        if name in lines and name in index and index[name].notna().to_numpy().any():
            values = pd.Series(index[name].to_numpy(), dtype=object)
            rows[name] = values.astype(str).where(values.notna(), None)
    if "parent" in index:
        parent = pd.Series(index["parent"].to_numpy(), dtype=object)
        rows["trial"] = rows["trial"].where(rows["trial"].isin(lines["trial"]) | parent.isna(), parent.astype(str))
    return rows.assign(t0=index["t0"].to_numpy(), t1=index["t1"].to_numpy()) if "t0" in lines else rows


def _by_name(lines: pd.DataFrame, rows: pd.DataFrame, path: Path) -> tuple[Numbers, Numbers]:
    """Number the trials (or rows) that lines and rows are named by."""
    names = [name for name in (*NAMES, "row") if name in rows]
    both = pd.concat([lines[names], rows[names]], ignore_index=True)
    number = both.groupby(names, dropna=False, sort=False).ngroup().to_numpy(np.int64)
    mine, theirs = number[: len(lines)], number[len(lines) :]
    if not np.isin(mine, theirs).any():
        raise SplitError(
            f"{path} names no {names[-1]} of this run: it has {_said(lines, 0)}, the data have {_said(rows, 0)}; "
            "was it made for another dataset?"
        )
    return mine, theirs


def _by_time(
    lines: pd.DataFrame, mine: Numbers, rows: pd.DataFrame, theirs: Numbers, path: Path
) -> tuple[Numbers, Numbers]:
    """Number the windows of those trials; without ``recording`` times may count from a trial's first window.

    A trial that is one window to the file and to the run is that window, whatever its times.
    """
    windows = pd.DataFrame({"trial": theirs, "t0": rows["t0"], "t1": rows["t1"]})
    number = windows.groupby(["trial", "t0", "t1"], sort=False).ngroup().to_numpy(np.int64)
    windows["number"] = number
    found = _nearest(lines, mine, windows)
    if "recording" not in lines and (found < 0).any():
        first = windows.groupby("trial")["t0"].transform("min")
        within = _nearest(lines, mine, windows.assign(t0=windows["t0"] - first, t1=windows["t1"] - first))
        found = within if (within >= 0).sum() > (found >= 0).sum() else found
    found = np.where(found < 0, _only(lines, mine, windows), found)
    if (found < 0).all():
        line = int(np.isin(mine, theirs).argmax())
        row = int((theirs == mine[line]).argmax())
        raise SplitError(
            f"{path} names no window of this run: it has {_said(lines, line)}, the data have {_said(rows, row)}; "
            "set window.length and window.step as they were, or leave t0 and t1 out of the file: it then names trials"
        )
    return found, number


def _nearest(lines: pd.DataFrame, trial: Numbers, windows: pd.DataFrame) -> Numbers:
    """Return the window of every line whose trial has one at its time, else -1."""
    asked = pd.DataFrame({"trial": trial, "begin": lines["t0"].to_numpy(), "end": lines["t1"].to_numpy()})
    there = windows.drop_duplicates("number").sort_values("t0")
    near = pd.merge_asof(
        asked.assign(line=range(len(asked))).sort_values("begin"),
        there,
        left_on="begin",
        right_on="t0",
        by="trial",
        direction="nearest",
    ).sort_values("line")
    hit = ((near["t0"] - near["begin"]).abs() <= TOLERANCE) & ((near["t1"] - near["end"]).abs() <= TOLERANCE)
    return near["number"].where(hit, -1).to_numpy(np.int64)


def _only(lines: pd.DataFrame, trial: Numbers, windows: pd.DataFrame) -> Numbers:
    """Return the window of every line whose trial has one window here and in the file, else -1."""
    asked = pd.DataFrame({"trial": trial, "t0": lines["t0"].to_numpy(), "t1": lines["t1"].to_numpy()})
    single = asked.drop_duplicates().drop_duplicates("trial", keep=False)["trial"]
    there = windows.drop_duplicates("number").drop_duplicates("trial", keep=False)
    own = np.isin(trial, single) & np.isin(trial, there["trial"])
    number = dict(zip(there["trial"], there["number"], strict=True))
    return np.array([number[name] if alone else -1 for name, alone in zip(trial, own, strict=True)], np.int64)


def _tell(lines: pd.DataFrame, mine: Numbers, rows: pd.DataFrame, theirs: Numbers, path: Path) -> None:
    """Say which lines mean nothing that is there, and what of the data no line means."""
    what = "window" if "t0" in lines else "trial" if "trial" in lines else "row"
    unknown, unused = np.flatnonzero(mine < 0).tolist(), np.flatnonzero(~np.isin(theirs, mine)).tolist()
    if unknown:
        means = [name for name in (*NAMES, "row", "t0", "t1") if name in lines]
        many = len(lines.iloc[unknown][means].drop_duplicates())
        _warn(f"{path}: {many} of its {what}s aren't in the data, {_said(lines, unknown[0])} first")
    if unused:
        many = len(np.unique(theirs[unused]))
        _warn(f"{path} leaves out {many} {what}s of the data, {_said(rows, unused[0])} first")


def _check_labels(found: pd.DataFrame, index: pd.DataFrame, path: Path) -> None:
    """Refuse labels that none of a line's windows has; one that is missing on either side says nothing."""
    label = first_label(index)
    if label is None or "label" not in found:
        return
    theirs, ours = found["label"].to_numpy(), label.to_numpy()[found["at"].to_numpy()]
    known = pd.notna(theirs) & pd.notna(ours)
    if pd.api.types.is_float_dtype(label.dtype):
        numbers = pd.to_numeric(pd.Series(theirs), errors="coerce")
        same = np.abs(np.asarray(numbers, np.float64) - ours) <= CLOSE * label.abs().max()
    else:
        same = theirs == ours.astype(str)
    right = pd.Series(same | ~known).groupby(found["line"].to_numpy()).transform("any").to_numpy()
    if not right.all():
        first, wrong = int((~right).argmax()), len(np.unique(found["line"].to_numpy()[~right]))
        raise SplitError(
            f"{path}: {wrong} of its labels aren't those of the data. Line "
            f"{found['line'].iloc[first]} says {theirs[first]!r} of {_said(found, first)}, the data say "
            f"{str(ours[first])!r} ({label.name}): choose the data and, as the first, the target that it was made for, "
            "or leave label out of the file"
        )


def _said(table: pd.DataFrame, place: int) -> str:
    """Say what a line or a row means."""
    line = table.iloc[place]
    names = [f"{name} {line[name]!r}" for name in (*NAMES, "row") if name in table and line[name] is not None]
    return ", ".join(names) + (f", {line['t0']:.6g} to {line['t1']:.6g} s" if "t0" in table else "")


def _warn(text: str) -> None:
    warnings.warn(text, InsulaWarning, stacklevel=3)
