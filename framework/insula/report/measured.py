"""Measured: what a finished run has to show in a study."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from insula.errors import ConfigError
from insula.evaluation.finished import FinishedRun
from insula.evaluation.run_folder import digest_options


@dataclass(frozen=True, eq=False)
class Measured:
    """A finished run: its metrics, the options it had, and how training went in every fold of every seed."""

    metrics: Mapping[str, Any]
    config: Mapping[str, Any]
    histories: Sequence[pd.DataFrame]
    """One row per epoch, as ``history.csv``."""
    taken: Sequence[int]
    """The epochs whose weights were taken."""
    validation: Mapping[str, float] = field(default_factory=dict)
    """The mean of every validation figure, as ``metrics.json`` has it; a refitted run's are in no history."""

    @classmethod
    def of(cls, folder: Path, options: str) -> "Measured | None":
        """Read a run; None where it hasn't got that far, or the folder's run has other options than the study's."""
        try:
            run = FinishedRun.of(folder)
        except ConfigError:
            return None
        return cls.read(run) if digest_options(run.config) == options else None

    @classmethod
    def read(cls, *runs: FinishedRun) -> "Measured":
        """Read a run, or several that differ in their seeds only."""
        folds = [path.parent for run in runs for path in sorted(run.folder.glob("folds/*/history.csv"))]
        histories = [_of_training(pd.read_csv(fold / "history.csv")) for fold in folds]
        taken = [json.loads((fold / "fold.json").read_text())["epochs"] for fold in folds]
        return cls(runs[0].metrics, runs[0].config, histories, taken, _means(runs))

    def curve(self, name: str) -> pd.Series:
        """Return a figure by epoch: the mean of the models still trained then, while they are half of all or more."""
        columns = [history.set_index("epoch")[name] for history in self.histories if name in history]
        if not columns:
            return pd.Series(dtype=float)
        table = pd.DataFrame(dict(enumerate(columns))).sort_index()
        return table.loc[2 * table.notna().sum(axis=1) >= len(columns)].mean(axis=1)

    def on_validation(self, name: str) -> float | None:
        """Return the mean of a figure at the epochs that were taken; None where a model lacks it."""
        if name in self.validation:
            return self.validation[name]
        found = [
            history.loc[history["epoch"] == taken, f"val_{name}"].mean()
            for history, taken in zip(self.histories, self.taken, strict=True)
            if f"val_{name}" in history
        ]
        mean = float(pd.Series(found, dtype=float).mean(skipna=False))
        return mean if found and len(found) == len(self.histories) and pd.notna(mean) else None


def _of_training(history: pd.DataFrame) -> pd.DataFrame:
    """Return the epochs before a model was adapted to anybody."""
    return history.loc[history["stage"] == "training"] if "stage" in history else history


def _means(runs: Sequence[FinishedRun]) -> dict[str, float]:
    """Return the validation figures that all runs have, weighed by their folds and seeds."""
    each = [run.metrics.get("validation") or {} for run in runs]
    folds = [len(run.metrics.get("folds") or ()) for run in runs]
    names = [name for name in each[0] if all(name in found for found in each)]
    return {n: sum(found[n] * many for found, many in zip(each, folds, strict=True)) / sum(folds) for n in names}
