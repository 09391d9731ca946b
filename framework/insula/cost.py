"""Cost: what a run will take, from some of its training steps."""

import resource
import statistics
import sys
import time
from dataclasses import dataclass, replace

import numpy as np
import torch

from insula.model.architecture import Architecture
from insula.model.build import count_parameters
from insula.specs import DataSpec
from insula.training.environment import choose_device, choose_threads
from insula.training.fold import TrainingPlan
from insula.training.objective import Objective
from insula.training.optimizer import build_optimizer
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


def time_steps(network: Architecture, plan: TrainingPlan, fitted: FoldWindows, data: DataSpec) -> Cost:
    """Train a model for some steps, on windows that are taken again where there are too few."""
    options = plan.options
    device, _ = choose_device(options)
    threads, _ = choose_threads(options, count_parameters(network), device)
    torch.set_num_threads(threads)
    losses = {name: plan.losses[name][target.kind].build(target) for name, target in data.targets.items()}
    objective = Objective(losses, plan.weights, options.losses, options.l2)
    optimizer = build_optimizer(network.parameters(), options)
    rows = np.resize(np.arange(len(fitted.windows.rows.index)), STEPS * options.batch_size)
    network.train()
    train: list[float] = []
    begin = time.perf_counter()
    for batch in fitted.batches(rows, data, options.batch_size):
        optimizer.zero_grad()
        objective(network, network(batch), batch, 0.0)[0].backward()
        optimizer.step()
        train.append(time.perf_counter() - begin)
        begin = time.perf_counter()
    network.eval()
    evaluate: list[float] = []
    with torch.no_grad():
        begin = time.perf_counter()
        for batch in fitted.batches(rows[: 3 * options.batch_size], data, options.batch_size):
            network(batch)
            evaluate.append(time.perf_counter() - begin)
            begin = time.perf_counter()
    return Cost(statistics.median(train), statistics.median(evaluate), options.batch_size)


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
