"""The report: one self-contained HTML page and its Markdown, with the numbers beside them as files."""

import json
import logging
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import insula
from insula.evaluation.analysis import Section
from insula.evaluation.blind import opened
from insula.evaluation.results import Results
from insula.plugin.choice import Choice
from insula.report.card import data_card, label_tables, left_out_table, model_card, streams_table
from insula.report.controls import controls_tables
from insula.report.history import training_curves
from insula.report.quality import quality_tables
from insula.report.render import plain, render, slug, write
from insula.report.shown import called, interval, number
from insula.report.words import in_words
from insula.report.worth import floors_figure, floors_table
from insula.sources.corpus import about
from insula.sources.several import Several
from insula.windows.finding import GRADES

log = logging.getLogger("insula")

FIRST, LAST = "What this number is worth", ("Data card", "Model card", "Run it again")
"""What stands before the analyses, and behind them."""


def write_report(
    results: Results, analyses: Mapping[str, Choice], dataset: Choice | Several, folder: Path
) -> dict[str, Any]:
    """Run the analyses, write report.html, report.md, metrics.json and predictions.parquet; return the metrics."""
    write(folder / "predictions.parquet", lambda path: results.predictions.to_parquet(path, index=False))
    metrics = {**results.metrics, "made_up": bool(about(dataset)["made_up"])}
    if when := opened(folder):
        metrics["opened"] = when
    write(folder / "metrics.json", lambda path: path.write_text(json.dumps(plain(metrics), indent=1)))
    sections = {name: section_of(name, choice, results) for name, choice in analyses.items()}
    values = {name: dict(section.values) for name, section in sections.items() if section.values}
    metrics = {**metrics, **({"analyses": values} if values else {})}
    page = _content(results, metrics, [*sections.values(), training_curves(results.folds)], dataset, folder)
    for name in ("report.html", "report.md"):
        write(folder / name, lambda path, name=name: path.write_text(render(name, page), encoding="utf-8"))
    write(folder / "metrics.json", lambda path: path.write_text(json.dumps(plain(metrics), indent=1)))
    return metrics


def section_of(name: str, choice: Choice, results: Results) -> Section:
    """Run an analysis; one that fails has a section that says so."""
    try:
        return choice.build()(results)
    except Exception as error:  # one analysis, a stranger's perhaps, must not cost the others
        log.warning("analyses.%s could not be made: %s: %s", name, type(error).__name__, error)
        return Section(name, f"This analysis could not be made: {type(error).__name__}: {error}")


def _content(
    results: Results, metrics: Mapping[str, Any], sections: Sequence[Section], dataset: Choice | Several, folder: Path
) -> dict[str, Any]:
    told = about(dataset)
    named = {f"{place}-{slug(section.title)}": section for place, section in enumerate(sections, 1)}
    return {
        "title": f"{dataset.name}, {results.config['split']['name']}",
        "metrics": metrics,
        "about": told,
        **_worth(results, metrics),
        "contents": {slug(FIRST): FIRST, **{id_: s.title for id_, s in named.items()}, **{slug(t): t for t in LAST}},
        "sections": named,
        "data_card": data_card(results, told, dataset.name),
        "labels": label_tables(results),
        "remarks": results.remarks,
        "left_out": left_out_table(results.left_out),
        "quality": quality_tables(results),
        "model_card": model_card(results, metrics),
        "streams": streams_table(results),
        **_provenance(folder),
    }


def _worth(results: Results, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the headline and what it is worth, of every target."""
    each = [(_of(metrics, name), target) for name, target in results.data.targets.items()]
    length = (results.config.get("window") or {}).get("length")
    rows = f"windows of {length:g} s" if length else "trials"
    before = [f"{target.name}: " if len(each) > 1 else "" for _, target in each]
    return {
        "headline": headline(metrics),
        "grade": results.audit.grade,
        "grade_means": GRADES[results.audit.grade],
        "claim": results.audit.claim,
        "findings": results.audit.findings,
        "words": [in_words(own, target, rows) for own, target in each],
        "floor_figures": [floors_figure(own, prefix) for (own, _), prefix in zip(each, before, strict=True)],
        "floors": [floors_table(own, prefix) for (own, _), prefix in zip(each, before, strict=True)],
        "controls": [t for (own, _), prefix in zip(each, before, strict=True) for t in controls_tables(own, prefix)],
        "over": metrics["over"],
        "people": _different(results.index, "subject"),
        "trials": _different(results.index, "trial"),
        "copies": _different(results.index.loc[results.index["parent"].notna().to_numpy()], "trial"),
        "windows": len(results.index),
        "folds": len({fold.number for fold in results.folds}),
        "seeds": sorted({fold.seed for fold in results.folds}),
    }


def _provenance(folder: Path) -> dict[str, Any]:
    """Return what it takes to run it again."""
    environment = json.loads((folder / "environment.json").read_text())
    return {
        "config": (folder / "config.yaml").read_text(),
        "environment": environment,
        "command": shlex.join(environment["command"]),
        "version": insula.__version__,
    }


def _different(index: pd.DataFrame, column: str) -> int:
    """Return how many names a column holds, each within its dataset."""
    return len(index[["dataset", column]].drop_duplicates())


def _of(metrics: Mapping[str, Any], target: str) -> Mapping[str, Any]:
    """Return the figures of one target, with what holds for the whole run."""
    return {**metrics, **(metrics.get("targets") or {}).get(target, {})}


def headline(metrics: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return name, value and interval of every metric as text."""
    return [
        {"name": called(name), "value": number(metric["value"]), "interval": interval(metric)}
        for name, metric in metrics["metrics"].items()
    ]
