"""A run in small: one trial per stream, in memory, to size the model and to time a step."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from insula.config import RunConfig
from insula.errors import DataError
from insula.model.build import build_model, count_parameters
from insula.model.network import StreamsAndFusion
from insula.plugin.manager import Plugins
from insula.preprocess.prepare import Prepared, Source, prepare
from insula.sources.corpus import open_corpus
from insula.sources.store import Store, undefined
from insula.stages import choose_plan, choose_sources, choose_targets, choose_windows, make_folds
from insula.training.fold import fold_spec
from insula.training.objective import Objective
from insula.types import Rule, Signal, Target, Trial
from insula.windows.batch import Batch
from insula.windows.cut import cut_windows
from insula.windows.index import Extent, Rows, build_index
from insula.windows.split import Fold
from insula.windows.windows import Windows

Targets = Mapping[str, tuple[Target, Rule | None]]

LOOK = 25
"""Trials that are tried until every stream was seen."""

LIKELY = 10
"""Windows that a trial of unknown length is taken to have: too many, rather than refuse a split that the data give."""


class MemoryStore(Store):
    """A store that keeps nothing on disk."""

    def __init__(self) -> None:
        super().__init__(Path())
        self.entries: dict[str, InMemory] = {}

    def get(self, key: str) -> "InMemory | None":  # type: ignore[override]
        """Return an entry."""
        return self.entries.get(key)

    def put(self, key: str, signals: Sequence[Signal | None]) -> "InMemory":  # type: ignore[override]
        """Keep an entry."""
        self.entries[key] = InMemory(signals)
        return self.entries[key]


class InMemory(list):
    """The Signals of one entry."""

    def undefined(self) -> dict[str, tuple[int, int]]:
        """Return, per channel, how many values are undefined, of how many."""
        return undefined(self)


def try_run(config: RunConfig, plugins: Plugins) -> str:
    """Size and time a run; return what ``insula check`` prints, with the parameters in its last line."""
    corpus = open_corpus(config.dataset)
    targets = choose_targets(config, corpus)
    sources = choose_sources(config, corpus, plugins)
    likely = _likely_rows(config, corpus.trials, targets)
    folds = make_folds(config, Windows(likely, {}, {name: t for name, (t, _) in targets.items()}, None))
    worth = {trial.id for trial in likely.trials}
    prepared, windows = _few(config, (trial for trial in corpus.trials if trial.id in worth), sources, targets)
    rows = np.arange(len(windows.rows.index))
    fold = Fold(train=rows)
    plan = choose_plan(config, targets)
    fitted = windows.fit(fold)
    data = fold_spec(fitted, fold, config.training)
    network = build_model(plan.model, data, seed=0)
    lines = [
        f"dataset {config.dataset.name}: {len(corpus.trials)} trials, {len({t.subject for t in corpus.trials})} people"
    ]
    lines += [
        f"left out: {item.what}: {item.why}" for item in (*corpus.left_out, *prepared.left_out, *windows.left_out)[:10]
    ]
    lines.append(f"split {config.split.name}: {len(folds)} folds")
    for name, spec in data.streams.items():
        width = f" -> {network.paths[name].output_size}" if isinstance(network, StreamsAndFusion) else ""
        size = "one vector" if spec.static else f"{spec.sfreq:g} Hz, {spec.n_times or 'any number of'} samples"
        lines.append(f"stream {name}: {spec.channels} channels, {size}{width}")
    for name, target in data.targets.items():
        lines.append(f"target {name}: {target.kind}{' of ' + ', '.join(target.classes) if target.classes else ''}")
    batch = next(fitted.batches(np.resize(rows, config.training.batch_size), data, config.training.batch_size))
    losses = {name: plan.losses[name][target.kind].build(target) for name, target in data.targets.items()}
    objective = Objective(losses, plan.weights, config.training.losses, config.training.l2)
    torch.set_num_threads(config.training.threads or 1)
    lines.append(f"one training step of {len(batch)} windows: {_step_ms(network, objective, batch):.1f} ms")
    lines.append(f"parameters: {count_parameters(network):,}")
    return "\n".join(lines)


def _likely_rows(config: RunConfig, trials: Sequence[Trial], targets: Targets) -> Rows:
    """Return the index as far as anyone can know it without opening a signal: enough to ask the split for its folds.

    A trial that doesn't say where it ends is taken to be as long as its longest label over time, or ``LIKELY`` windows.
    """
    length, step = config.window.length, config.window.step

    def stop(trial: Trial) -> float:
        traces = [label.stop for label in trial.labels.values() if isinstance(label, Signal) and not label.static]
        guess = max(traces, default=trial.start + LIKELY * (length or 1.0))
        return guess if trial.stop is None else trial.stop

    known = [replace(trial, stop=stop(trial)) for trial in trials]
    end = max(stop(trial) for trial in known)
    blank = Signal.of(np.zeros((1, 1)), 1 / max(end, 1.0), ("blank",), "1")
    extents = {"blank": Extent(None, 0.0, 0.0, 0.0)}
    return build_index(known, lambda stream, recording: blank, extents, targets, length, step)


def _few(
    config: RunConfig, trials: Iterable[Trial], sources: Sequence[Source], targets: Targets
) -> tuple[Prepared, Windows]:
    """Prepare and cut trials until every stream has a window; what can't be used is left out, as in a run."""
    store, plans = MemoryStore(), choose_windows(config, sources)
    length, step, required = config.window.values

    def cut(some: Sequence[Trial], of: Sequence[Source]) -> tuple[Prepared, Windows]:
        prepared = prepare(config.dataset, some, of, store, progress=False)
        chosen = {source.stream: plans[source.stream] for source in of}
        require = [name for name in required if name in chosen]
        return prepared, cut_windows(some, prepared, chosen, targets, length, step, store, require)

    def usable(trial: Trial, source: Source) -> bool:
        try:
            cut([trial], [source])
        except DataError:  # no window is left
            return False
        return True

    looked: list[Trial] = []
    waiting = list(sources)
    for trial in islice(trials, LOOK):
        looked.append(trial)
        waiting = [source for source in waiting if not usable(trial, source)]
        if not waiting:
            break
    return cut(looked, sources)


def _step_ms(network: torch.nn.Module, objective: Objective, batch: Batch) -> float:
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        loss, _ = objective(network, network(batch), batch, 0.0)
        loss.backward()
        times.append(time.perf_counter() - begin)
    return min(times) * 1000
