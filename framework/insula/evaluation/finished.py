"""Finished run: what the folder of a run that is done says of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from insula.errors import ConfigError, DataError
from insula.evaluation.predict import with_families
from insula.specs import DataSpec, TargetSpec


@dataclass(frozen=True, eq=False)
class FinishedRun:
    """A run's folder, its composed options and its metrics; the rest is read when it is asked for."""

    folder: Path
    config: Mapping[str, Any]
    metrics: Mapping[str, Any]

    @classmethod
    def of(cls, folder: Path) -> "FinishedRun":
        """Read the folder of a run.

        Raises
        ------
        ConfigError
            If it is none, or the run isn't finished.
        """
        if not (folder / "config.json").is_file():
            what = "isn't the folder of a run: it has no config.json" if folder.is_dir() else "is no folder"
            raise ConfigError(f"{folder} {what}; type the folder that a run wrote its report to (runs/DATE/TIME, say)")
        if not (folder / "metrics.json").is_file():
            raise ConfigError(
                f"the run in {folder} isn't finished: it has no metrics.json; the command that began it, with "
                f"hydra.run.dir={folder}, goes on where it stopped"
            )
        try:
            config, metrics = (json.loads((folder / name).read_text()) for name in ("config.json", "metrics.json"))
        except ValueError as error:
            raise ConfigError(f"the run in {folder} can't be read: {error}") from error
        if not isinstance(config, dict) or not isinstance(metrics, dict) or not {"metrics", "grade"} <= metrics.keys():
            raise ConfigError(f"the run in {folder} can't be read: its config.json and metrics.json aren't insula's")
        return cls(folder, config, metrics)

    @property
    def blind(self) -> bool:
        """Whether its test rows are closed still."""
        return bool(self.metrics.get("blind"))

    @cached_property
    def environment(self) -> Mapping[str, Any]:
        """Versions, commit, device, command."""
        path = self.folder / "environment.json"
        return json.loads(path.read_text()) if path.exists() else {}

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """Of the data, and of the folds."""
        path = self.folder / "folds" / "data.json"
        return json.loads(path.read_text()) if path.exists() else {}

    @cached_property
    def bundle(self) -> Mapping[str, Any]:
        """What the first fold's bundle says of itself.

        Raises
        ------
        DataError
            If there is none.
        """
        path = next(iter(sorted(self.folder.glob("folds/*/bundle/bundle.json"))), None)
        if path is None:
            raise DataError(f"the run in {self.folder} has no bundle: its folder isn't whole")
        return json.loads(path.read_text())

    @cached_property
    def targets(self) -> Mapping[str, TargetSpec]:
        """What was predicted; the first one is what ``metrics`` are of."""
        return DataSpec.from_json(self.bundle["data"]).targets

    @cached_property
    def folds(self) -> pd.DataFrame | None:
        """``folds.csv``, as text: which row is what in which fold; None where a run has written none."""
        path = self.folder / "folds.csv"
        return pd.read_csv(path, dtype=str, keep_default_na=False) if path.exists() else None

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """Return one row per held-out window, target, fold and seed; an augmented copy is of its trial's family.

        Raises
        ------
        DataError
            If they aren't there: the run is blind, or its folder isn't whole.
        """
        path = self.folder / "predictions.parquet"
        if self.blind or not path.exists():
            why = f"is blind: insula evaluate {self.folder} opens it" if self.blind else "has no predictions.parquet"
            raise DataError(f"the run in {self.folder} {why}")
        table = pd.read_parquet(path)
        if self.folds is None or "parent" not in self.folds:
            return table
        parents = self.folds[[n for n in ("dataset", "trial", "parent") if n in self.folds]].drop_duplicates()
        return with_families(table, parents.loc[parents["parent"] != ""])


def find_runs(folders: Sequence[Path]) -> list[Path]:
    """Return the folders of runs, each once: those given, and of sweeps and studies those inside.

    Raises
    ------
    ConfigError
        If a folder neither is a run's nor holds any.
    """
    found: list[Path] = []
    for folder in folders:
        inside = [] if (folder / "config.json").is_file() else _inside(folder)
        if not inside and not (folder / "config.json").is_file():
            what = "holds no run" if folder.is_dir() else "is no folder"
            raise ConfigError(
                f"{folder} {what}: type the folder of a run, of a sweep (multirun/DATE/TIME) or of a study"
            )
        found += inside or [folder]
    once: dict[Path, Path] = {}
    for path in found:
        once.setdefault(path.resolve(), path)  # however it was typed
    return list(once.values())


def _inside(folder: Path) -> list[Path]:
    """Return the runs of a sweep, or of several sweeps, in the order of their numbers."""
    own = [path.parent for pattern in ("*/config.json", "*/*/config.json") for path in folder.glob(pattern)]
    return sorted(own, key=lambda path: [(len(part) if part.isdigit() else 99, part) for part in path.parts])
