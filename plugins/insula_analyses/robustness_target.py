"""Robustness target: how one target's metrics change with the signals, as a table, a figure and values."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from insula import Figure, Results, Table, TargetSpec, drawing
from insula_analyses.line_styles import COLOURS
from insula_analyses.metrics import TITLES
from insula_analyses.robustness_answers import RobustnessAnswers

OF_CLASSES = ("balanced_accuracy", "accuracy")
MEASURES = {"classes": OF_CLASSES, "binary": OF_CLASSES, "number": ("ccc", "rmse")}
"""The metrics that are shown, by kind of target; the first one's fall is measured and drawn."""
Interval = dict[str, float | None]


@dataclass(frozen=True, eq=False)
class RobustnessTarget:
    """One target's metrics with the signals as they are, and under every change."""

    results: Results
    name: str
    clean: RobustnessAnswers
    changed: Sequence[RobustnessAnswers]

    @property
    def target(self) -> TargetSpec:
        """What is said of it."""
        return self.results.data.targets[self.name]

    @property
    def measures(self) -> tuple[str, ...]:
        """The metrics that are shown."""
        return MEASURES[self.target.kind]

    @cached_property
    def values(self) -> dict[str, Any]:
        """What goes into ``metrics.json``."""
        return {
            "clean": self._metrics(self.clean),
            "changes": [
                {
                    "change": each.change.kind,
                    "severity": each.change.severity,
                    "label": each.change.label,
                    "metrics": self._metrics(each),
                    "fall": self.results.fall(self.clean.table, each.table, self.name),
                    "lost": each.lost(self.clean),
                }
                for each in self.changed
                if each.change
            ],
        }

    def table(self, digits: int) -> Table:
        """Return a line per change and severity."""
        heads = ("signals", *(TITLES[name] for name in self.measures), "fall", "windows that lost a stream")
        rows = [("as they are", *self._shown(self.values["clean"], digits), "", "")]
        for each in self.values["changes"]:
            lost = ", ".join(f"{stream} {count}" for stream, count in each["lost"].items())
            fall = interval(each["fall"], digits)
            rows.append((_title(each), *self._shown(each["metrics"], digits), fall, lost or "–"))
        return Table(f"{self.name}: with signals that got worse", heads, rows)

    def figure(self) -> Figure:
        """Draw the first metric of every kind of change over its severities, beside that of the unchanged signals."""
        measure, clean = self.measures[0], self.values["clean"][self.measures[0]]
        kinds = list(dict.fromkeys(each["change"] for each in self.values["changes"]))
        with drawing(2.4 * len(kinds) + 0.6, 3.2) as it:
            panels = it.canvas.subplots(1, len(kinds), sharey=True, squeeze=False)[0]
            for axes, kind in zip(panels, kinds, strict=True):
                own = [each for each in self.values["changes"] if each["change"] == kind]
                _panel(axes, kind, [("as is", clean), *((each["label"], each["metrics"][measure]) for each in own)])
            panels[0].set_ylabel(TITLES[measure])
        said = "; ".join(f"{_title(e)}: {show(e['metrics'][measure]['value'], 2)}" for e in self.values["changes"])
        return it.figure(
            f"{self.name}: {TITLES[measure]} on test windows whose signals got worse; bars are 95 % intervals over the "
            f"{self.results.unit}, the line is the value with the signals as they are",
            f"{TITLES[measure]} of {self.name} by change. As they are: {show(clean['value'], 2)}; {said}.",
        )

    def _metrics(self, answers: RobustnessAnswers) -> dict[str, Interval]:
        found = self.results.score(answers.table, self.name)
        return {name: found[name] for name in self.measures}

    def _shown(self, metrics: dict[str, Interval], digits: int) -> list[str]:
        return [interval(metrics[name], digits) for name in self.measures]


def _title(change: dict[str, Any]) -> str:
    return f"{change['change']}, {change['label']}"


def _panel(axes: Any, kind: str, points: Sequence[tuple[str, Interval]]) -> None:
    ink = axes.xaxis.label.get_color()
    for place, (_, metric) in enumerate(points):
        if metric["value"] is None:
            continue
        colour = COLOURS[1] if place else ink
        axes.plot(place, metric["value"], "o", ms=4, color=colour)
        if metric["low"] is not None:
            axes.plot([place, place], [metric["low"], metric["high"]], lw=1.2, color=colour)
    if points[0][1]["value"] is not None:
        axes.axhline(points[0][1]["value"], color=ink, lw=0.8, ls=":", alpha=0.6)
    axes.set_xticks(range(len(points)), [name for name, _ in points], rotation=40, ha="right")
    axes.set(title=kind, xlim=(-0.5, len(points) - 0.5))
    axes.spines[["top", "right"]].set_visible(False)


def interval(metric: Interval, digits: int) -> str:
    """Show a value with its interval, where it has one."""
    value = show(metric["value"], digits)
    if metric["low"] is None:
        return value
    return f"{value} [{show(metric['low'], digits)}, {show(metric['high'], digits)}]"


def show(value: float | None, digits: int) -> str:
    """Show a value; what isn't defined as a dash."""
    return "–" if value is None else f"{value:.{digits}f}"
