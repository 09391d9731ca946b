"""Open the data of a run: one dataset, or several whose trials stand side by side and never mix."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from insula.errors import ConfigError, DataError, InsulaError
from insula.plugin.choice import Choice
from insula.sources.corpus import Corpus, open_corpus
from insula.sources.joined_trial import joined
from insula.sources.joint_label import joint_labels
from insula.sources.joint_target import JointTarget, find_share, join_target
from insula.sources.lot import Lot
from insula.sources.several import Several
from insula.types import LeftOut, Target, Trial

log = logging.getLogger("insula")


@dataclass(frozen=True, eq=False)
class Corpora:
    """Several datasets that were opened: every trial is named within its dataset, no signal read.

    Parameters
    ----------
    several
        The datasets of the run, and how their labels are joined.
    parts
        Each by its key.
    listed
        The dataset of every trial, by the name that the run gives it, and the trial as the dataset lists it.
    trials
        Of all of them, as the run knows them.
    unlabelled
        Trials that a run has no use for, and why.
    told
        How labels were mapped.
    """

    several: Several
    parts: Mapping[str, Corpus]
    listed: Mapping[str, tuple[str, Trial]]
    trials: Sequence[Trial]
    unlabelled: Sequence[LeftOut] = ()
    told: Sequence[str] = ()

    @property
    def name(self) -> str:
        """How a message calls them together."""
        return self.several.name

    @property
    def targets(self) -> list[str]:
        """The names of all their targets: those that labels are mapped to, those that all have, the others."""
        said = [name for maps in self.several.labels.values() for name in maps]
        own = [name for part in self.parts.values() for name in part.targets]
        own.sort(key=lambda name: not all(name in part.targets for part in self.parts.values()))
        return list(dict.fromkeys([*said, *own]))

    @property
    def terms(self) -> Mapping[str, str]:
        """What all of them call columns of the index: a name that not every one uses would be wrong of some."""
        first, *others = (part.terms for part in self.parts.values())
        return {column: term for column, term in first.items() if all(own.get(column) == term for own in others)}

    @property
    def remarks(self) -> list[str]:
        """What each dataset is and remarked on, and how labels were mapped."""
        found = []
        for key, part in self.parts.items():
            people = len({(trial.dataset, trial.subject) for trial in part.trials})
            found.append(f"{key} is dataset={part.choice.name}: {len(part.trials)} trials of {people} people")
            found += [f"{key}: {text}" for text in part.remarks]
        return [*found, *self.told]

    @property
    def left_out(self) -> list[LeftOut]:
        """What each dataset found and didn't use, and what a run has no use for."""
        found = [
            replace(item, what=f"{key}: {item.what}") for key, part in self.parts.items() for item in part.left_out
        ]
        return [*found, *self.unlabelled]

    def target(self, name: str) -> Target:
        """Return a target as the datasets have it together.

        Raises
        ------
        ConfigError
            If none of them has it, or they disagree and no map says how it is meant.
        """
        return self._joint(name).target

    def labelled(self, targets: Mapping[str, Target]) -> "Corpora":
        """Return the corpora with their labels in common words, without the trials that have none for any target.

        Raises
        ------
        ConfigError
            If a dataset knows none of the targets.
        DataError
            If no trial has a label, or a label is none that its dataset declares.
        """
        joints = [self._joint(name) for name in targets]
        for key, part in self.parts.items():
            if not any(key in joint.shares for joint in joints):
                has = ", ".join(part.targets) or "none"
                raise ConfigError(
                    f"dataset.{key}: it has no target {' or '.join(targets)}. It has: {has}; type "
                    f"labels.{key}.{joints[0].name}.of=ITS_NAME, or drop it with ~dataset.{key}"
                )
        kept, unlabelled = [], []
        for trial in self.trials:
            key, own = self.listed[trial.id]
            found = [joint_labels(joint, key, own) for joint in joints]
            labels = {name: label for several, _ in found for name, label in several.items()}
            dropped = [f"its class {name} is left out by labels.{key}" for _, name in found if name is not None]
            if any(label is not None for label in labels.values()):
                kept.append(replace(trial, labels=labels))
            else:
                why = dropped[0] if dropped else f"no label for {' or '.join(targets)}"
                unlabelled.append(LeftOut(f"trial {trial.id}", why))
        if not kept:
            raise DataError(
                f"no window is left of {len(self.trials)} trials: {unlabelled[0].what}: {unlabelled[0].why}"
            )
        told = [text for joint in joints for text in joint.told()]
        for text in told:
            log.info("%s", text)
        return replace(self, trials=kept, unlabelled=unlabelled, told=told)

    def lots(self, trials: Sequence[Trial]) -> list[Lot]:
        """Return trials dataset by dataset, as each lists its own."""
        found = []
        for key, part in self.parts.items():
            known = [trial for trial in trials if self.listed[trial.id][0] == key]
            if known:
                found.append(Lot(key, part.choice, [self.listed[trial.id][1] for trial in known], known))
        return found

    def _joint(self, name: str) -> JointTarget:
        return join_target(name, {key: part.dataset.targets for key, part in self.parts.items()}, self.several.labels)


def open_corpora(dataset: Choice | Several) -> Corpus | Corpora:
    """Open the dataset of a run, or its several datasets, and list their trials.

    Raises
    ------
    DataError
        If a root isn't given or isn't there, or nothing is in it.
    ConfigError
        If labels are mapped that a dataset doesn't have.
    """
    if isinstance(dataset, Choice):
        return open_corpus(dataset)
    parts = {key: _opened(key, choice) for key, choice in dataset.datasets.items()}
    for key, maps in dataset.labels.items():
        for name, mapped in maps.items():
            find_share(name, key, parts[key].dataset.targets, mapped)
    both = [(key, own, named) for key, part in parts.items() for own, named in _named(key, part.trials)]
    listed = {named.id: (key, own) for key, own, named in both}
    return Corpora(dataset, parts, listed, [named for _, _, named in both])


def _opened(key: str, choice: Choice) -> Corpus:
    try:
        return open_corpus(choice, key)
    except InsulaError as error:
        if str(error).startswith(f"dataset.{key}"):
            raise
        raise type(error)(f"dataset.{key}: {error}") from error


def _named(key: str, trials: Sequence[Trial]) -> Iterator[tuple[Trial, Trial]]:
    """Yield trials, each as the run calls it; a dataset that names several itself keeps these apart, too."""
    inside = len({trial.dataset for trial in trials}) > 1
    yield from ((trial, joined(trial, f"{key}.{trial.dataset}" if inside else key)) for trial in trials)
