"""Axis: what was measured over the values of a study's longest axis."""

from collections.abc import Mapping, Sequence
from typing import Any

from insula.evaluation.analysis import Section
from insula.evaluation.drawing import drawing
from insula.report.shown import called

Metrics = Mapping[str, Mapping[str, Any]]
"""Name to ``value, low, high``."""
COLOURS = ("#3b82c4", "#d9534f", "#2e9e5b", "#c98a12", "#8e63ce", "#1a9fa8", "#d1649a", "#8a7a5c")
LINES = ("-", "--", ":", "-.")
MARKERS = "osD^vP*X"


def over_axis(
    points: Mapping[str, Mapping[str, str]], measured: Mapping[str, Metrics], names: Sequence[str]
) -> Section:
    """Draw metrics over the longest axis, in a colour for every combination of the others, with intervals.

    Points of numbers are joined by a line; between two names there is nothing.

    Parameters
    ----------
    points
        Row to axis to value, in order, for all rows that the axes make.
    measured
        Row to its metrics, for the rows that are done.
    names
        Which metrics, a panel each.
    """
    values = {axis: list(dict.fromkeys(at[axis] for at in points.values())) for axis in next(iter(points.values()))}
    longest = max(values, key=lambda axis: len(values[axis]))
    lines: dict[str, list[tuple[int, Metrics]]] = {}
    for row, at in points.items():
        others = ", ".join(f"{axis} {value}" for axis, value in at.items() if axis != longest)
        if row in measured:
            lines.setdefault(others, []).append((values[longest].index(at[longest]), measured[row]))
    with drawing(9, 2.9 * len(names) + 0.2 * len(lines)) as it:
        panels = it.canvas.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
        for axes, name in zip(panels, names, strict=True):
            _draw(axes, lines, name, joined=all(map(_is_number, values[longest])))
            axes.set(ylabel=called(name))
        panels[-1].set_xticks(range(len(values[longest])), values[longest])
        panels[-1].set_xlabel(longest)
        if len(lines) > 1:
            handles, labels = panels[0].get_legend_handles_labels()
            it.canvas.legend(handles, labels, loc="outside lower left", frameon=False, ncols=2)
    text = "On the test rows, with 95 % intervals over what the protocol holds out; points of one value stand together."
    what = f"{longest}: {', '.join(map(called, names))}"
    several = f"; {'; '.join(lines)}" if len(lines) > 1 else ""
    figure = it.figure(f"Over {what}", f"Metrics over {what}{several}. The values are in the study's table.")
    return Section(f"Over {longest}", text, figures=[figure])


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _draw(axes: Any, lines: Mapping[str, Sequence[tuple[int, Metrics]]], name: str, *, joined: bool) -> None:
    for number, (label, several) in enumerate(lines.items()):
        beside = 0.5 * (number - (len(lines) - 1) / 2) / max(len(lines), 3)
        found = [
            (place + beside, metrics[name])
            for place, metrics in several
            if metrics.get(name, {}).get("value") is not None
        ]
        style: dict[str, Any] = {"color": COLOURS[number % len(COLOURS)], "lw": 1.2, "label": label}
        turn = number // len(COLOURS)
        style |= {"ls": LINES[turn % len(LINES)] if joined else "none", "marker": MARKERS[turn % len(MARKERS)]}
        x, y = [place for place, _ in found], [metric["value"] for _, metric in found]
        axes.plot(x, y, ms=3.5 if joined else 5, **style)
        known = [(place, metric["low"], metric["high"]) for place, metric in found if metric.get("low") is not None]
        for place, low, high in known:
            axes.plot([place, place], [low, high], color=style["color"], lw=1, alpha=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.2)
