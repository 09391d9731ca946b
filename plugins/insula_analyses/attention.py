"""attention: which moments of a window a model attends to, by class."""

from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from insula import Analysis, Results, Section, Table
from insula_analyses.attention_curves import curves
from insula_analyses.attention_reading import ALL, Reading
from insula_analyses.attention_watch import CONDITIONS, Watch, watch
from insula_analyses.grouping import groupings
from insula_analyses.null import show

TITLE = "Temporal attention"
CLEAR = 0.2
"""By how much one correlation must exceed the other before the text says what the profile follows."""
ABOUT = (
    "Mean attention over held-out windows of {models}, at most {windows} of each. Noise has no emotion in it and an "
    "untrained network knows none: a profile that they give too says nothing of emotion. Edge share: the weight in the "
    "first and the last eighth of a window, relative to uniform attention, which is 1. r: the correlation with the "
    "trained network's profile of the same class."
)

POSITION = (
    "It stays where it was, so its shape comes from the position of a step (padding, the cell's first state), not from "
    "when something happens in the window."
)
CONTENT = "It turns round with the input, so its shape follows what happens in the window."
EITHER = "It looks alike from both ends, so this can't tell position from content; the other two controls can."


class Attention(Analysis):
    """Shows which moments of a window every stream with attention attends to, by class, beside three controls.

    The mean weight per step is that of PhyMER's liquid-network paper (arXiv:2602.06997, Fig. 5), on held-out windows.
    The controls are the untrained network, draws from N(0, 1) in place of the samples, and the input reversed in time:
    a profile that follows content then turns round, and one that follows position stays. How much the classes differ is
    held against labels permuted among each person's trials. Windows of different lengths meet in relative time.

    Parameters
    ----------
    windows
        How many held-out windows of every fold and seed are looked at at most, drawn at random.
    permutations
        How often the labels are permuted.
    """

    def __init__(
        self, *, windows: Annotated[int, Field(gt=0)] = 1000, permutations: Annotated[int, Field(gt=0)] = 100
    ) -> None:
        self.windows, self.permutations = windows, permutations

    def __call__(self, results: Results) -> Section:
        """Return a figure and two tables for every stream with attention and every target."""
        watches: dict[str, Watch] = {}
        for fold in results.folds:
            watch(fold, results.data.streams, self.windows, watches)
        if not watches:
            return Section(TITLE, "No stream of this model has a pooling with attention weights.")
        text, tables, figures = [ABOUT.format(models=_models(results), windows=self.windows)], [], []
        values: dict[str, Any] = {}
        for stream, seen in watches.items():
            if seen.steps == 1 or not seen.rows:
                text.append(
                    f"{stream}: {'one step' if seen.steps == 1 else 'no held-out window'}, so nothing to weigh."
                )
                continue
            readings = {g.target: Reading.of(seen, g, self.permutations) for g in groupings(results)}
            text.append(_position(stream, next(iter(readings.values()))))
            for target, reading in readings.items():
                text.append(_classes(stream, target, reading))
                tables += _tables(stream, target, reading)
                figures.append(curves(stream, seen, reading))
            values[stream] = {target: _values(reading) for target, reading in readings.items()}
        return Section(TITLE, "\n\n".join(text), tables, figures, values)


def _models(results: Results) -> str:
    many, seeds = len({fold.number for fold in results.folds}), len({fold.seed for fold in results.folds})
    return "one model" if many * seeds == 1 else f"{many * seeds} models (folds: {many}, seeds: {seeds})"


def _position(stream: str, reading: Reading) -> str:
    """Say whether the profile follows the position of a step or its content."""
    found = reading.correlations()[ALL]
    same, turned = found["reversed"], found["turned_back"]
    if not np.isfinite([same, turned]).all():
        return f"{stream}: the mean profile is flat: no moment has more weight than another."
    verdict = POSITION if same - turned > CLEAR else CONTENT if turned - same > CLEAR else EITHER
    return (
        f"{stream}: with the input reversed in time, the mean profile correlates {same:.2f} with that of the input as "
        f"it is, and {turned:.2f} once turned back. {verdict}"
    )


def _classes(stream: str, target: str, reading: Reading) -> str:
    null = reading.permuted
    if not np.isfinite(reading.difference):
        return f"{stream}, {target}: these windows are of one class, or none, so there is no difference to show."
    more = "more than" if null.where(reading.difference) == "above" else "no more than"
    return (
        f"{stream}, {target}: the profiles of the classes differ by {show(reading.difference)} (standard deviation, "
        f"uniform attention is 1), {more} with labels permuted among each person's trials: {null}, p = {show(null.p)}."
    )


def _tables(stream: str, target: str, reading: Reading) -> list[Table]:
    shares = [(group, *map(show, each.values())) for group, each in reading.edge_shares().items()]
    found = [
        (group, *(f"{r:.2f}" if np.isfinite(r) else "–" for r in each.values()))
        for group, each in reading.correlations().items()
    ]
    controls = [title for name, title in CONDITIONS.items() if name != "trained"]
    return [
        Table(f"{stream}, {target}: edge share (uniform is 1)", ("windows", *CONDITIONS.values()), shares),
        Table(
            f"{stream}, {target}: r of the mean profile with the trained one",
            ("windows", *controls, "the last one turned back"),
            found,
        ),
    ]


def _values(reading: Reading) -> dict[str, Any]:
    profiles = {
        group: {name: [round(float(value), 5) for value in profile] for name, profile in each.items()}
        for group, each in reading.profiles.items()
    }
    return {
        "edge_share": reading.edge_shares(),
        "correlation": reading.correlations(),
        "difference": {"value": reading.difference, "permuted": asdict(reading.permuted)},
        "profile": profiles,
    }
