"""Worth: where the model stands among floors and baselines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from insula.evaluation.analysis import Figure, Table
from insula.evaluation.drawing import drawing
from insula.report.shown import called, number

MODEL, RULE, CHANCE, BASELINE = "#3b82c4", "#8a949c", "#c98a12", "#2e9e5b"
PERMUTED = "labels permuted"
Ends = Mapping[str, float | None]
"""``value, low, high``."""


@dataclass(frozen=True)
class Standing:
    """One predictor: its name, its metrics, and what colour it has in the figure."""

    name: str
    metrics: Mapping[str, Ends]
    colour: str


def standings(metrics: Mapping[str, Any]) -> list[Standing]:
    """Return the model, the classic baselines where there are some, and what knows no signal."""
    names = list(metrics["metrics"])
    found = [Standing("this model", metrics["metrics"], MODEL)]
    controls = metrics.get("controls") or {}
    baselines = dict(controls.get("baselines") or {})
    if neighbours := controls.get("neighbours"):
        baselines["nearest neighbour"] = neighbours.get("metrics") or {}
    for name, own in baselines.items():
        if known := {key: own[key] for key in names if key in own}:
            found.append(Standing(name.replace("_", " "), known, BASELINE))
    for floor in metrics["floors"]["baselines"]:
        known = {key: {"value": floor.get(key), "low": None, "high": None} for key in names}
        found.append(Standing(floor["name"], known, RULE))
    if permuted := metrics["floors"].get("permutation"):
        known = {key: {"value": of["mean"], "low": of["low"], "high": of["high"]} for key, of in permuted.items()}
        found.append(Standing(PERMUTED, known, CHANCE))
    return found


def floors_table(metrics: Mapping[str, Any], prefix: str = "") -> Table:
    """Return what knows nothing of the signals, beside the model."""
    names = list(metrics["metrics"])[:2]
    rows = [[each.name, *(_cell(each.metrics.get(name)) for name in names)] for each in standings(metrics)]
    caption = f"{prefix}The model, baselines, and floors, which are reached without looking at a signal"
    return Table(caption, ["predictor", *map(called, names)], rows)


def _cell(ends: Ends | None) -> str:
    if ends is None or ends["value"] is None:
        return "–"
    return number(ends["value"]) + ("" if ends["low"] is None else f" [{number(ends['low'])}, {number(ends['high'])}]")


def floors_figure(metrics: Mapping[str, Any], prefix: str = "") -> Figure:
    """Draw every predictor as a point with its interval; of permuted labels the middle 95 %."""
    names, several = list(metrics["metrics"])[:2], standings(metrics)
    with drawing(8.6, 0.75 + 0.27 * len(several)) as it:
        panels = it.canvas.subplots(1, len(names), sharey=True, squeeze=False)[0]
        for axes, name in zip(panels, names, strict=True):
            _draw(axes, several, name)
            axes.set_title(called(name), loc="left", fontsize=9, weight="bold")
        panels[0].set_yticks(range(len(several)), [each.name for each in several])
        panels[0].set_ylim(len(several) - 0.5, -0.5)
    told = "; ".join(f"{each.name} {_cell(each.metrics.get(names[0]))}" for each in several)
    fitted = (
        ", classic baselines on statistics of its streams (green)" if BASELINE in {e.colour for e in several} else ""
    )
    caption = (
        f"{prefix}The model (blue){fitted} and what is reached without looking at a signal (grey). Bars: 95 % "
        "intervals; of permuted labels (amber) the middle 95 % of the draws"
    )
    return it.figure(caption, f"{called(names[0])} of the model and of its floors: {told}.")


def _draw(axes: Any, several: Sequence[Standing], name: str) -> None:
    own = several[0].metrics[name]
    if own["value"] is not None:
        axes.axvline(own["value"], color=MODEL, lw=0.8, alpha=0.5)
    for place, each in enumerate(several):
        ends = each.metrics.get(name)
        if ends is None or ends["value"] is None:
            continue
        if ends["low"] is not None:
            axes.plot([ends["low"], ends["high"]], [place, place], color=each.colour, lw=2.2, alpha=0.55)
        axes.plot(ends["value"], place, "o", color=each.colour, ms=7 if each is several[0] else 5)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", alpha=0.2)
