"""Learn: let a model learn from some rows of a fold, by gradient or at once."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch.utils.data import DataLoader

from insula.errors import TrainingError
from insula.model.architecture import Architecture, is_fitted_at_once
from insula.specs import DataSpec
from insula.training.at_once import train_at_once
from insula.training.by_gradient import Loaders, train_by_gradient
from insula.training.environment import choose_device
from insula.training.objective import Objective
from insula.training.plan import TrainingPlan
from insula.training.sampling import EpochBatches, class_weights, oversampling
from insula.windows.collate import collate
from insula.windows.split import Fold
from insula.windows.windows import FoldWindows, chunks, conversations, in_order

log = logging.getLogger("insula")


def learn(
    plan: TrainingPlan,
    network: Architecture,
    fitted: FoldWindows,
    fold: Fold,
    data: DataSpec,
    seed: int,
    checkpoints: Path,
    title: str,
    report: Callable[[dict[str, float]], None] = lambda row: None,
) -> tuple[list[dict[str, float]], int, float]:
    """Let a network learn from a fold's training rows; return history, the epoch whose weights it has, and seconds.

    The best epoch by the validation rows is taken, the last where there are none. Learning by gradient goes on from its
    last checkpoint, if there is one.
    """
    loaders = _loaders(plan, fitted, fold, data, seed)
    if is_fitted_at_once(type(network)):
        objective = _objective(plan, data, l2=0.0)  # training.l2 is no part of what it is fitted to
        return train_at_once(network, objective, data, loaders, seed, report)
    from insula.training.module import FoldModule

    objective, validated = _objective(plan, data, plan.options.l2), loaders[1] is not None
    module = FoldModule(network, objective, data, plan.options, seed, report, validated=validated)
    return train_by_gradient(module, loaders, plan.options, choose_device(plan.options)[0], checkpoints, title)


def _objective(plan: TrainingPlan, data: DataSpec, l2: float) -> Objective:
    losses = {name: plan.losses[name][target.kind].build(target) for name, target in data.targets.items()}
    return Objective(losses, plan.weights, plan.options.losses, l2)


def _loaders(plan: TrainingPlan, fitted: FoldWindows, fold: Fold, data: DataSpec, seed: int) -> Loaders:
    options, windows, rows = plan.options, fitted.windows, fitted.windows.rows
    grouped = issubclass(plan.model.architecture.cls, Architecture) and plan.model.architecture.cls.batch_by == "group"
    groups = conversations(rows) if grouped else None
    chances = None
    first, target = next(iter(data.targets.items()))
    if options.balance == "oversample" and (target.kind == "number" or grouped):
        why = "conversations stay whole" if grouped else f"the target {first} is a number"
        raise TrainingError(
            f"training.balance=oversample can't be used here: {why}; type training.balance=weights or none"
        )
    if options.balance == "oversample":
        labels = list(rows.index[first].iloc[fold.train])
        chances = oversampling(labels, dict(zip(target.classes, class_weights(labels, target.classes), strict=True)))
    train_rows = fold.train if groups is None else in_order(fold.train, rows, groups)
    augmented = any(s.plan.augment_signal or s.plan.augment_features for s in windows.streams.values())
    if augmented and is_fitted_at_once(plan.model.architecture.cls):
        log.info(
            "%s is fitted at once: augmentations that are drawn for every epoch change nothing",
            plan.model.architecture.name,
        )
        augmented = False
    batches = EpochBatches(train_rows, options.batch_size, seed, chances=chances, groups=groups, augmented=augmented)

    def join(items: list) -> Any:
        return collate(items, data, None if groups is None else [groups[item.row] for item in items])

    train = DataLoader(fitted, batch_sampler=batches, collate_fn=join)  # type: ignore[arg-type]
    if not len(fold.validation):
        return train, None
    held = list(map(int, fold.validation)) if groups is None else in_order(fold.validation, rows, groups)
    validation = chunks(held, max(options.batch_size, 64), groups)
    return train, DataLoader(fitted, batch_sampler=validation, collate_fn=join)  # type: ignore[arg-type]
