"""Datasets: checks of a Dataset."""

import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from insula.errors import InsulaError
from insula.plugin.testing.specimen import Specimen, Tested
from insula.sources.dataset import Dataset
from insula.types import Signal, Target, Trial


def check_dataset(component: Tested | Dataset, *, root: Path | str | None = None, **options: Any) -> None:
    """Check a dataset against its contract.

    ``root`` is where its files are; without one, a dataset that needs a root is checked on what its generator writes.
    """
    if isinstance(component, Dataset):
        _check_trials(Specimen("datasets", type(component)), component)
        return
    with tempfile.TemporaryDirectory() as folder:
        specimen = Specimen("datasets", component, (root and Path(root),), options)
        if root is None and specimen.cls.needs_root:  # type: ignore[attr-defined]
            root = generated(specimen, Path(folder) / "generated")
        specimen.given = (root and Path(root),)
        with specimen.trying("constructing it"):
            dataset = specimen.build()
        _check_trials(specimen, dataset)
        if specimen.cls.needs_root:  # type: ignore[attr-defined]
            _check_missing_root(specimen, Path(folder) / "nothing_here")


def generated(specimen: Specimen, folder: Path) -> Path:
    """Let the dataset write made-up files, and return where."""
    try:
        specimen.cls.generate(folder)  # type: ignore[attr-defined]
    except InsulaError as error:
        raise AssertionError(f"{specimen.name}: {error}; pass a folder of its files: root=...") from error
    return folder


def _check_trials(specimen: Specimen, dataset: Dataset) -> None:
    for what in ("licence", "citation"):
        specimen.expect(
            bool(getattr(dataset, what, "")), f"it declares no {what}. Set it as a class attribute, in a sentence."
        )
    specimen.expect(
        bool(dataset.readers) and all(isinstance(reader, str | Mapping) for reader in dataset.readers.values()),
        "it names no reader. Set readers = {modality: name of a registered reader}.",
    )
    specimen.expect(
        bool(dataset.targets) and all(isinstance(target, Target) for target in dataset.targets.values()),
        "it declares no target. Set targets = {name: insula.Target(kind, classes)}.",
    )
    with specimen.trying("trials()"):
        trials = list(dataset.trials())
        again = [trial.id for trial in dataset.trials()]
    specimen.expect(bool(trials), "it lists no trial. Raise DataError with the path where nothing is found.")
    ids = [trial.id for trial in trials]
    specimen.expect(len(set(ids)) == len(ids), "two trials share an id. Build ids from what tells trials apart.")
    specimen.expect(ids == again, "asked twice it lists other trials, or in another order. Sort what a folder gives.")
    for trial in trials:
        _check_trial(specimen, dataset, trial)


def _check_trial(specimen: Specimen, dataset: Dataset, trial: Trial) -> None:
    where = f"trial {trial.id!r}"
    specimen.expect(bool(trial.subject), f"{where} has no subject, without which no split can keep people apart.")
    specimen.expect(
        trial.start >= 0 and (trial.stop is None or trial.stop > trial.start),
        f"{where} stops at {trial.stop}, before its start.",
    )
    for name, target in dataset.targets.items():
        for key in target.keys(name):
            label = trial.labels.get(key)
            specimen.expect(
                _fits(label, Target("number") if target.cuts else target),
                f"{where}: the label {label!r} doesn't fit the target {name!r} ({target.kind} "
                f"{', '.join(target.classes)}). Map it to a declared class, or to None.",
            )


def _fits(label: Any, target: Target) -> bool:
    if label is None or isinstance(label, Signal):
        return True
    if isinstance(label, Mapping):
        return set(label) <= set(target.classes) and all(weight >= 0 for weight in label.values())
    if target.kind == "number":
        return isinstance(label, int | float) and math.isfinite(label)
    return label in target.classes


def _check_missing_root(specimen: Specimen, folder: Path) -> None:
    specimen.given = (folder,)
    with specimen.trying(f"a root that isn't there ({folder.name}; raise insula.DataError with the path)"):
        try:
            trials = list(specimen.build().trials())
        except InsulaError as error:
            specimen.expect(folder.name in str(error), f"its message on a missing root doesn't name the path: {error}")
            return
    specimen.expect(
        False, f"a root that isn't there gives {len(trials)} trials and no error. Raise insula.DataError with the path."
    )
