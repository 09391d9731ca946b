"""The report of a blind run: what validation said, and nothing of the test rows."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

import insula
from insula.evaluation.analysis import Table
from insula.evaluation.results import Results
from insula.plugin.choice import Choice
from insula.report.card import left_out_table
from insula.report.history import training_curves
from insula.report.page import section_of
from insula.report.quality import quality_tables
from insula.report.render import plain, render, write
from insula.report.shown import called
from insula.sources.corpus import about
from insula.sources.several import Several
from insula.windows.finding import GRADES


def write_blind_report(
    results: Results, analyses: Mapping[str, Choice], dataset: Choice | Several, folder: Path
) -> dict[str, Any]:
    """Write report.html, report.md and metrics.json of a run whose test rows are closed; return the metrics.

    Of the analyses only those run that say of themselves that they look at no test row
    (:attr:`insula.Analysis.reads_test`).
    """
    shown = {name: choice for name, choice in analyses.items() if not choice.cls.reads_test}
    sections = {name: section_of(name, choice, results) for name, choice in shown.items()}
    values = {name: dict(section.values) for name, section in sections.items() if section.values}
    metrics = {**results.metrics, "made_up": bool(about(dataset)["made_up"])}
    metrics = {**metrics, **({"analyses": values} if values else {})}
    environment = json.loads((folder / "environment.json").read_text())
    page = {
        "title": f"{dataset.name}, {results.config['split']['name']}",
        "made_up": metrics["made_up"],
        "folder": shlex.quote(str(folder)),
        "audit": results.audit,
        "grade_means": GRADES[results.audit.grade],
        "validation": _validation(metrics),
        "sections": [*sections.values(), training_curves(results.folds)],
        "withheld": [name for name in analyses if name not in shown],
        "remarks": results.remarks,
        "left_out": left_out_table(results.left_out),
        "quality": quality_tables(results),
        "config": (folder / "config.yaml").read_text(),
        "environment": environment,
        "command": shlex.join(environment["command"]),
        "parameters": metrics["parameters"],
        "models": len(results.folds),
        "version": insula.__version__,
    }
    for name in ("report.html", "report.md"):
        text = render(name.replace("report", "blind"), page)
        write(folder / name, lambda path, text=text: path.write_text(text, encoding="utf-8"))
    write(folder / "metrics.json", lambda path: path.write_text(json.dumps(plain(metrics), indent=1)))
    return metrics


def _validation(metrics: Mapping[str, Any]) -> Table | None:
    """Return the mean of every validation figure, and its spread over folds, seeds averaged within a fold."""
    figures = metrics["validation"]
    if not figures:
        return None
    each = pd.DataFrame([{"fold": fold["fold"], **fold["validation"]} for fold in metrics["folds"]])
    spread = each.groupby("fold")[list(figures)].mean()
    rows = []
    for name, value in figures.items():
        ends = (spread[name].min(), spread[name].max(), spread[name].std())
        rows.append([called(name), f"{value:.3f}", *(f"{end:.3f}" if end == end else "–" for end in ends)])
    heads = ["figure", "mean", "lowest fold", "highest fold", "standard deviation over folds"]
    return Table("On the validation rows, at the epochs whose weights were taken", heads, rows)
