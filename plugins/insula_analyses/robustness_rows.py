"""Robustness rows: several runs' values under the same changes, side by side."""

from collections.abc import Callable, Mapping
from typing import Any

from insula import Table
from insula_analyses.metrics import TITLES
from insula_analyses.robustness_target import interval, show

DIGITS = 2
AS_THEY_ARE = "as they are"


def robustness_tables(values: Mapping[str, Mapping[str, Any]]) -> list[Table]:
    """Return two tables for every target: the metric, and its fall; a line per change, a column per run.

    Parameters
    ----------
    values
        Run to target to what :class:`~insula_analyses.robustness_target.RobustnessTarget` has as ``values``.
    """
    targets = dict.fromkeys(target for own in values.values() for target in own)
    return [
        table
        for target in targets
        for table in _tables(target, {n: v[target] for n, v in values.items() if target in v})
    ]


def _tables(target: str, runs: Mapping[str, Mapping[str, Any]]) -> list[Table]:
    measure = next(iter(next(iter(runs.values()))["clean"]))
    changes = dict.fromkeys((each["change"], each["label"]) for own in runs.values() for each in own["changes"])
    known = {name: {(each["change"], each["label"]): each for each in own["changes"]} for name, own in runs.items()}

    def lines(cell: Callable[[Mapping[str, Any]], str]) -> list[list[str]]:
        return [
            [", ".join(change), *(cell(own[change]) if change in own else "–" for own in known.values())]
            for change in changes
        ]

    clean = [AS_THEY_ARE, *(show(own["clean"][measure]["value"], DIGITS) for own in runs.values())]
    worse = lines(lambda each: show(each["metrics"][measure]["value"], DIGITS))
    heads = ("signals", *runs)
    return [
        Table(f"{target}: {TITLES[measure]}", heads, [clean, *worse]),
        Table(f"{target}: fall of {TITLES[measure]}", heads, lines(lambda each: interval(each["fall"], DIGITS))),
    ]
