"""Selection: which of several runs validation chose, among those with one protocol."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from insula.evaluation.validation import SEES_TEST
from insula.report.measured import Measured

COMPARABLE = ("balanced_accuracy", "ccc")
"""By these rows are compared where each was stopped by its loss: losses of rows with other weights, smoothing or l2 are
sums of other terms."""
PROTOCOL = ("dataset", "split", "window", "targets", "seed")
EQUAL = 1e-9
"""Figures that differ by no more are a tie."""


@dataclass(frozen=True)
class Selection:
    """The validation figure of every run that has one, and which runs it chose."""

    figure: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    chosen: Mapping[str, int] = field(default_factory=dict)
    """Run to the number of runs it was chosen from; of a tie the first."""
    ties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Chosen run to the others that validation finds as good."""


def select(
    runs: Mapping[str, Measured], protocols: Mapping[str, str] | None = None, metric: str | None = None
) -> Selection:
    """Return the mean validation figure over folds and seeds at the epochs taken, and the best run of every protocol.

    A run that validated nothing has no validation figure, nor has one whose validation rows were its test rows, or
    shared something with them.

    Parameters
    ----------
    runs
        By name.
    protocols
        Name to what tells its protocol from others; None: dataset, split, windows, targets, seeds, grade and claim.
    metric
        The figure to choose by, where every run has it. Else what all monitor, other than the loss; else balanced
        accuracy, or CCC.
    """
    honest = {name: run for name, run in runs.items() if not _sees_test(run)}
    monitored = {_training(run, "monitor", "loss") for run in honest.values()}
    several = [*([metric] if metric else ()), *(monitored if len(monitored) == 1 else ()), *COMPARABLE]
    for figure in (name for name in several if name != "loss"):
        found = {name: run.on_validation(figure) for name, run in honest.items()}
        values = {name: value for name, value in found.items() if value is not None}
        if values:
            known = protocols or {name: _protocol(runs[name]) for name in values}
            return _chosen(figure, values, known)
    return Selection()


def _chosen(figure: str, values: Mapping[str, float], protocols: Mapping[str, str]) -> Selection:
    chosen, ties = {}, {}
    for protocol in dict.fromkeys(protocols[name] for name in values):
        rivals = [name for name in values if protocols[name] == protocol]
        if len(rivals) > 1:
            best = max(values[name] for name in rivals)
            first, *others = (name for name in rivals if values[name] >= best - EQUAL)
            chosen[first], ties[first] = len(rivals), tuple(others)
    return Selection(figure, values, chosen, ties)


def _protocol(run: Measured) -> str:
    known = {
        **{key: run.config.get(key) for key in PROTOCOL},
        **{key: run.metrics.get(key) for key in ("grade", "claim")},
    }
    return json.dumps(known, sort_keys=True)


def _sees_test(run: Measured) -> bool:
    found = (run.metrics.get("audit") or {}).get("findings") or ()
    by_test = _training(run, "select_on", "validation") == "test"
    return by_test or any(finding["kind"] in SEES_TEST for finding in found)


def _training(run: Measured, option: str, default: str) -> str:
    return (run.config.get("training") or {}).get(option, default)
