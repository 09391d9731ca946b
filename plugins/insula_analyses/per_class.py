"""per_class: precision, recall and F1 of every class, side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

from insula import Analysis, Figure, Results, Section, TargetSpec, drawing

FIGURES = {"recall": ("#3b82c4", "o"), "precision": ("#c98a12", "s"), "f1": ("#2e9e5b", "D")}
"""What is drawn, with its colour and marker: shapes tell them apart without colour too."""
_WHAT = (
    "Recall: of the windows of a class, the share that is found. Precision: of the windows that are called so, the "
    "share that is. F1 is their harmonic mean. Held-out windows pooled over folds, averaged over seeds; a class "
    "that is never named has precision 0, and one without windows no recall."
)


class PerClass(Analysis):
    """A figure per target of every class's precision, recall and F1, with how many windows it has."""

    def __call__(self, results: Results) -> Section:
        """Return one figure for every target that has classes; the numbers are those of ``metrics.json``."""
        targets = [target for target in results.data.targets.values() if target.kind != "number"]
        if not targets:
            return Section("Per class", "Every target of this run is a number, and numbers have no classes.")
        several = results.metrics.get("targets", {})
        rows = {target.name: several.get(target.name, results.metrics)["per_class"] for target in targets}
        read = [_read(target, rows[target.name]) for target in targets]
        return Section(
            "Per class", "\n\n".join([*read, _WHAT]), figures=[_figure(target, rows[target.name]) for target in targets]
        )


def _read(target: TargetSpec, rows: Sequence[Mapping[str, Any]]) -> str:
    """Say which class is found best and which worst."""
    known = sorted((row for row in rows if row["recall"] is not None), key=lambda row: -row["recall"])
    if len(known) < 2:
        return f"{target.name}: fewer than two classes have held-out windows."
    best, worst = known[0], known[-1]
    return (
        f"{target.name}: {best['class']} is found most often ({best['recall']:.0%} of its windows), {worst['class']} "
        f"least ({worst['recall']:.0%})."
    )


def _figure(target: TargetSpec, rows: Sequence[Mapping[str, Any]]) -> Figure:
    with drawing(7.4, 0.9 + 0.42 * len(rows)) as it:
        axes = it.canvas.subplots()
        for name, (colour, marker) in FIGURES.items():
            known = [(row[name], place) for place, row in enumerate(rows) if row[name] is not None]
            label = "F1" if name == "f1" else name
            axes.plot(*zip(*known, strict=True) if known else ((), ()), marker, color=colour, ms=6, label=label)
        axes.set_yticks(range(len(rows)), [f"{row['class']} ({row['support']:.6g})" for row in rows])
        axes.set(xlim=(-0.02, 1.02), ylim=(len(rows) - 0.5, -0.5))
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.grid(alpha=0.2)
        it.canvas.legend(loc="outside upper right", ncols=3, frameon=False)
    told = "; ".join(f"{row['class']} {', '.join(f'{name} {_show(row[name])}' for name in FIGURES)}" for row in rows)
    caption = f"{target.name}: recall, precision and F1 of every class; in brackets its held-out windows"
    return it.figure(caption, f"Recall, precision and F1 by class of {target.name}. {told}.")


def _show(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.2f}"
