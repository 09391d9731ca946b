"""A run in small: one trial per stream, in memory, to size the model and to time a step."""

import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from insula.config import RunConfig
from insula.model.build import build_model, count_parameters
from insula.model.network import StreamsAndFusion
from insula.plugin.manager import Plugins
from insula.preprocess.prepare import Prepared, Source, prepare
from insula.sources.corpus import Corpus, open_corpus
from insula.sources.store import Store
from insula.stages import choose_plan, choose_sources, choose_targets, choose_windows
from insula.training.fold import fold_spec
from insula.training.objective import Objective
from insula.types import Signal, Trial
from insula.windows.batch import Batch
from insula.windows.cut import cut_windows
from insula.windows.split import Fold

LOOK = 25
"""Trials that are tried until every stream was seen."""


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

    def undefined(self) -> tuple[int, int]:
        """Return how many values are undefined, of how many."""
        return sum(int((~s.defined).sum()) for s in self if s is not None), sum(
            s.data.size for s in self if s is not None
        )


def try_run(config: RunConfig, plugins: Plugins) -> str:
    """Size and time a run; return what ``insula check`` prints, with the parameters in its last line."""
    corpus = open_corpus(config.dataset)
    targets = choose_targets(config, corpus)
    sources = choose_sources(config, corpus, plugins)
    store = MemoryStore()
    trials, prepared = _few(config, corpus, sources, store)
    window = config.window
    windows = cut_windows(trials, prepared, choose_windows(config), targets, window.length, window.step, store)
    rows = np.arange(len(windows.rows.index))
    fold = Fold(train=rows)
    plan = choose_plan(config, targets)
    fitted = windows.fit(fold)
    data = fold_spec(windows, fitted, fold, config.training)
    network = build_model(plan.model, data, seed=0)
    lines = [
        f"dataset {config.dataset.name}: {len(corpus.trials)} trials, {len({t.subject for t in corpus.trials})} people"
    ]
    lines += [
        f"left out: {item.what}: {item.why}" for item in (*corpus.left_out, *prepared.left_out, *windows.left_out)[:10]
    ]
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


def _few(
    config: RunConfig, corpus: Corpus, sources: Sequence[Source], store: MemoryStore
) -> tuple[list[Trial], Prepared]:
    """Prepare trials until every stream was seen."""
    names = {target: corpus.target(target).label or target for target in config.targets}
    labelled = (
        t for t in corpus.trials if not names or any(t.labels.get(label) is not None for label in names.values())
    )
    trials: list[Trial] = []
    seen: set[str] = set()
    for trial in islice(labelled, LOOK):
        new = {
            source.stream for source in sources if source.stream not in seen and source.reader.read(trial) is not None
        }
        if new:
            trials.append(trial)
            seen |= new
        if len(seen) == len(sources):
            break
    trials = trials or list(corpus.trials[:1])
    return trials, prepare(config.dataset, trials, sources, store, progress=False)


def _step_ms(network: torch.nn.Module, objective: Objective, batch: Batch) -> float:
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        loss, _ = objective(network, network(batch), batch, 0.0)
        loss.backward()
        times.append(time.perf_counter() - begin)
    return min(times) * 1000
