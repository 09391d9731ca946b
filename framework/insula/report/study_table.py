"""The table of a study: a line per row, published beside measured, and what the numbers are worth."""

from collections.abc import Mapping, Sequence
from typing import Any

from insula.evaluation.analysis import Table
from insula.report.shown import called, interval

ALWAYS = ("accuracy", "balanced_accuracy")
"""Shown for every run, whether published or not."""
ABOUT = ("leakage grade", "claim here")
"""What a number is worth: a column each, or said once where it is the same for every row."""


def study_table(caption: str, rows: Sequence[Mapping[str, Any]], figure: str, *, with_published: bool) -> Table:
    """Return the table.

    Parameters
    ----------
    caption
        What it is of.
    rows
        As in ``study.json``.
    figure
        The validation figure that rows are chosen by, or nothing.
    with_published
        Whether published scores may stand beside these.
    """
    columns = _columns(rows)
    shown = [name for name in columns if any(name in row["published"] for row in rows)]
    shown = [name for name in shown if with_published or name == "parameters"]
    lines = [_line(row, columns, shown, figure) for row in rows]
    heads = [head for head in lines[0] if any(line[head] != "" for line in lines)]
    same = [head for head in heads if head in ABOUT and len({line[head] for line in lines}) == 1 < len(lines)]
    heads = [head for head in heads if head not in same]
    said = "".join(f"; {head} of every row: {lines[0][head]}" for head in same)
    return Table(caption + said, heads, [[line[head] for head in heads] for line in lines])


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    known = {name for row in rows for name in (*row["published"], *(row.get("metrics") or {}))}
    scores = dict.fromkeys(name for row in rows for name in (*row["published"], *ALWAYS) if name != "parameters")
    sizes = {row["parameters"] for row in rows if row["state"] == "done"}
    counted = ["parameters"] if "parameters" in known or len(sizes) > 1 else []
    return [name for name in scores if name in known] + counted


def _line(row: Mapping[str, Any], columns: Sequence[str], published: Sequence[str], figure: str) -> dict[str, str]:
    line = {"row": row["row"]}
    for name in columns:
        if name in published:
            line[f"{called(name)}, published"] = _published(name, row["published"].get(name))
        line[f"{called(name)}, here"] = _here(name, row)
    claim = (", ".join(row["claim"] or ()) or "none") if row["state"] == "done" else ""
    about = {"protocol as published": row["protocol"] if row["published"] else "", "note": row["note"]}
    line[f"{called(figure)}, validation"] = _validation(row)
    return {**line, **dict(zip(ABOUT, (row.get("grade") or "", claim), strict=True)), **about}


def _published(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if name == "parameters" else f"{value:.4g}"


def _here(name: str, row: Mapping[str, Any]) -> str:
    if row["state"] != "done":
        return row["state"]
    if name == "parameters":
        return f"{row['parameters']:,}"
    metric = row["metrics"].get(name)
    if metric is None or metric["value"] is None:
        return "–"
    return f"{metric['value']:.3f} {interval(metric) if metric.get('low') is not None else ''}".strip()


def _validation(row: Mapping[str, Any]) -> str:
    if not row.get("validation"):
        return ""
    mark = f", chosen: the best of {row['chosen_of']}" if row["chosen_of"] else ""
    return f"{row['validation']['mean']:.3f}{mark}"
