"""Formats of a table: aligned text for a terminal, Markdown, LaTeX, CSV."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from insula.evaluation.analysis import Table

NARROW = 14
"""To so many characters the first and the last column may be wrapped, or as many as their longest piece has."""
_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "–": "--",
    "…": r"\dots{}",
    "|": r"\textbar{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
}


def as_text(table: Table, width: int = 100) -> str:
    """Align a table by blanks; where it is wider than a line, its first and last column are wrapped."""
    cells = [[str(cell) for cell in row] for row in (table.columns, *table.rows)]
    widths = [
        max(*map(len, head.split(" ")), *(len(row[column]) for row in cells[1:]))
        for column, head in enumerate(cells[0])
    ]
    ends = (0, len(widths) - 1)
    least = {column: max(len(p.rstrip()) for row in cells for p in _pieces(row[column])) for column in ends}
    while sum(widths) + 2 * (len(widths) - 1) > width:
        room = [column for column in ends if widths[column] > max(least[column], NARROW)]
        if not room:
            break
        widths[max(room, key=widths.__getitem__)] -= 1
    lines = [table.caption, ""]
    for number, row in enumerate(cells):
        parts = [_wrapped(cell, size) for cell, size in zip(row, widths, strict=True)]
        for line in range(max(map(len, parts))):
            shown = (part[line] if line < len(part) else "" for part in parts)
            lines.append("  ".join(text.ljust(size) for text, size in zip(shown, widths, strict=True)).rstrip())
        if number == 0:
            lines.append("  ".join("-" * size for size in widths))
    return "\n".join(lines)


def _pieces(cell: str) -> list[str]:
    """Cut a text where a line may end: an override behind its dots and its equals sign, too."""
    return re.split(r"(?<=[ .=])(?=[^\d ])", cell)


def _wrapped(cell: str, width: int) -> list[str]:
    lines = [""]
    for piece in _pieces(cell):
        if lines[-1] and len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def as_markdown(table: Table) -> str:
    """Write a table as Markdown."""
    rows = [[in_cell(cell).replace("*", r"\*") for cell in row] for row in (table.columns, *table.rows)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([table.caption, "", lines[0], "|---" * len(table.columns) + "|", *lines[1:]])


def in_cell(cell: Any) -> str:
    """Return a text as a cell of a Markdown table takes it: it may hold no bar, and is one line."""
    return " ".join(str(cell).split()).replace("|", r"\|")


def as_latex(table: Table, notes: Sequence[str] = ()) -> str:
    """Write a table for the package booktabs, with notes as comments."""
    rows = [" & ".join(escaped(str(cell)) for cell in row) + r" \\" for row in (table.columns, *table.rows)]
    rows = [f"{{}}{row}" if row.startswith(("[", "*")) else row for row in rows]  # the end of a row would take these
    return "\n".join(
        [
            *(f"% {line}" for line in (table.caption, *notes)),
            rf"\begin{{tabular}}{{{'l' * len(table.columns)}}}",
            r"\toprule",
            rows[0],
            r"\midrule",
            *rows[1:],
            r"\bottomrule",
            r"\end{tabular}",
        ]
    )


def escaped(text: str) -> str:
    """Return a text as LaTeX shows it as it is; what stands before a number is a minus, not a hyphen."""
    return re.sub(r"(?<![\w.])-(?=\d)", "$-$", "".join(_LATEX.get(letter, letter) for letter in text))


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write rows as CSV, with the keys of the first as head; what is None is empty."""
    page = io.StringIO()
    writer = csv.DictWriter(page, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return page.getvalue().rstrip("\n")
