"""Open a dataset: its trials and the readers of a run's streams."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from insula.errors import ConfigError, DataError
from insula.plugin.choice import Choice
from insula.plugin.manager import Plugins, nearest
from insula.sources.dataset import Dataset
from insula.sources.lot import Lot
from insula.sources.made_up import MADE_UP
from insula.sources.reader import Reader
from insula.sources.several import Several
from insula.types import LeftOut, Target, Trial

log = logging.getLogger("insula")
CARD = ("licence", "citation", "consent", "identifiability", "intended_use")
"""What a dataset says of itself, for the report."""


@dataclass(frozen=True, eq=False)
class Corpus:
    """A dataset that was opened: its trials listed, no signal read."""

    choice: Choice
    dataset: Dataset
    trials: Sequence[Trial]
    unlabelled: Sequence[LeftOut] = ()

    @property
    def parts(self) -> Mapping[str, "Corpus"]:
        """The datasets of the run by key: this one, which needs none."""
        return {"": self}

    @property
    def name(self) -> str:
        """How a message calls it."""
        return self.choice.name

    @property
    def targets(self) -> list[str]:
        """The names of its targets."""
        return list(self.dataset.targets)

    @property
    def terms(self) -> Mapping[str, str]:
        """What the dataset calls columns of the index."""
        return self.dataset.terms

    def lots(self, trials: Sequence[Trial]) -> list[Lot]:
        """Return trials as the dataset lists them."""
        return [Lot("", self.choice, trials, trials)]

    @property
    def left_out(self) -> list[LeftOut]:
        """What the dataset found and didn't use, and what a run has no use for."""
        return [*self.dataset.left_out, *self.unlabelled]

    def labelled(self, targets: Mapping[str, Target]) -> "Corpus":
        """Return the corpus without the trials that have no label for any target: no need to prepare them.

        Raises
        ------
        DataError
            If none has one.
        """
        why = f"no label for {' or '.join(targets)}"
        keys = {key for name, target in targets.items() for key in target.keys(name)}
        kept = [trial for trial in self.trials if any(trial.labels.get(key) is not None for key in keys)]
        if not kept:
            raise DataError(f"no window is left of {len(self.trials)} trials: trial {self.trials[0].id}: {why}")
        held = {trial.id for trial in kept}
        return replace(
            self,
            trials=kept,
            unlabelled=[LeftOut(f"trial {trial.id}", why) for trial in self.trials if trial.id not in held],
        )

    @property
    def remarks(self) -> list[str]:
        """What the dataset remarked on."""
        return list(self.dataset.remarks)

    def target(self, name: str) -> Target:
        """Return one of the dataset's targets."""
        targets = self.dataset.targets
        if name not in targets:
            raise ConfigError(
                f"targets.{name}: dataset={self.choice.name} has no such target{nearest(name, targets)}. "
                f"It has: {', '.join(targets) or 'none'}"
            )
        return targets[name]

    def reader(self, stream: str, modality: str, chosen: Choice | None, plugins: Plugins) -> tuple[Choice, Reader]:
        """Build the reader of a stream: the one it names, else the dataset's for its modality."""
        if chosen is None:
            readers = self.dataset.readers
            if modality not in readers:
                raise ConfigError(
                    f"streams.{stream}: dataset={self.choice.name} has no reader for modality {modality!r}"
                    f"{nearest(modality, readers)}. It has: {', '.join(readers) or 'none'}; "
                    f"or name a reader: +streams.{stream}.reader=..."
                )
            meant = readers[modality]
            chosen = Choice.of("readers", {"name": meant} if isinstance(meant, str) else meant, plugins)
        return chosen, chosen.build(self.dataset.root)


def open_corpus(choice: Choice, key: str = "") -> Corpus:
    """Open a dataset and list its trials.

    Parameters
    ----------
    choice
        The dataset.
    key
        Its key, where it is one of several of a run.

    Raises
    ------
    DataError
        If the root isn't given or isn't there, or nothing is in it.
    """
    root = open_root(choice, f"dataset.{key}" if key else "dataset")
    dataset = choice.build(root)
    trials = [trial if trial.dataset else replace(trial, dataset=choice.name) for trial in dataset.trials()]
    if not trials:
        hint = (
            f"; the first file left out: {dataset.left_out[0].what}: {dataset.left_out[0].why}"
            if dataset.left_out
            else ""
        )
        raise DataError(f"dataset={choice.name} lists no trial in {root}{hint}")
    for text in dataset.remarks:
        log.info("%s: %s", key or choice.name, text)
    return Corpus(choice, dataset, trials)


def open_root(choice: Choice, path: str = "dataset") -> Path | None:
    """Return the root that a run gave under a path, if it is there."""
    root: Path | None = choice.options.get("root")
    needs_root = issubclass(choice.cls, Dataset) and choice.cls.needs_root
    if root is None:
        if needs_root:
            raise DataError(f"where is the data? Type {path}.root=/path/to/{choice.name}")
        return None
    root = root.expanduser()
    if not root.exists():
        raise DataError(f"{path}.root={root}: there is no such file or folder")
    if root.is_dir() and not any(root.iterdir()):
        raise DataError(f"{path}.root={root}: the folder is empty")
    return root


def about(choice: Choice | Several) -> Mapping[str, Any]:
    """Return what a dataset says of itself (:data:`CARD`), and whether it is made up: always, or what its root holds.

    Of several datasets each is named, and one that is made up makes the whole so.
    """
    if isinstance(choice, Several):
        each = {f"{key} ({own.name})": about(own) for key, own in choice.datasets.items()}
        said = {name: "; ".join(f"{key}: {own[name]}" for key, own in each.items()) for name in CARD}
        return {**said, "made_up": any(own["made_up"] for own in each.values())}
    said = {name: getattr(choice.cls, name, "") or "not stated by the dataset" for name in CARD}
    root: Path | None = choice.options.get("root")
    marked = root is not None and (root.expanduser() / MADE_UP).is_file()
    return {**said, "made_up": getattr(choice.cls, "made_up", False) or marked}
