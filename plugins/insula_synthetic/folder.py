"""The folder that ``insula generate synthetic`` writes: SYNTHETIC.json, manifest.csv and one NPY file per signal."""

import csv
import inspect
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

from insula import DataError, Signal, Trial
from insula_synthetic.eda import SFREQ
from insula_synthetic.modality import MODALITIES
from insula_synthetic.recipe import Recipe

ABOUT = "SYNTHETIC.json"
MANIFEST = "manifest.csv"
NOTE = "SYNTHETIC: made-up data. Scores on it never stand beside published ones."
TRACE = "arousal_trace"
RATERS = "raters_"


def write(root: Path, recipe: Recipe, trials: Sequence[Trial]) -> None:
    """Write all trials of a recipe."""
    root.mkdir(parents=True, exist_ok=True)
    rows = [_write_trial(root, trial) for trial in trials]
    with (root / MANIFEST).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    rates = {
        name: {"sfreq": kind.sfreq, "channels": kind.ch_names, "unit": kind.unit} for name, kind in MODALITIES.items()
    }
    about = {"note": NOTE, "recipe": asdict(recipe), "modalities": rates}
    (root / ABOUT).write_text(json.dumps(about, indent=2), encoding="utf-8")


def recipe_of(root: Path, asked: Recipe, dataset: type) -> Recipe:
    """Return the recipe that a folder was made from.

    Raises
    ------
    DataError
        If the folder isn't one of these, or an option was set to something else than the folder was made with.
    """
    try:
        recipe = Recipe(**json.loads((root / ABOUT).read_text(encoding="utf-8"))["recipe"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{root} isn't a folder of made-up data ({ABOUT}: {error}). Write one (insula generate synthetic "
            f"{root}), or leave dataset.root out: then the data is made in memory"
        ) from error
    options = inspect.signature(dataset).parameters
    for name in (field.name for field in fields(Recipe)):
        wanted, made = getattr(asked, name), getattr(recipe, name)
        if wanted != made and wanted != options[name].default:
            raise DataError(
                f"{root} was made with {name}={made}, so dataset.{name}={wanted} can't be had from it. Leave that "
                "option out, or leave dataset.root out: then the data is made in memory"
            )
    return recipe


def trials_of(root: Path, classes: Sequence[str]) -> list[Trial]:
    """List the trials of a manifest.

    Raises
    ------
    DataError
        If the manifest or a label file is missing or damaged.
    """
    try:
        with (root / MANIFEST).open(newline="", encoding="utf-8") as file:
            return [_trial(root, row, classes) for row in csv.DictReader(file)]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"{root / MANIFEST} can't be read: {error}. Write it anew: insula generate synthetic DIR"
        ) from error


def _write_trial(root: Path, trial: Trial) -> dict[str, str | float]:
    recipe, which = trial.context["recipe"], trial.context["which"]
    arrays = {name: kind.make(recipe, *which) for name, kind in MODALITIES.items()}
    paths = {name: f"{name}/{trial.id}.npy" if data is not None else "" for name, data in arrays.items()}
    trace, raters = trial.labels[TRACE], trial.labels["raters"]
    assert isinstance(trace, Signal)
    assert isinstance(raters, dict)
    arrays[TRACE], paths[TRACE] = trace.data, f"{TRACE}/{trial.id}.npy"
    for name, data in arrays.items():
        if data is not None:
            (root / paths[name]).parent.mkdir(exist_ok=True)
            np.save(root / paths[name], data)
    return {
        "subject": trial.subject,
        "trial": trial.id,
        "stimulus": trial.stimulus or "",
        "emotion": str(trial.labels["emotion"]),
        "arousal": repr(trial.labels["arousal"]),
        **{RATERS + name: share for name, share in raters.items()},
        **{f"path_{name}": path for name, path in paths.items()},
    }


def _trial(root: Path, row: dict[str, str], classes: Sequence[str]) -> Trial:
    trace = np.load(root / row[f"path_{TRACE}"], allow_pickle=False)
    paths = {f"path_{name}": row[f"path_{name}"] for name in MODALITIES if row[f"path_{name}"]}
    return Trial(
        id=row["trial"],
        dataset="synthetic",
        subject=row["subject"],
        stimulus=row["stimulus"],
        labels={
            "emotion": row["emotion"],
            "arousal": float(row["arousal"]),
            TRACE: Signal.of(trace, SFREQ, ["arousal"], "1"),
            "raters": {name: float(row[RATERS + name]) for name in classes},
        },
        context=paths,
    )
