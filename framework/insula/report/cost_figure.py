"""Cost figure: how good rows are, over what they cost."""

from collections.abc import Sequence
from typing import Any

from insula.evaluation.analysis import Figure
from insula.evaluation.drawing import drawing
from insula.report.axis import COLOURS, MARKERS
from insula.report.compared_row import Row
from insula.report.comparison import Comparison
from insula.report.comparison_tables import short
from insula.report.shown import called

AXES = {
    "parameters": "parameters",
    "macs": "MACs per window (without other operations)",
    "train_seconds": "training of a model (s)",
    "latency_ms": "latency of a window (ms)",
}
Point = tuple[float, float, float | None, float | None]


def cost_figure(comparison: Comparison) -> Figure | None:
    """Draw the metric over parameters, MACs and training time, on logarithmic axes, with intervals.

    A cost that is the same for all rows, or isn't known of two, has no panel; None where no panel is left.
    """
    panels = {name: found for name in AXES if len(set(_costs(found := _points(comparison, name)))) > 1}
    if not panels:
        return None
    shown = [row.name for row in comparison.rows if any(row.name in found for found in panels.values())]
    metric = comparison.selection.figure if comparison.blind else comparison.metric
    where = "on validation" if comparison.blind else "on the test rows, with 95 % intervals"
    across = min(len(panels), 2)
    down = -(-len(panels) // across)
    with drawing(4.5 * across, 3.0 * down + 0.22 * -(-len(shown) // 2)) as it:
        grid = it.canvas.subplots(down, across, sharey=True, squeeze=False)
        for axes in grid.ravel()[len(panels) :]:
            axes.set_visible(False)
        for axes, (name, found) in zip(grid.ravel(), panels.items(), strict=False):
            _draw(axes, found, shown)
            axes.set(xscale="log", xlabel=AXES[name])
            _plain_ticks(axes, _costs(found))
        for axes in grid[:, 0]:
            axes.set_ylabel(called(metric))
        handles, labels = next(iter(grid.ravel())).get_legend_handles_labels()
        it.canvas.legend(handles, labels, loc="outside lower left", frameon=False, ncols=2)
    what = ", ".join(AXES[name] for name in panels)
    caption = f"{called(metric)} {where}, over what a row costs"
    return it.figure(caption, f"{caption}: {what}. Rows: {'; '.join(shown)}")


def _points(comparison: Comparison, cost: str) -> dict[str, Point]:
    """Return cost, value and interval of every row that has them."""
    found = {}
    for row in comparison.rows:
        at, (value, low, high) = row.cost(cost), _value(row, comparison)
        if at and value is not None:
            found[row.name] = (float(at), value, low, high)
    return found


def _value(row: Row, comparison: Comparison) -> tuple[float | None, float | None, float | None]:
    if comparison.blind:
        return comparison.selection.values.get(row.name), None, None
    score = row.score(comparison.metric)
    return score.get("value"), score.get("low"), score.get("high")


def _costs(points: dict[str, Point]) -> list[float]:
    return [cost for cost, *_ in points.values()]


def _plain_ticks(axes: Any, costs: Sequence[float]) -> None:
    """Label a logarithmic axis by plain numbers, also where it spans less than a power of ten."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    spans = max(costs) / min(costs)
    fine = LogLocator(subs=(1.0, 2.0, 5.0)) if spans < 1000 else LogLocator()
    axes.xaxis.set_major_locator(MaxNLocator(4) if spans < 10 else fine)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda cost, _: short(cost)))


def _draw(axes: Any, points: dict[str, Point], shown: Sequence[str]) -> None:
    for number, name in enumerate(shown):
        colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number // len(COLOURS) % len(MARKERS)]
        cost, value, low, high = points.get(name, (float("nan"), float("nan"), None, None))
        axes.plot([cost], [value], marker, color=colour, ms=5, label=name)
        if low is not None and high is not None:
            axes.plot([cost, cost], [low, high], color=colour, lw=1, alpha=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.2)
