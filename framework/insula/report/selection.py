"""Selection: which row of a study validation chose, among those with one protocol."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from insula.report.measured import Measured

COMPARABLE = ("balanced_accuracy", "ccc")
"""By these rows are compared where each was stopped by its loss: losses of rows with other weights, smoothing or l2 are
sums of other terms."""
PROTOCOL = ("dataset", "split", "window", "targets", "seed")


@dataclass(frozen=True)
class Selection:
    """The validation figure of every run that has one, and which runs it chose."""

    figure: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    chosen: Mapping[str, int] = field(default_factory=dict)
    """Run to the number of runs it was chosen from."""


def select(runs: Mapping[str, Measured]) -> Selection:
    """Return the mean validation figure over folds and seeds at the epochs taken, and the best run of every protocol.

    A run that was stopped by its test rows has no validation figure, and so has one that validated nothing or was refit
    on its validation rows.
    """
    honest = {name: run for name, run in runs.items() if _training(run, "select_on", "validation") == "validation"}
    monitored = {_training(run, "monitor", "loss") for run in honest.values()}
    several = [*(monitored if len(monitored) == 1 else ()), *COMPARABLE]
    for figure in (name for name in several if name != "loss"):
        found = {name: run.at_taken(f"val_{figure}") for name, run in honest.items()}
        values = {name: value for name, value in found.items() if value is not None}
        if values:
            return Selection(figure, values, _best(values, {name: _protocol(runs[name]) for name in values}))
    return Selection()


def _best(values: Mapping[str, float], protocols: Mapping[str, str]) -> dict[str, int]:
    chosen = {}
    for protocol in dict.fromkeys(protocols.values()):
        rivals = [name for name, own in protocols.items() if own == protocol]
        if len(rivals) > 1:
            chosen[max(rivals, key=values.__getitem__)] = len(rivals)
    return chosen


def _protocol(run: Measured) -> str:
    known = {
        **{key: run.config.get(key) for key in PROTOCOL},
        **{key: run.metrics.get(key) for key in ("grade", "claim")},
    }
    return json.dumps(known, sort_keys=True)


def _training(run: Measured, option: str, default: str) -> str:
    return (run.config.get("training") or {}).get(option, default)
