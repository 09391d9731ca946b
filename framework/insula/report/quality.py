"""Quality: what is undefined, and what readers and steps noted of the recordings."""

from insula.evaluation.analysis import Table
from insula.evaluation.results import Results

SHOWN = 20
"""Features of a stream that a table names; the rest are summed up."""


def quality_tables(results: Results) -> list[Table]:
    """Return the tables that have rows."""
    tables = [
        Table("Undefined values in windows", ["stream", "channel or feature", "share"], _undefined(results)),
        Table("Noted of recordings", ["stream", "what", "recordings", "mean of these"], _notes(results)),
    ]
    return [table for table in tables if table.rows]


def _undefined(results: Results) -> list[list[str]]:
    rows = []
    for stream, shares in results.undefined.items():
        ordered = sorted(shares.items(), key=lambda item: -item[1])
        rows += [[stream, name, f"{share:.2%}"] for name, share in ordered[:SHOWN]]
        if rest := ordered[SHOWN:]:
            rows.append([stream, f"{len(rest)} more", f"{rest[-1][1]:.2%} to {rest[0][1]:.2%}"])
    return rows


def _notes(results: Results) -> list[list[object]]:
    rows: list[list[object]] = []
    for stream, notes in results.notes.items():
        for note, values in notes.items():
            above = [value for value in values if value > 0]
            if above:
                rows.append([stream, note, f"{len(above)} of {len(values)}", f"{sum(above) / len(above):.4g}"])
    return rows
