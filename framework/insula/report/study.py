"""The table of a study: what was published and what was measured here, side by side."""

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from insula.evaluation.analysis import Table
from insula.evaluation.run_folder import digest_options
from insula.report.page import called, interval
from insula.report.render import plain, render, write

log = logging.getLogger("insula")
NOT_HERE = "not run here"
"""The state of a published result that stands beside the runs."""
ALWAYS = ("accuracy", "balanced_accuracy")
"""Shown for every run, whether published or not."""


def write_study(study: Mapping[str, Any], jobs: Mapping[str, Mapping[str, Any]], folder: Path) -> None:
    """Write study.html, study.md and study.json.

    Parameters
    ----------
    study
        Name, size, title, source, rows, and what was typed beside (see :func:`insula.cli.study.told`).
    jobs
        By the name of its folder, the row that a run belongs to and the digest of its options; one without metrics
        (yet) is shown so.
    folder
        Of the sweep.
    """
    found = {name: measured(folder / name, job["options"]) for name, job in jobs.items()}
    there = [metrics for metrics in found.values() if metrics]
    made_up = any(metrics.get("made_up") for metrics in there)
    rows = [record for name, row in study["rows"].items() for record in _records(name, row, jobs, found)]
    rows = [row for row in rows if row["state"] != NOT_HERE or not made_up]
    page = {
        "title": study["title"],
        "size": study["size"],
        "made_up": made_up,
        "text": _text(study),
        "tables": [_table(study["title"], rows, with_published=not made_up)],
        "reports": {name: f"{name}/report.html" for name, metrics in found.items() if metrics},
    }
    for name in ("study.html", "study.md"):
        write(folder / name, lambda path, name=name: path.write_text(render(name, page), encoding="utf-8"))
    kept = {**{name: study[name] for name in ("name", "size", "beside")}, "made_up": made_up, "rows": rows}
    write(folder / "study.json", lambda path: path.write_text(json.dumps(plain(kept), indent=1)))
    log.info("the study's table: %s", folder / "study.html")


def measured(folder: Path, options: str) -> dict[str, Any] | None:
    """Return the metrics of a run, or None where it hasn't got that far, or the folder's run has other options."""
    try:
        config, metrics = (json.loads((folder / name).read_text()) for name in ("config.json", "metrics.json"))
    except (OSError, ValueError):
        return None
    return metrics if digest_options(config) == options else None


def _records(
    name: str,
    row: Mapping[str, Any],
    jobs: Mapping[str, Mapping[str, Any]],
    found: Mapping[str, dict[str, Any] | None],
) -> list[dict[str, Any]]:
    own = [job for job, about in jobs.items() if about["row"] == name]
    about = {"published": row["published"], "protocol": row["protocol"], "note": row["note"]}
    if not own:
        return [{"row": name, **about, "state": "not run" if row["run"] else NOT_HERE}]
    return [{"row": job if len(own) > 1 else name, **about, **_measured(found[job])} for job in own]


def _measured(metrics: Mapping[str, Any] | None) -> dict[str, Any]:
    if metrics is None:
        return {"state": "no result"}
    kept = ("metrics", "parameters", "grade", "claim", "unit", "units", "fold_mean")
    return {"state": "done", **{name: metrics.get(name) for name in kept}}


def _text(study: Mapping[str, Any]) -> list[str]:
    source = [f"Published values: {study['source']}."] if study["source"] else []
    beside = [f"These runs are the study's with {' '.join(study['beside'])}."] if study["beside"] else []
    return [
        *source,
        *beside,
        "Measured values carry 95 % intervals over what the protocol holds out. The best test value of several rows is "
        "the best of several: which row to take is a question for validation.",
    ]


def _table(caption: str, rows: Sequence[Mapping[str, Any]], *, with_published: bool) -> Table:
    scores = [name for row in rows for name in (*row["published"], *ALWAYS)]
    columns = [*dict.fromkeys(name for name in scores if name != "parameters"), "parameters"]
    columns = [
        name for name in columns if any(name in {*row["published"], *(row.get("metrics") or {})} for row in rows)
    ]
    shown = [name for name in columns if any(name in row["published"] for row in rows)]
    shown = [name for name in shown if with_published or name == "parameters"]
    lines = [_line(row, columns, shown) for row in rows]
    heads = [head for head in lines[0] if any(line[head] != "" for line in lines)]
    return Table(caption, heads, [[line[head] for head in heads] for line in lines])


def _line(row: Mapping[str, Any], columns: Sequence[str], published: Sequence[str]) -> dict[str, str]:
    line = {"row": row["row"]}
    for name in columns:
        if name in published:
            line[f"{called(name)}, published"] = _published(name, row["published"].get(name))
        line[f"{called(name)}, here"] = _here(name, row)
    claim = (", ".join(row["claim"] or ()) or "none") if row["state"] == "done" else ""
    about = {"protocol as published": row["protocol"] if row["published"] else "", "note": row["note"]}
    return {**line, "leakage grade": row.get("grade") or "", "claim here": claim, **about}


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
