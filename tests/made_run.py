"""Folders of finished runs, written by hand: predictions of made people, and all that a comparison reads."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from insula.evaluation.finished import FinishedRun
from insula.evaluation.metrics import summarise
from insula.report.compared_row import Row, rows_of
from insula.training.options import TrainingOptions
from made_predictions import CLASS_TARGET, CLASSES, made_predictions

CONFIG: Mapping[str, Any] = {
    "dataset": {"name": "made"},
    "split": {"name": "subject_kfold", "k": 5},
    "streams": {"eeg": {"modality": "eeg", "cell": "shared"}},
    "cell": {"name": "lstm", "hidden_size": 8},
    "training": {"epochs": 3},
    "seed": 0,
}
SPEC = {
    "streams": {},
    "targets": {"emotion": {"name": "emotion", "kind": "classes", "classes": CLASSES, "class_weights": None}},
}


def better(table: pd.DataFrame, by: float) -> pd.DataFrame:
    """Return predictions that give the true class more: a model that is better for everybody."""
    shares = table[[f"p_{name}" for name in CLASSES]].to_numpy()
    shares = shares + by * (table["y"].to_numpy()[:, None] == np.array(CLASSES))
    return table.assign(**{f"p_{c}": shares[:, i] / shares.sum(axis=1) for i, c in enumerate(CLASSES)})


def made_run(
    folder: Path,
    table: pd.DataFrame | None = None,
    *,
    validation: float | None = 0.5,
    config: Mapping[str, Any] | None = None,
    blind: bool = False,
    **about: Any,
) -> Path:
    """Write the folder of a finished run.

    Parameters
    ----------
    table
        Its predictions; None: those of :func:`made_predictions`.
    validation
        Balanced accuracy on validation; None: nothing was validated.
    config
        What replaces parts of :data:`CONFIG`.
    blind
        Whether the test rows are closed.
    about
        What replaces parts of ``metrics.json``.
    """
    table = made_predictions() if table is None else table
    seeds, folds = sorted(set(table["seed"])), sorted(set(table["fold"]))
    plain = {**CONFIG, **(config or {})}
    figures = {} if validation is None else {"loss": 1.0, "balanced_accuracy": validation}
    sizes = {"train": 100, "validation": 20, "test": 48, "adapt": 0}
    summary = {"epochs": 2, "windows": sizes, "parameters": 1000, "validation": figures}
    for seed in seeds:
        for fold in folds:
            inside = folder / "folds" / f"seed{seed}-fold{fold}"
            (inside / "bundle").mkdir(parents=True)
            (inside / "fold.json").write_text(json.dumps({**summary, "seed": int(seed), "fold": int(fold)}))
            history = pd.DataFrame({"epoch": [1, 2, 3], "train_loss": [1.0, 0.9, 0.8], "val_loss": [1.0, 0.9, 1.0]})
            history.to_csv(inside / "history.csv", index=False)
            (inside / "bundle" / "bundle.json").write_text(json.dumps({"data": SPEC, "plugins": {"cells": "0.1.0"}}))
    found = summarise(table, CLASS_TARGET, "subject")
    each = [{"seed": int(seed), "fold": int(fold), "sizes": sizes} for seed in seeds for fold in folds]
    if blind:
        found = {"blind": True, "metrics": {}, "unit": "subject"}
    else:
        table.to_parquet(folder / "predictions.parquet", index=False)
    cost = {"macs": 5000, "elementwise": 100, "train_seconds": 2.0, "latency_ms": 0.5}
    worth = {"grade": "A", "claim": ["new people"], "parameters": 1000, "cost": cost, "validation": figures}
    (folder / "metrics.json").write_text(json.dumps({**found, "folds": each, **worth, **about}))
    (folder / "config.json").write_text(json.dumps(plain))
    (folder / "folds" / "data.json").write_text(json.dumps({"folds": "the same", "signals": "these"}))
    environment = {"versions": {"torch": "2.6"}, "commit": "abc", "python": "3.11", "device": "cpu", "command": []}
    (folder / "environment.json").write_text(json.dumps(environment))
    assert TrainingOptions(**plain["training"])
    return folder


def cell(name: str) -> dict[str, Any]:
    """Return the options that a run with another cell has of its own."""
    return {"cell": {"name": name, "hidden_size": 8}}


def read(*folders: Path) -> list[Row]:
    """Return the rows of such runs."""
    return rows_of([FinishedRun.of(folder) for folder in folders])
