"""Fitting at once: an architecture learns by one call from all training windows."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch

from insula.model.architecture import Architecture
from insula.randomness import draw
from insula.specs import DataSpec
from insula.training.by_gradient import Loaders
from insula.training.objective import Objective
from insula.windows.batch import Batch


def train_at_once(
    network: Any,
    objective: Objective,
    data: DataSpec,
    loaders: Loaders,
    seed: int,
    report: Callable[[dict[str, float]], None],
) -> tuple[list[dict[str, float]], int, float]:
    """Fit an architecture; return its history, which is of one epoch, the number of that, and the seconds of the fit.

    Nothing is kept on the way: what is stopped before its end is fitted again, with the same draws.
    """
    begin = time.perf_counter()
    fit(network, loaders[0], seed)
    seconds = time.perf_counter() - begin
    found: dict[str, float] = {"epoch": 1}
    for role, batches in zip(("train", "val"), loaders, strict=True):
        if batches is not None:
            found |= _figures(network, batches, objective, data, role)
    report(found)
    return [found], 1, seconds


def fit(network: Any, batches: Iterable[Batch], seed: int) -> None:
    """Fit an architecture that has ``fit``; what it draws meanwhile depends on the seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(draw(seed, "fit"))
        network.fit(batches)


def _figures(
    network: Architecture, batches: Iterable[Batch], objective: Objective, data: DataSpec, role: str
) -> Mapping[str, float]:
    """Return ``<role>_loss`` and the figures of the first target, over all rows together."""
    from insula.training.module import joined, joined_outputs, scores

    network.eval()
    with torch.no_grad():
        seen = [
            (network(batch), Batch({}, batch.present, batch.targets, batch.labelled, batch.rows, batch.groups))
            for batch in batches
        ]
        fused, batch = joined_outputs([f for f, _ in seen]), joined([b for _, b in seen])
        loss, _ = objective(network, fused, batch, progress=0.0)
    name, target = next(iter(data.targets.items()))
    known = batch.labelled[name]
    found = {"loss": float(loss), **scores(fused.outputs[name][known], batch.targets[name][known], target.kind)}
    return {f"{role}_{figure}": value for figure, value in found.items()}
