"""A comparison as plain values, for scripts."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from insula.report.compared_row import COSTS, Row
from insula.report.comparison import Comparison, Difference


def to_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain values, as ``insula compare --json`` prints it."""
    selection = comparison.selection
    return {
        "metric": comparison.metric,
        "rows": [_row_json(row, comparison) for row in comparison.rows],
        "against": comparison.against,
        "tests": [_difference_json(each) for each in comparison.differences],
        "chosen": comparison.chosen,
        "ties": list(selection.ties.get(comparison.chosen, ())) if comparison.chosen else [],
        "chosen_of": selection.chosen.get(comparison.chosen) if comparison.chosen else None,
        **({"refused": list(comparison.apart)} if comparison.apart else {}),
    }


def _row_json(row: Row, comparison: Comparison) -> dict[str, Any]:
    figure, score = comparison.selection.figure, row.score(comparison.metric)
    validation = comparison.selection.values.get(row.name)
    return {
        "row": row.name,
        "runs": [str(run.folder) for run in row.runs],
        "seeds": row.seeds,
        "blind": row.blind,
        **{name: score.get(name) for name in ("value", "low", "high")},
        "unit": row.metrics.get("unit"),
        "units": row.metrics.get("units"),
        "validation": None if validation is None else {"figure": figure, "mean": validation},
        "chosen": row.name in comparison.selection.chosen,
        **{name: row.cost(name) for name in ("parameters", *COSTS)},
        "grade": row.metrics["grade"],
        "claim": list(row.metrics["claim"]),
        "metrics": dict(row.metrics["metrics"]),
    }


def _difference_json(each: Difference) -> dict[str, Any]:
    pair = each.paired
    about: Mapping[str, Any] = {
        "row": each.row,
        "against": each.against,
        "p": pair.p if pair else None,
        "p_corrected": each.corrected,
        "significant": each.significant,
        "said": each.said,
    }
    if pair is None:
        unknown = dict.fromkeys(("difference", "low", "high", "metric", "unit", "units", "test"))
        return {**about, **unknown, "tests": {}, "effects": {}}
    ends = {name: _plain(getattr(pair, name)) for name in ("difference", "low", "high")}
    more = {"metric": pair.metric, "unit": pair.unit, "units": pair.units, "test": pair.primary}
    return {**about, **ends, **more, "tests": dict(pair.tests), "effects": dict(pair.effects)}


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def to_csv_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return a flat record per row, with its difference from the row that all are held against."""
    differences = {each.row: _difference_json(each) for each in comparison.differences}
    names = ("difference", "low", "high", "p", "p_corrected", "significant")
    found = []
    for row in comparison.rows:
        plain = _row_json(row, comparison)
        each = differences.get(row.name, {})
        validation = (plain["validation"] or {}).get("mean")
        lists = {name: " ".join(map(str, plain[name])) for name in ("seeds", "runs")}
        about = {"metric": comparison.metric, "validation": validation, "claim": ", ".join(plain["claim"]), **lists}
        tested = {name if name.startswith(("p", "s", "d")) else f"difference_{name}": each.get(name) for name in names}
        kept = ("row", "value", "low", "high", "chosen", "parameters", *COSTS, "grade")
        found.append({**{name: plain[name] for name in kept}, **about, **tested, "against": comparison.against})
    return found
