"""Measured: what a finished run has to show in a study."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

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

    @classmethod
    def of(cls, folder: Path, options: str) -> "Measured | None":
        """Read a run; None where it hasn't got that far, or the folder's run has other options than the study's."""
        try:
            config, metrics = (json.loads((folder / name).read_text()) for name in ("config.json", "metrics.json"))
        except (OSError, ValueError):
            return None
        if digest_options(config) != options:
            return None
        folds = sorted(path.parent for path in folder.glob("folds/*/history.csv"))
        histories = [pd.read_csv(fold / "history.csv") for fold in folds]
        return cls(
            metrics, config, histories, [json.loads((fold / "fold.json").read_text())["epochs"] for fold in folds]
        )

    def curve(self, name: str) -> pd.Series:
        """Return a figure by epoch: the mean of the models still trained then, while they are half of all or more."""
        columns = [history.set_index("epoch")[name] for history in self.histories if name in history]
        if not columns:
            return pd.Series(dtype=float)
        table = pd.DataFrame(dict(enumerate(columns))).sort_index()
        return table.loc[2 * table.notna().sum(axis=1) >= len(columns)].mean(axis=1)

    def at_taken(self, name: str) -> float | None:
        """Return the mean of a figure at the epochs that were taken; None where a model lacks it."""
        found = [
            history.loc[history["epoch"] == taken, name].mean()
            for history, taken in zip(self.histories, self.taken, strict=True)
            if name in history
        ]
        mean = float(pd.Series(found, dtype=float).mean(skipna=False))
        return mean if found and len(found) == len(self.histories) and pd.notna(mean) else None
