"""E4File: a CSV file as Empatica's wristband exports it, or one without its header."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from jaxtyping import Float

from insula import SignalError

CLOCK = 1e9
"""Unix seconds of the year 2001: a first value above this is a start time, none of the signals comes near."""


@dataclass(frozen=True, eq=False)
class E4File:
    """Start time (Unix seconds) and rate (Hz) as the header says, None without one, and the samples."""

    start: float | None
    sfreq: float | None
    samples: Float[np.ndarray, " time"]


def read_e4(path: Path) -> E4File:
    """Read one signal.

    A first value above 1e9 is the start time, and the rate stands below it; else the file has no header, but may have a
    row of names. Several samples may stand in a row. An empty cell is an undefined sample, but not at the end of the
    file; a blank line is nothing, and so is a separator behind every row.

    Raises
    ------
    SignalError
        If it is empty, a cell is no number, or its header has no rate (beat intervals).
    OSError
        If it can't be opened.
    """
    rows = _rows(path)
    if not rows:
        raise SignalError("it is empty")
    start = start_of(rows[0])
    if start is None:
        named = all(_number(cell) is None for cell in rows[0])
        return E4File(None, None, _samples(rows[named:], 1 + named))
    return E4File(start, _rate(rows), _samples(rows[2:], 3))


def read_start(path: Path) -> float | None:
    """Read only the start time; None if the file has no header."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return start_of(_cells(file.readline()))


def start_of(cells: Sequence[str]) -> float | None:
    """Return the start time that a first row says, or None if it doesn't say one."""
    first = _number(cells[0])
    return first if first is not None and first > CLOCK else None


def _rows(path: Path) -> list[list[str]]:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    rows = [_cells(line) for line in text.splitlines() if line.strip()]
    rows = _without_last_separator(rows)
    while rows and not any(rows[-1]):
        rows.pop()
    while rows and not rows[-1][-1]:
        rows[-1].pop()
    return rows


def _without_last_separator(rows: list[list[str]]) -> list[list[str]]:
    """Drop the empty cell at the end of every row: taken for a sample, it would halve the pace of the others."""
    samples = rows[2:] if rows and start_of(rows[0]) is not None else rows
    if not samples or not all(len(row) > 1 and not row[-1] for row in samples):
        return rows
    return [row[:-1] if len(row) > 1 and not row[-1] else row for row in rows]


def _cells(line: str) -> list[str]:
    return [cell.strip(' "') for cell in line.strip().replace(";", ",").replace("\t", ",").split(",")]


def _rate(rows: list[list[str]]) -> float:
    if not all(map(_number, rows[0])):
        raise SignalError(f"its first row is {','.join(rows[0])!r}, as of beat intervals (IBI), which have no rate")
    said = [_number(cell) for cell in rows[1]] if len(rows) > 1 else []
    if not said or said[0] is None or not 0 < said[0] < math.inf or set(said) != {said[0]}:
        shown = ",".join(rows[1]) if len(rows) > 1 else ""
        raise SignalError(f"below its start time must stand the rate in Hz, not {shown!r} (beat intervals have none)")
    return said[0]


def _samples(rows: list[list[str]], first: int) -> Float[np.ndarray, " time"]:
    """Return the rows one after the other; ``first`` is the number of the first one in the file."""
    cells = [cell or "nan" for cell in chain.from_iterable(rows)]
    try:
        samples = np.array(cells, dtype=np.float64)
    except ValueError:
        wrong = next(
            (row, cell) for row, line in enumerate(rows, first) for cell in line if cell and _number(cell) is None
        )
        raise SignalError(f"its row {wrong[0]} holds {wrong[1]!r}, which is no number") from None
    return np.where(np.isfinite(samples), samples, np.nan)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
