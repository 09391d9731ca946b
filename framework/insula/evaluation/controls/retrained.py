"""Retrained: the run's own model, trained anew on windows that a control has changed."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from insula.evaluation.fold import FoldRun
from insula.evaluation.predict import join
from insula.windows.split import Fold
from insula.windows.windows import Windows

Change = Callable[[Fold], Windows]
"""Returns a run's windows as a control changes them for a fold."""


def retrained(runs: Sequence[FoldRun], change: Change, folder: Path, name: str) -> pd.DataFrame:
    """Train and test all folds on changed windows, as the run does; return the predictions.

    A fold that was finished isn't trained again, and one that was begun goes on from its last checkpoint.

    Parameters
    ----------
    runs
        The run's folds, of one seed.
    folder
        Of the run's controls.
    name
        What the folders of the folds are called.
    """
    tables = []
    for run in runs:
        own = replace(run, windows=change(run.fold), folder=_place(folder, name, run))
        if not own.finished:
            own.run()
        tables.append(own.predictions())
    return join(tables)


def forget(runs: Sequence[FoldRun], folder: Path, name: str) -> None:
    """Delete what training on changed windows has left behind: models that nobody should use."""
    for run in runs:
        shutil.rmtree(_place(folder, name, run), ignore_errors=True)


def kept(path: Path, key: Any, make: Callable[[], Any]) -> Any:
    """Return what a file holds if it was made for this key; else make it and write it, whole or not at all."""
    if path.exists():
        held = json.loads(path.read_text())
        if held["key"] == key:
            return held["value"]
    value = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps({"key": key, "value": value}, indent=1))
    part.replace(path)
    return value


def _place(folder: Path, name: str, run: FoldRun) -> Path:
    return folder / f"{name}-fold{run.number}"
