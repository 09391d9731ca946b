"""The page of a study: its table, metrics over its axes, the curves of its runs."""

import json
import logging
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from insula.evaluation.analysis import Section
from insula.report.across import analyses_across
from insula.report.axis import over_axis
from insula.report.curves import curves
from insula.report.measured import Measured
from insula.report.render import plain, render, write
from insula.report.selection import Selection, select
from insula.report.shown import called
from insula.report.study_comparison import compared
from insula.report.study_table import ALWAYS, study_table

log = logging.getLogger("insula")
NOT_HERE = "not run here"
"""The state of a published result that stands beside the runs."""
VALIDATION = (
    "{figure}, validation: the mean over folds and seeds at the epochs whose weights were taken. Among rows with one "
    "protocol (data, windows, targets, split, seeds, grade and claim) the best is marked as chosen: its validation "
    "value is the best of n, and flatters; its test value had no part in the choice. A row whose "
    "validation rows were test rows, or share something with them, has no validation value."
)


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
    found = {name: Measured.of(folder / name, job["options"]) for name, job in jobs.items()}
    there = {name: run for name, run in found.items() if run}
    made_up = any(run.metrics.get("made_up") for run in there.values())
    chosen = select(there)
    rows = [record for name, row in study["rows"].items() for record in _records(name, row, jobs, found, chosen)]
    # Typed beside a study, another dataset (or another choice from it) makes its published scores those of other data.
    keys = {word.lstrip("+~").partition("=")[0] for word in study["beside"]}
    elsewhere = any(re.match(r"(dataset|labels)\b", key) and not key.endswith(".root") for key in keys)
    comparable = not made_up and not elsewhere
    rows = [row for row in rows if row["state"] != NOT_HERE or comparable]
    page = {
        "title": study["title"],
        "size": study["size"],
        "made_up": made_up,
        "text": _text(study, chosen, comparable),
        "tables": [study_table(study["title"], rows, chosen.figure, with_published=comparable)],
        "sections": _sections(rows, there, folder),
        "reports": {name: f"{name}/report.html" for name in there},
    }
    for name in ("study.html", "study.md"):
        write(folder / name, lambda path, name=name: path.write_text(render(name, page), encoding="utf-8"))
    kept = {**{name: study[name] for name in ("name", "size", "beside")}, "made_up": made_up, "rows": rows}
    write(folder / "study.json", lambda path: path.write_text(json.dumps(plain(kept), indent=1)))
    log.info("the study's table: %s", folder / "study.html")


def _records(
    name: str,
    row: Mapping[str, Any],
    jobs: Mapping[str, Mapping[str, Any]],
    found: Mapping[str, Measured | None],
    chosen: Selection,
) -> list[dict[str, Any]]:
    own = [job for job, about in jobs.items() if about["row"] == name]
    about = {key: row[key] for key in ("published", "protocol", "note", "at")}
    if not own:
        return [{"row": name, **about, "state": "not run" if row["run"] else NOT_HERE}]
    several = len(own) > 1
    return [
        {"row": job if several else name, "of": name, "run": job, **about, **_measured(job, found[job], chosen)}
        for job in own
    ]


def _measured(job: str, run: Measured | None, chosen: Selection) -> dict[str, Any]:
    if run is None:
        return {"state": "no result"}
    kept = ("metrics", "parameters", "grade", "claim", "unit", "units", "fold_mean")
    validation = {"figure": chosen.figure, "mean": chosen.values[job]} if job in chosen.values else None
    about = {"validation": validation, "chosen_of": chosen.chosen.get(job)}
    return {"state": "done", **{name: run.metrics.get(name) for name in kept}, **about}


def _sections(rows: Sequence[Mapping[str, Any]], runs: Mapping[str, Measured], folder: Path) -> list[Section]:
    done = [row for row in rows if row["state"] == "done"]
    on_axes = {row["row"]: row["metrics"] for row in done if row["at"]}
    metrics = next(iter(on_axes.values()), {})
    shown = [name for name in ALWAYS if name in metrics] or list(metrics)[:2]
    points = {row["row"]: row["at"] for row in rows if row["at"]}
    axis = over_axis(points, on_axes, shown) if len(on_axes) > 1 else None
    training = curves({row["row"]: runs[row["run"]] for row in done})
    tested = compared({folder / row["run"]: row["of"] for row in done})
    analyses = analyses_across({row["row"]: runs[row["run"]] for row in done})
    return [section for section in (axis, *tested, *analyses, training) if section]


def _text(study: Mapping[str, Any], chosen: Selection, comparable: bool) -> list[str]:
    source = [f"Published values: {study['source']}."] if study["source"] and comparable else []
    beside = [f"These runs are the study's with {' '.join(study['beside'])}."] if study["beside"] else []
    return [
        *source,
        *beside,
        "Measured values carry 95 % intervals over what the protocol holds out. The best test value of n rows is the "
        "best of n: which row to take is a question for validation.",
        *([VALIDATION.format(figure=called(chosen.figure))] if chosen.values else []),
    ]
