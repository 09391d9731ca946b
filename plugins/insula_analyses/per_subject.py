"""per_subject: how well every person is read, and how well the model knows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from insula import Analysis, Figure, Results, Section, TargetSpec, drawing

TITLES = {
    "accuracy": "accuracy",
    "ccc": "CCC",
    "calibration": "calibration error",
}
NAMED = 45
"""People above which a figure doesn't name them."""
_WORST, _OTHERS, _MEAN = "#d9534f", "#3b82c4", "#8a949c"
_CALIBRATION = (
    "Calibration error: by how much the probability that the model gives its answer lies off the share of right "
    "answers, on average over a person's windows; a handful of windows is never quite at 0."
)


class PerSubject(Analysis):
    """A figure per target of every person's accuracy (CCC of numbers) and calibration, with the worst tenth marked."""

    def __call__(self, results: Results) -> Section:
        """Return one figure for every target; the numbers are those of ``metrics.json``."""
        texts, figures = [], []
        for name, target in results.data.targets.items():
            own = results.metrics.get("targets", {}).get(name, results.metrics)
            shown = "ccc" if target.kind == "number" else "accuracy"
            rows = sorted(
                (row for row in own["per_subject"] if row.get(shown) is not None),
                key=lambda row: (row[shown], row["subject"]),
            )
            if len(rows) < 2:
                texts.append(f"{name}: figures of one person at most, so there is nothing to compare.")
                continue
            worst = max(1, len(rows) // 10)
            texts.append(_read(target, shown, rows, worst))
            figures.append(_figure(target, shown, rows, worst))
        classes = any(target.kind != "number" for target in results.data.targets.values())
        explained = [_CALIBRATION] if classes and figures else []
        return Section("Per subject", "\n\n".join([*texts, *explained]), figures=figures)


def _read(target: TargetSpec, shown: str, rows: Sequence[Mapping[str, Any]], worst: int) -> str:
    values = [row[shown] for row in rows]
    middle = values[len(values) // 2] if len(values) % 2 else sum(values[len(values) // 2 - 1 :][:2]) / 2
    mean = sum(values[:worst]) / worst
    whom = f"person {rows[0]['subject']}" if worst == 1 else f"the {worst} people of the worst tenth"
    return (
        f"{target.name}: {TITLES[shown]} is from {values[0]:.2f} to {values[-1]:.2f} over {len(rows)} people, half of "
        f"whom lie above {middle:.2f}. For {whom} it is {mean:.2f}. A mean over people says nothing of them."
    )


def _figure(target: TargetSpec, shown: str, rows: Sequence[Mapping[str, Any]], worst: int) -> Figure:
    panels = [shown] + ["calibration"] * any(row.get("calibration") is not None for row in rows)
    each = 0.24 if len(rows) <= NAMED else 0.09
    with drawing(4.4 + 3.4 * (len(panels) - 1), 0.9 + each * len(rows)) as it:
        several = it.canvas.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axes, name in zip(several, panels, strict=True):
            _draw(axes, [row.get(name) for row in rows], worst, 5.0 if len(rows) <= NAMED else 2.5)
            axes.set_title(TITLES[name], loc="left", fontsize=9, weight="bold")
        several[0].set_ylim(len(rows) - 0.5, -0.5)
        names = [str(row["subject"]) for row in rows] if len(rows) <= NAMED else []
        several[0].set_yticks(range(len(names)), names)
    told = ", ".join(f"{row['subject']} {row[shown]:.2f}" for row in rows)
    caption = f"{target.name}: every person, the worst first; red: the worst tenth, grey line: the mean over people"
    return it.figure(caption, f"By person, {target.name}: {TITLES[shown]} of {told}.")


def _draw(axes: Any, values: Sequence[float | None], worst: int, size: float) -> None:
    known = [(value, place) for place, value in enumerate(values) if value is not None]
    if known:
        axes.axvline(sum(value for value, _ in known) / len(known), color=_MEAN, lw=1)
    for value, place in known:
        axes.plot(value, place, "s" if place < worst else "o", color=_WORST if place < worst else _OTHERS, ms=size)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", alpha=0.2)
    axes.locator_params(axis="x", nbins=5)
