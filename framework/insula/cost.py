"""Cost: what a run will take, from some of its training steps."""

import resource
import statistics
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from insula.model.architecture import Architecture, is_fitted_at_once
from insula.model.build import count_parameters
from insula.specs import DataSpec
from insula.training.at_once import fit
from insula.training.environment import choose_device, choose_threads
from insula.training.fold import TrainingPlan
from insula.training.objective import Objective
from insula.training.optimizer import build_optimizer
from insula.windows.batch import Batch
from insula.windows.windows import FoldWindows

STEPS = 20
"""Training steps that are timed; the median counts."""


@dataclass(frozen=True)
class Cost:
    """What a run takes here.

    ``train`` and ``evaluate`` are seconds of a step of ``windows`` windows, with the loading of its batch; ``training``
    is seconds of all models together if none stops early; ``preparation`` is seconds and ``stored`` is bytes, both
    needed once.
    """

    train: float
    evaluate: float
    windows: int
    models: int = 0
    training: float = 0.0
    preparation: float = 0.0
    stored: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        """Return the cost of two runs that share what they prepare."""
        return replace(
            self,
            models=self.models + other.models,
            training=self.training + other.training,
            preparation=max(self.preparation, other.preparation),
            stored=max(self.stored, other.stored),
        )

    def __str__(self) -> str:
        """Say how long it trains."""
        return f"{self.models} models, at most {duration(self.training)} of training here"

    def beside(self) -> str:
        """Say what it takes besides, as measured in this process."""
        once = f"preparation about {duration(self.preparation)}, once"
        return f"{once}; {size(self.stored)} in the store, {size(peak_memory())} of memory"


def time_steps(network: Architecture, plan: TrainingPlan, fitted: FoldWindows, data: DataSpec, most: int) -> Cost:
    """Train a model for some steps, on windows that are taken again where there are too few.

    One that is fitted at once is fitted to windows of noise with drawn labels, which is the hardest case: those that
    are at hand may be of one trial. It gets a quarter of the steps, and no more windows than the largest fold trains on
    (``most``). A step is its share of that time.
    """
    options = plan.options
    device, _ = choose_device(options)
    threads, _ = choose_threads(options, count_parameters(network), device)
    torch.set_num_threads(threads)
    rows = np.resize(np.arange(len(fitted.windows.rows.index)), STEPS * options.batch_size)
    if is_fitted_at_once(type(network)):
        few = rows[: max(min(STEPS // 4 * options.batch_size, most), len(data.targets) + 1)]
        begin = time.perf_counter()
        fit(network, map(_noise, fitted.batches(few, data, options.batch_size)), seed=0)
        train = [(time.perf_counter() - begin) * options.batch_size / len(few)]
    else:
        train = _steps(network, plan, fitted.batches(rows, data, options.batch_size), data)
    network.eval()
    evaluate: list[float] = []
    with torch.no_grad():
        begin = time.perf_counter()
        for batch in fitted.batches(rows[: 3 * options.batch_size], data, options.batch_size):
            network(batch)
            evaluate.append(time.perf_counter() - begin)
            begin = time.perf_counter()
    return Cost(statistics.median(train), statistics.median(evaluate), options.batch_size)


def _steps(network: Architecture, plan: TrainingPlan, batches: Iterable[Batch], data: DataSpec) -> list[float]:
    """Take a training step on every batch; return their seconds."""
    losses = {name: plan.losses[name][target.kind].build(target) for name, target in data.targets.items()}
    objective = Objective(losses, plan.weights, plan.options.losses, plan.options.l2)
    optimizer = build_optimizer(network.parameters(), plan.options)
    network.train()
    seconds: list[float] = []
    begin = time.perf_counter()
    for batch in batches:
        optimizer.zero_grad()
        objective(network, network(batch), batch, 0.0)[0].backward()
        optimizer.step()
        seconds.append(time.perf_counter() - begin)
        begin = time.perf_counter()
    return seconds


def _noise(batch: Batch) -> Batch:
    """Return a batch of the same shapes with samples from N(0, 1), and with a label drawn for every window."""
    streams = {name: replace(s, x=torch.randn_like(s.x) * s.valid) for name, s in batch.streams.items()}
    targets = {name: _drawn(values) for name, values in batch.targets.items()}
    labelled = {name: torch.ones_like(known) for name, known in batch.labelled.items()}
    return replace(batch, streams=streams, targets=targets, labelled=labelled)


def _drawn(values: Tensor) -> Tensor:
    """Draw a class each where there are several, else 0 or 1."""
    rows, size = values.shape
    drawn = torch.randint(max(size, 2), (rows,))
    return torch.eye(size)[drawn] if size > 1 else drawn.float().unsqueeze(1)


def peak_memory() -> int:
    """Return the most memory that this process has held, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # macOS counts bytes, Linux kilobytes


def duration(seconds: float) -> str:
    """Say a duration as a person would."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:,.1f} h"


def size(count: int) -> str:
    """Say a number of bytes as a person would."""
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"
