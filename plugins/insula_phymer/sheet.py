"""Sheet: a CSV file with a row of column names."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from insula import SignalError


@dataclass(frozen=True)
class Sheet:
    """The columns as they are written, and per row a mapping from the column, in small letters, to the cell's text."""

    columns: tuple[str, ...]
    rows: Sequence[Mapping[str, str]]

    def has(self, *columns: str) -> bool:
        """Whether it has all of these columns, in capital or small letters."""
        return {column.lower() for column in columns} <= {column.lower() for column in self.columns}


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file whose columns are parted by commas, semicolons or tabs.

    Raises
    ------
    SignalError
        If there is nothing in it.
    OSError
        If it can't be opened.
    """
    lines = [line for line in path.read_text(encoding="utf-8-sig", errors="replace").splitlines() if line.strip()]
    if not lines:
        raise SignalError("it is empty")
    separator = max(",;\t", key=lines[0].count)
    try:
        cells = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    except csv.Error as error:
        raise SignalError(f"it can't be read as CSV: {error}") from error
    names = [name.lower() for name in cells[0]]
    padding = [""] * len(names)
    rows = [dict(zip(names, [*row, *padding], strict=False)) for row in cells[1:]]
    return Sheet(tuple(cells[0]), rows)
