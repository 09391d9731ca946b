"""A row of a comparison: a run, or runs that differ in nothing but their seeds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from insula.evaluation.finished import FinishedRun
from insula.evaluation.metrics import summarise
from insula.evaluation.run_folder import digest_options
from insula.report.difference import names_of
from insula.report.measured import Measured
from insula.specs import TargetSpec

COSTS = ("macs", "elementwise", "train_seconds", "latency_ms")
"""As ``metrics.json`` names them, beside ``parameters``."""


@dataclass(frozen=True, eq=False)
class Row:
    """Runs of one row, with the name that tells them from the others."""

    name: str
    runs: tuple[FinishedRun, ...]

    @property
    def first(self) -> FinishedRun:
        """The run that speaks for all, where seeds don't matter."""
        return self.runs[0]

    @property
    def blind(self) -> bool:
        """Whether its test rows are closed."""
        return any(run.blind for run in self.runs)

    @cached_property
    def target(self) -> TargetSpec:
        """What is compared: the first target."""
        return next(iter(self.first.targets.values()))

    @cached_property
    def measured(self) -> Measured:
        """What validation said, and how training went."""
        return Measured.read(*self.runs)

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """Of the first target: those of all seeds."""
        several = [run.predictions for run in self.runs]
        return pd.concat([table.loc[table["target"] == self.target.name] for table in several], ignore_index=True)

    @cached_property
    def metrics(self) -> Mapping[str, Any]:
        """As ``metrics.json``; of several runs over all of their seeds, which are averaged within units."""
        own = self.first.metrics
        if len(self.runs) == 1:
            return own
        pooled = {} if self.blind else summarise(self.predictions, self.target, own["unit"])
        return {**own, **pooled, "cost": {name: self._mean(name) for name in COSTS}}

    def _mean(self, name: str) -> float | None:
        found = [(run.metrics.get("cost") or {}).get(name) for run in self.runs]
        return None if None in found else float(np.mean(found))  # type: ignore[arg-type]

    def score(self, metric: str) -> Mapping[str, float | None]:
        """Return ``value, low, high`` of a metric on the test rows; nothing where they are closed."""
        return self.metrics["metrics"].get(metric) or {}

    def cost(self, name: str) -> float | None:
        """Return ``parameters`` or one of :data:`COSTS`; None: it isn't known."""
        return self.metrics.get("parameters") if name == "parameters" else (self.metrics.get("cost") or {}).get(name)

    @property
    def seeds(self) -> list[int]:
        """The seeds of its runs."""
        return sorted({seed for run in self.runs for seed in _seeds(run)})


def rows_of(runs: Sequence[FinishedRun], names: Mapping[Path, str] | None = None) -> list[Row]:
    """Put runs that differ in nothing but their seeds into one row each, and name the rows.

    Parameters
    ----------
    runs
        In the order of the rows.
    names
        Folder to name; None: the options that tell the rows apart. Rows that would have one name are called after
        their first run's folder.
    """
    rows: dict[str, list[FinishedRun]] = {}
    for number, run in enumerate(runs):
        key = _key(run, "" if names is None else names[run.folder])
        known = {seed for other in rows.get(key, ()) for seed in _seeds(other)}
        rows.setdefault(f"{key} {number}" if known & _seeds(run) else key, []).append(run)
    several = list(rows.values())
    if names is None:
        folders = [run.folder.name for run, *_ in several]
        folders = folders if len(set(folders)) == len(folders) else [str(run.folder) for run, *_ in several]
        found = names_of([run.config for run, *_ in several], folders)
    else:
        given = [names[run.folder] for run, *_ in several]
        found = [
            own if given.count(own) == 1 else run.folder.name for own, (run, *_) in zip(given, several, strict=True)
        ]
    return [Row(name, tuple(group)) for name, group in zip(found, several, strict=True)]


def _key(run: FinishedRun, name: str) -> str:
    """Return what is the same of runs that differ in nothing but their seeds."""
    options = digest_options({**run.config, "seed": None, "analyses": None})
    return json.dumps([name, options, run.digests, run.metrics.get("grade"), run.blind], sort_keys=True)


def _seeds(run: FinishedRun) -> set[int]:
    return {fold["seed"] for fold in run.metrics.get("folds", ())}
