"""A run in small: a few trials, in memory, to size the model and to say what the whole run will cost."""

import math
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from insula.config import RunConfig
from insula.cost import Cost, time_steps
from insula.errors import DataError
from insula.model.architecture import is_fitted_at_once
from insula.model.build import build_model, count_parameters
from insula.model.network import StreamsAndFusion
from insula.plugin.manager import Plugins
from insula.preprocess.prepare import Prepared, Source
from insula.preprocess.prepare_corpus import prepare_corpus
from insula.sources.corpora import Corpora, open_corpora
from insula.sources.corpus import Corpus
from insula.sources.memory import MemoryStore
from insula.sources.store import Store
from insula.stages import choose_plan, choose_sources, choose_targets, choose_windows, make_folds
from insula.training.options import TrainingOptions
from insula.types import LeftOut, Rule, Signal, Target, Trial
from insula.windows.copies import is_copy, with_copies
from insula.windows.cut import cut_windows
from insula.windows.index import Extent, Rows, build_index
from insula.windows.split import Fold
from insula.windows.windows import Windows

Targets = Mapping[str, tuple[Target, Rule | None]]

LOOK = 25
"""Trials that are tried until every stream was seen."""

SHOWN = 10
"""Things left out that are named; of the others there is a count."""

LIKELY = 10
"""Windows that a trial of unknown length is taken to have: too many, rather than refuse a split that the data give."""


@dataclass(frozen=True)
class Sized:
    """What a run in small has found: lines that describe the run, what it costs, and the model's size."""

    lines: Sequence[str]
    cost: Cost
    parameters: int


@dataclass(frozen=True, eq=False)
class Few:
    """A few trials, prepared and cut, how long that took, and how large it is."""

    trials: Sequence[Trial]
    prepared: Prepared
    windows: Windows
    seconds: float
    bytes: int


def try_run(config: RunConfig, plugins: Plugins, store: MemoryStore) -> Sized:
    """Size and time a run; a store that several runs are given spares the later ones what they share."""
    corpus = open_corpora(config.dataset)
    listed = len(corpus.trials)
    targets = choose_targets(config, corpus)
    corpus = corpus.labelled({name: target for name, (target, _) in targets.items()})
    sources = choose_sources(config, corpus, plugins)
    likely = _likely_rows(config, corpus.trials, targets)
    folds = make_folds(config, Windows(likely, {}, {name: t for name, (t, _) in targets.items()}, None, config.copies))
    worth = {trial.id for trial in likely.trials if not is_copy(trial)}
    few = _few(config, corpus, [trial for trial in corpus.trials if trial.id in worth], sources, targets, store)
    plan = choose_plan(config, targets)
    fold = Fold(train=np.arange(len(few.windows.rows.index)))
    fitted = few.windows.fit(fold)
    data = fitted.spec(fold.train)  # the class weights of a few trials would leave most classes out
    network = build_model(plan.model, data, seed=0)
    lines = [f"dataset {config.dataset.name}: {listed} trials, {len({t.subject for t in corpus.trials})} people"]
    lines += corpus.remarks
    left_out = (*corpus.left_out, *few.prepared.left_out, *few.windows.left_out)
    lines += _told(left_out)
    lines.append(f"split {config.split.name}: {len(folds)} folds")
    for name, spec in data.streams.items():
        width = f" -> {network.paths[name].output_size}" if isinstance(network, StreamsAndFusion) else ""
        size = "one vector" if spec.static else f"{spec.sfreq:g} Hz, {spec.n_times or 'any number of'} samples"
        lines.append(f"stream {name}: {spec.channels} channels, {size}{width}")
    for name, target in data.targets.items():
        lines.append(f"target {name}: {target.kind}{' of ' + ', '.join(target.classes) if target.classes else ''}")
    options = config.training
    if is_fitted_at_once(type(network)):
        options = options.model_copy(update={"epochs": 1})
        lines.append(
            f"architecture {config.architecture.name}: fitted at once. A training step is its share of a fit to some "
            "windows of noise, and the parameters are those of that fit"
        )
    times = time_steps(network, plan, fitted, data, most=max(len(fold.train) for fold in folds))
    scale = len(worth) / len(few.trials)
    cost = replace(
        times,
        models=len(folds) * len(config.seeds),
        training=_training(times, folds, likely, fold, scale, options) * len(config.seeds),
        preparation=few.seconds * scale,
        stored=round(few.bytes * scale),
    )
    return Sized(lines, cost, count_parameters(network))


