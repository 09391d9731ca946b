"""metrics: the figures of a run, as tables."""

from collections.abc import Mapping
from typing import Any

from insula import Analysis, Results, Section, Table, TargetSpec

TITLES = {
    "accuracy": "accuracy (WA)",
    "balanced_accuracy": "balanced accuracy (UA)",
    "macro_f1": "macro F1",
    "weighted_f1": "weighted F1",
    "ccc": "CCC",
    "pearson": "Pearson's r",
    "rmse": "RMSE",
    "mae": "mean absolute error",
    "calibration": "calibration error",
}


class Metrics(Analysis):
    """Tables of every metric with its interval, per window and per trial, and per class, subject and fold.

    Parameters
    ----------
    digits
        Decimal places.
    """

    def __init__(self, *, digits: int = 3) -> None:
        self.digits = digits

    def __call__(self, results: Results) -> Section:
        """Return the tables of every target."""
        tables: list[Table] = []
        for name, target in results.data.targets.items():
            summary = results.metrics.get("targets", {}).get(name, results.metrics)
            prefix = f"{name}: " if len(results.data.targets) > 1 else ""
            tables += self._tables(summary, target, prefix)
        return Section("Metrics", self._text(results.metrics), tables)

    def _text(self, summary: Mapping[str, Any]) -> str:
        over = f"brackets are 95 % intervals over {summary['over']}, never over windows, folds or seeds"
        too_few = f"{summary['over']} is too few for an interval"
        return f"Values are pooled over folds and averaged over seeds; {over if summary['units'] > 1 else too_few}."

    def _tables(self, summary: Mapping[str, Any], target: TargetSpec, prefix: str) -> list[Table]:
        by_seed = len({fold["seed"] for fold in summary["folds"]}) > 1
        fold_heads = ["fold", *(["seed"] if by_seed else []), "windows", *summary["metrics"]]
        worst = {"subject": "the worst tenth", "windows": None, **summary["worst_decile"]}
        tables = [
            self._headline(summary, prefix),
            self._records(f"{prefix}per subject", [*summary["per_subject"], worst]),
            self._records(
                f"{prefix}per fold", [{head: fold[head] for head in fold_heads} for fold in summary["folds"]]
            ),
        ]
        if target.kind != "number":
            tables.insert(1, self._records(f"{prefix}per class", summary["per_class"]))
        return tables

    def _headline(self, summary: Mapping[str, Any], prefix: str) -> Table:
        rows = [
            (
                TITLES[name],
                self._interval(summary["metrics"][name]),
                self._interval(summary["trial"][name]),
                f"{self._show(summary['fold_mean'][name]['mean'])} ± {self._show(summary['fold_mean'][name]['sd'])}",
            )
            for name in summary["metrics"]
        ]
        return Table(f"{prefix}held-out windows", ("metric", "per window", "per trial", "mean ± SD over folds"), rows)

    def _records(self, caption: str, records: list[Mapping[str, Any]]) -> Table:
        columns = list(records[0]) if records else []
        rows = [[self._show(record[column]) for column in columns] for record in records]
        return Table(caption, [TITLES.get(column, column) for column in columns], rows)

    def _interval(self, entry: Mapping[str, float | None]) -> str:
        value = self._show(entry["value"])
        return value if entry["low"] is None else f"{value} [{self._show(entry['low'])}, {self._show(entry['high'])}]"

    def _show(self, value: Any) -> str:
        """Show numbers short, counts whole, and what isn't defined as a dash."""
        if value is None:
            return "–"
        if isinstance(value, float):
            return f"{value:.0f}" if value.is_integer() and abs(value) > 1 else f"{value:.{self.digits}f}"
        return str(value)
