"""The report: one self-contained HTML page and its Markdown, with the numbers beside them as files."""

import json
import logging
import math
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import insula
from insula.evaluation.analysis import Section, Table
from insula.evaluation.results import Results
from insula.plugin.choice import Choice
from insula.report.history import training_curves
from insula.report.quality import quality_tables
from insula.report.render import plain, render, write
from insula.sources.corpus import about
from insula.types import LeftOut

log = logging.getLogger("insula")

GRADES = {
    "A": "no leak was found",
    "B": "data of people under test were used without their single labels, or validation is no check on training",
    "C": "an input says who a person is that training knows",
    "D": "stimuli are shared, and the stimulus all but determines the label",
    "E": "the test rows chose the model",
    "F": "training and test overlap",
}


NAMES = {
    "accuracy": "Accuracy (WA)",
    "balanced_accuracy": "Balanced accuracy (UA)",
    "macro_f1": "Macro F1",
    "weighted_f1": "Weighted F1",
    "parameters": "Parameters",
}


def write_report(results: Results, analyses: Mapping[str, Choice], dataset: Choice, folder: Path) -> dict[str, Any]:
    """Run the analyses, write report.html, report.md, metrics.json and predictions.parquet; return the metrics."""
    write(folder / "predictions.parquet", lambda path: results.predictions.to_parquet(path, index=False))
    metrics = {**results.metrics, "made_up": bool(about(dataset)["made_up"])}
    write(folder / "metrics.json", lambda path: path.write_text(json.dumps(plain(metrics), indent=1)))
    sections = {name: _section(name, choice, results) for name, choice in analyses.items()}
    values = {name: dict(section.values) for name, section in sections.items() if section.values}
    metrics = {**metrics, **({"analyses": values} if values else {})}
    page = _content(results, metrics, [*sections.values(), training_curves(results.folds)], dataset, folder)
    for name in ("report.html", "report.md"):
        write(folder / name, lambda path, name=name: path.write_text(render(name, page), encoding="utf-8"))
    write(folder / "metrics.json", lambda path: path.write_text(json.dumps(plain(metrics), indent=1)))
    return metrics


def _section(name: str, choice: Choice, results: Results) -> Section:
    try:
        return choice.build()(results)
    except Exception as error:  # one analysis, a stranger's perhaps, must not cost the others
        log.warning("analyses.%s could not be made: %s: %s", name, type(error).__name__, error)
        return Section(name, f"This analysis could not be made: {type(error).__name__}: {error}")


def _content(
    results: Results, metrics: Mapping[str, Any], sections: Sequence[Section], dataset: Choice, folder: Path
) -> dict[str, Any]:
    config = results.config
    environment = json.loads((folder / "environment.json").read_text())
    return {
        "title": f"{dataset.name}, {config['split']['name']}",
        "metrics": metrics,
        "headline": headline(metrics),
        "grade": results.audit.grade,
        "grade_means": GRADES[results.audit.grade],
        "claim": results.audit.claim,
        "findings": results.audit.findings,
        "unit_plural": {"stimulus": "stimuli", "subject": "people"}.get(metrics["unit"], f"{metrics['unit']}s"),
        "units": metrics["units"],
        "floors": floors_table(metrics),
        "sections": sections,
        "remarks": results.remarks,
        "left_out": left_out_table(results.left_out),
        "quality": quality_tables(results),
        "windows": len(results.index),
        "trials": results.index["trial"].nunique(),
        "copies": results.index.loc[results.index["parent"].notna(), "trial"].nunique(),
        "people": results.index["subject"].nunique(),
        "seeds": sorted({fold.seed for fold in results.folds}),
        "folds": len({fold.number for fold in results.folds}),
        "about": about(dataset),
        "config": (folder / "config.yaml").read_text(),
        "environment": environment,
        "command": shlex.join(environment["command"]),
        "version": insula.__version__,
    }


def headline(metrics: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return name, value and interval of every metric as text."""
    return [
        {"name": called(name), "value": _number(metric["value"]), "interval": interval(metric)}
        for name, metric in metrics["metrics"].items()
    ]


def called(name: str) -> str:
    """Return how a reader calls a metric."""
    return NAMES.get(name) or name.upper()


def interval(metric: Mapping[str, Any]) -> str:
    """Return ``[low, high]`` or why there is none."""
    if metric.get("low") is None:
        return "no interval: too few units"
    return f"[{_number(metric['low'])}, {_number(metric['high'])}]"


def _number(value: Any) -> str:
    return "–" if value is None or (isinstance(value, float) and not math.isfinite(value)) else f"{value:.3f}"


def floors_table(metrics: Mapping[str, Any]) -> Table:
    """Return what knows nothing of the signals, beside the model."""
    rows = [["this model", *(_number(metrics["metrics"][n]["value"]) for n in list(metrics["metrics"])[:2])]]
    columns = ["predictor", *list(metrics["metrics"])[:2]]
    for floor in metrics["floors"]["baselines"]:
        rows.append([floor["name"], *(_number(floor.get(name)) for name in columns[1:])])
    permutation = metrics["floors"].get("permutation")
    if permutation:
        rows.append(["labels permuted, 97.5 % point", *(_number(permutation[name]["high"]) for name in columns[1:])])
    heads = [columns[0], *map(called, columns[1:])]
    return Table("Floors: what is reached without looking at a signal", heads, rows)


def left_out_table(items: Sequence[LeftOut]) -> Table | None:
    """Return what was not used, by reason, with counts and the first example."""
    if not items:
        return None
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for item in items:
        kind = item.kind or item.why
        counts[kind] += item.count
        first.setdefault(kind, item.what)
    rows = [[count, why, first[why]] for why, count in counts.most_common(50)]
    return Table("Left out", ["how many", "why", "for example"], rows)