def _told(left_out: Sequence[LeftOut]) -> list[str]:
    lines = [f"left out: {item.what}: {item.why}" for item in left_out[:SHOWN]]
    more = len(left_out) - len(lines)
    return [*lines, f"left out: {more} more, which the report of a run lists"] if more else lines


def _training(
    times: Cost, folds: Sequence[Fold], likely: Rows, fold: Fold, scale: float, options: TrainingOptions
) -> float:
    """Return how many seconds the training of all folds takes at most, for one seed.

    How many windows there will be is known from the trials that were looked at.
    """
    windows = len(fold.train) * scale / len(likely.index)

    def batches(rows: int) -> int:
        return math.ceil(rows * windows / options.batch_size)

    def epoch(fold: Fold) -> float:
        held = fold.test if options.select_on == "test" else fold.validation
        again = batches(len(fold.train) + len(held)) if options.refit != "none" and len(held) else 0
        return (batches(len(fold.train)) + again) * times.train + batches(len(held)) * times.evaluate

    adapting = sum(batches(len(fold.adapt)) for fold in folds if fold.adapt_labels) * times.train
    return options.epochs * sum(map(epoch, folds)) + options.adapt.epochs * adapting


def _likely_rows(config: RunConfig, trials: Sequence[Trial], targets: Targets) -> Rows:
    """Return the index as far as anyone can know it without opening a signal: enough to ask the split for its folds.

    A trial that doesn't say where it ends is taken to be as long as its longest label over time, or ``LIKELY`` windows.
    """
    length, step = config.window.length, config.window.step

    def stop(trial: Trial) -> float:
        traces = [label.stop for label in trial.labels.values() if isinstance(label, Signal) and not label.static]
        guess = max(traces, default=trial.start + LIKELY * (length or 1.0))
        return guess if trial.stop is None else trial.stop

    known = with_copies([replace(trial, stop=stop(trial)) for trial in trials], config.copies)
    end = max(stop(trial) for trial in known)
    blank = Signal.of(np.zeros((1, 1)), 1 / max(end, 1.0), ("blank",), "1")
    extents = {"blank": Extent(None, 0.0, 0.0, 0.0)}
    return build_index(known, lambda stream, recording: blank, extents, targets, length, step)


def _few(
    config: RunConfig,
    corpus: Corpus | Corpora,
    trials: Sequence[Trial],
    sources: Sequence[Source],
    targets: Targets,
    store: MemoryStore,
) -> Few:
    """Prepare and cut trials of each dataset until its streams have a window; what can't be used is left out, as in a
    run.
    """
    plans, copies = choose_windows(config, sources), config.copies
    length, step, require = config.window.values

    def cut(some: Sequence[Trial], kept: Store = store) -> tuple[Prepared, Windows]:
        prepared = prepare_corpus(corpus, some, sources, kept, progress=False)
        return prepared, cut_windows(some, prepared, plans, targets, length, step, kept, require, copies)

    def seen(trial: Trial) -> set[str]:
        try:
            _, windows = cut([trial])
        except DataError:  # no window is left, or a stream is in none
            return set()
        rows = range(len(windows.rows.index))
        return {name for name, stream in windows.streams.items() if any(stream.has(row) for row in rows)}

    looked: list[Trial] = []
    with suppress(DataError):  # libraries are imported by the first trial: seconds that belong to none
        cut(trials[:1], MemoryStore())
    store.used.clear()
    begin = time.perf_counter()
    for lot in corpus.lots(trials):
        waiting = {s.stream for s in sources if s.dataset == lot.key and plans[s.stream].used}
        for trial in islice(lot.known_as, LOOK):
            looked.append(trial)
            waiting -= seen(trial)
            if not waiting:
                break
    prepared, windows = cut(looked)
    return Few(looked, prepared, windows, time.perf_counter() - begin, store.bytes)
