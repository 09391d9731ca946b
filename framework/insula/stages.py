"""From a validated configuration to what each stage of the pipeline takes."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from insula.config import RunConfig
from insula.errors import ConfigError, SplitError
from insula.model.build import ModelChoice, PathChoice
from insula.plugin.manager import Plugins
from insula.preprocess.chain import infinite, stored_part
from insula.preprocess.prepare import Source
from insula.sources.corpora import Corpora
from insula.sources.corpus import Corpus
from insula.specs import TargetSpec
from insula.training.fold import TrainingPlan
from insula.types import Kind, Rule, Target
from insula.windows.audit import Audit, audit_folds
from insula.windows.classes import check_classes
from insula.windows.copies import CopyMaker
from insula.windows.identity import identity_inputs
from insula.windows.near_duplicates import near_duplicates
from insula.windows.run_facts import RunFacts
from insula.windows.split import Fold, Split
from insula.windows.stream import StreamPlan
from insula.windows.training_people import keep_people
from insula.windows.windows import Windows

log = logging.getLogger("insula")
_OF_CLASSES = ("loss", "accuracy", "balanced_accuracy", "macro_f1")
FIGURES: Mapping[Kind, tuple[str, ...]] = {"classes": _OF_CLASSES, "binary": _OF_CLASSES, "number": ("loss", "ccc")}
"""The validation figures that ``training.monitor`` may name, by the kind of the first target."""


def choose_targets(config: RunConfig, corpus: Corpus | Corpora) -> dict[str, tuple[Target, Rule | None]]:
    """Return the run's targets: those it names, else the dataset's first.

    Raises
    ------
    ConfigError
        If there is none, or the first one hasn't the figure that training watches.
    """
    names = list(config.targets) or corpus.targets[:1]
    if not names:
        raise ConfigError(f"dataset={corpus.name} has no target to learn")
    targets = {name: corpus.target(name) for name in names}
    first, monitor = targets[names[0]], config.training.monitor
    if monitor not in FIGURES[first.kind]:
        raise ConfigError(
            f"training.monitor={monitor}: the first target, {names[0]!r}, is of kind {first.kind}; "
            f"it has {', '.join(FIGURES[first.kind])}"
        )
    return {
        name: (target, config.targets[name].rule if name in config.targets else None)
        for name, target in targets.items()
    }


def choose_sources(config: RunConfig, corpus: Corpus | Corpora, plugins: Plugins) -> list[Source]:
    """Return reader and shared steps of every stream; streams of one modality share one reader.

    Raises
    ------
    ConfigError
        If a stream has no reader, or a dataset none of the streams.
    """
    sources: list[Source] = []
    for key, part in corpus.parts.items():
        built: dict[str, tuple] = {}
        for name, stream in config.streams.items():
            chosen = stream.reader.get(key) if isinstance(stream.reader, Mapping) else stream.reader
            if key and chosen is None and stream.modality not in part.dataset.readers:
                continue  # a dataset may lack a modality that another one has
            choice, reader = part.reader(name, stream.modality, chosen, plugins)
            choice, reader = built.setdefault(str(choice.key()), (choice, reader))
            sources.append(Source(name, choice, reader, stored_part(stream.signal)[0], key))
        if not built:
            has, wanted = ", ".join(part.dataset.readers), ", ".join(s.modality for s in config.streams.values())
            raise ConfigError(f"dataset.{key}: it has no modality of this run ({wanted}); it has: {has or 'none'}")
    for name, stream in config.streams.items():
        if name not in {source.stream for source in sources}:
            raise ConfigError(f"streams.{name}: no dataset has a reader for modality {stream.modality!r}")
    return sources


def choose_windows(config: RunConfig, sources: Sequence[Source]) -> dict[str, StreamPlan]:
    """Return chains, lengths and augmentations of every stream; of several readers the farthest reach counts."""
    reached = {
        name: (max(past for past, _ in several), max(future for _, future in several))
        for name in config.streams
        if (several := [source.reader.reach for source in sources if source.stream == name])
    }
    return {
        name: StreamPlan(
            name,
            stream.signal,
            stream.features,
            stream.length,
            stream.context,
            augment_signal=tuple(
                c.build() for name, c in stream.augment["signal"].items() if name not in config.copies
            ),
            augment_features=tuple(choice.build() for choice in stream.augment["features"].values()),
            copies={k: CopyMaker(c, c.build()) for k, c in stream.augment["signal"].items() if k in config.copies},
            reader_reach=reached[name],
            used=stream.used,
        )
        for name, stream in config.streams.items()
    }


def make_folds(config: RunConfig, windows: Windows) -> list[Fold]:
    """Run the split, check that what it gave can be trained on, and let the copies of training windows train."""
    split: Split = config.split.build()
    view = windows.view
    seen = view.seen()
    options = config.split.options
    given = [_positions(fold, len(seen), config.split.name) for fold in islice(split.folds(seen), options["take"])]
    if people := options["train_subjects"]:
        seed = options.get("seed", 0)
        given = [keep_people(fold, seen, people, seed, number) for number, fold in enumerate(given)]
    folds = [view.whole(fold) for fold in given]
    if not folds:
        raise SplitError(f"split={config.split.name} gave no fold")
    for number, fold in enumerate(folds):
        for role in ("train", "test"):
            if not len(fold.rows(role)):
                raise SplitError(f"split={config.split.name}: fold {number} has no {role} window")
        if untaught := [name for name, s in windows.streams.items() if not any(map(s.has, map(int, fold.train)))]:
            raise SplitError(
                f"split={config.split.name}: none of the {len(fold.train)} training windows of fold {number} has "
                f"streams.{untaught[0]}; drop it with ~streams.{untaught[0]}, or choose another split"
            )
    for name, target in windows.targets.items():
        if target.kind != "number":
            check_classes(windows.rows.index, folds, TargetSpec(name, target.kind, target.classes))
    return folds


def _positions(fold: Fold, rows: int, name: str) -> Fold:
    """Return the fold with rows as positions, which a split may also give as masks."""
    found = {}
    for role in Fold.ROLES:
        given = np.asarray(fold.rows(role))
        positions = np.flatnonzero(given) if given.dtype == bool else given.astype(np.int64)
        if len(positions) and not 0 <= positions.min() <= positions.max() < rows:
            raise SplitError(f"split={name}: its {role} rows must be positions from 0 to {rows - 1}")
        found[role] = positions
    return replace(fold, **found)


def audit_run(config: RunConfig, windows: Windows, folds: Sequence[Fold]) -> Audit:
    """Audit the folds: against what the split promises, with what the chains are fitted on and the signals say."""
    steps = [step for stream in config.used.values() for step in (*stream.signal, *stream.features)]
    facts = RunFacts(
        fitted={step.path: step.scope for step in steps if step.scope is not None},
        infinite=[path for stream in config.used.values() for path in infinite(stream.signal)],
        selects_on_test=config.training.select_on == "test" or getattr(config.split.cls, "selects_on_test", False),
        identity=identity_inputs(windows),
        own_medians=[name for name, target in windows.targets.items() if target.median == "subject"],
        disclosed={step.path: said for step in steps if (said := step.preprocessor.disclosure)},
        duplicates=near_duplicates(windows, _least_changed(config)),
    )
    promised: Split = config.split.build()
    audit = audit_folds(
        windows.rows.index, folds, label=next(iter(windows.targets)), claims=promised.claims, facts=facts
    )
    log.info("leakage audit: grade %s, claim: %s", audit.grade, ", ".join(audit.claim) or "none")
    for finding in audit.findings:
        log.info("  %s: %s", finding.kind, finding.reason)
    return audit


def _least_changed(config: RunConfig) -> list[str]:
    """Return, of the streams that read the same thing, the one with the fewest steps on its signal."""
    found: dict[str, str] = {}
    for name, stream in sorted(config.used.items(), key=lambda item: len(item[1].signal)):
        found.setdefault(f"{stream.modality} {stream.reader}", name)
    return list(found.values())


def choose_plan(config: RunConfig, targets: Mapping[str, object]) -> TrainingPlan:
    """Return the model and how it is trained."""
    paths = {name: PathChoice(stream.encoder, stream.cell, stream.pooling) for name, stream in config.used.items()}
    model = ModelChoice(config.architecture, paths, config.fusion)
    chosen = {name: config.targets.get(name) or config.default_target for name in targets}
    losses = {name: target.losses for name, target in chosen.items()}
    return TrainingPlan(model, losses, {name: target.weight for name, target in chosen.items()}, config.training)
