"""Train one fold: fit its preprocessing, size and build its model, train, take the weights that validation chose."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader

from insula.errors import SplitError, TrainingError
from insula.model.architecture import Architecture, is_fitted_at_once
from insula.model.build import ModelChoice, build_model, count_parameters
from insula.plugin.choice import Choice
from insula.randomness import draw
from insula.specs import DataSpec
from insula.training.at_once import train_at_once
from insula.training.by_gradient import Loaders, train_by_gradient
from insula.training.environment import choose_device, choose_threads
from insula.training.objective import Objective
from insula.training.options import TrainingOptions
from insula.training.sampling import EpochBatches, class_weights, oversampling
from insula.types import Kind
from insula.windows.collate import collate
from insula.windows.split import Fold
from insula.windows.windows import FoldWindows, Windows, chunks, conversations, in_order

log = logging.getLogger("insula")


@dataclass(frozen=True, eq=False)
class TrainingPlan:
    """What is the same for every fold: the model, the losses per target and kind, and the options."""

    model: ModelChoice
    losses: Mapping[str, Mapping[Kind, Choice]]
    weights: Mapping[str, float]
    options: TrainingOptions


@dataclass(frozen=True, eq=False)
class TrainedFold:
    """A trained model with the preprocessing that was fitted for it."""

    network: Architecture
    windows: FoldWindows
    data: DataSpec
    history: Sequence[Mapping[str, float]]
    epochs: int
    """The epoch whose weights were taken."""


def fold_spec(fitted: FoldWindows, fold: Fold, options: TrainingOptions) -> DataSpec:
    """Size the model on a fold's training rows, with class weights where the run balances by them."""
    weights = {}
    if options.balance == "weights":
        for name, target in fitted.windows.targets.items():
            if target.kind != "number":
                labels = fitted.windows.rows.index[name]
                weights[name] = class_weights(list(labels.iloc[fold.train]), target.classes)
    return fitted.spec(fold.train, weights)


def trained_fold(plan: TrainingPlan, windows: Windows, fold: Fold) -> Fold:
    """Return the rows that the final model was trained on, which a refit changes: copies of all of them train, too."""
    if plan.options.refit == "none" or not len(fold.validation):
        return fold
    both = np.concatenate([fold.train, fold.validation])
    return windows.view.with_copies(replace(fold, train=both, validation=fold.validation[:0]))


def train_fold(
    plan: TrainingPlan, windows: Windows, fold: Fold, seed: int, folder: Path, progress: Any = None, title: str = ""
) -> TrainedFold:
    """Train one fold, going on from its last checkpoint if there is one.

    Parameters
    ----------
    seed
        The fold's seed: a function of the run's seed and the fold's number.
    folder
        Where checkpoints are kept.
    progress
        The run's progress bar; None shows nothing.
    """
    if plan.options.select_on == "test":
        return _fit(plan, windows, replace(fold, validation=fold.test), seed, folder / "checkpoints", progress, title)
    trained = _fit(plan, windows, fold, seed, folder / "checkpoints", progress, title)
    final = trained_fold(plan, windows, fold)
    if final is fold:
        return trained
    again = replace(plan, options=plan.options.model_copy(update={"epochs": trained.epochs}))
    return _fit(again, windows, final, seed, folder / "refit", None, title)


def _fit(
    plan: TrainingPlan, windows: Windows, fold: Fold, seed: int, checkpoints: Path, progress: Any, title: str
) -> TrainedFold:
    fitted = windows.fit(fold)
    fitted.check_storable()
    fold = _checked(fitted, fitted.usable(fold), plan.options, title)
    data = fold_spec(fitted, fold, plan.options)
    network = build_model(plan.model, data, seed)
    device, _ = choose_device(plan.options)
    threads, _ = choose_threads(plan.options, count_parameters(network), device)
    torch.set_num_threads(threads)
    loaders = _loaders(plan, fitted, fold, data, seed)

    def report(row: dict[str, float]) -> None:
        if progress is not None:
            progress.epoch(title, row)

    if is_fitted_at_once(type(network)):
        objective = _objective(plan, data, l2=0.0)  # training.l2 is no part of what it is fitted to
        history, epoch = train_at_once(network, objective, data, loaders, seed, report)
    else:
        from insula.training.module import FoldModule

        objective, validated = _objective(plan, data, plan.options.l2), loaders[1] is not None
        module = FoldModule(network, objective, data, plan.options, seed, report, validated=validated)
        history, epoch = train_by_gradient(module, loaders, plan.options, device, checkpoints, title)
    if progress is not None:
        progress.skip(plan.options.epochs - len(history))
    return TrainedFold(network.cpu().eval(), fitted, data, history, epoch)


def _checked(fitted: FoldWindows, fold: Fold, options: TrainingOptions, title: str) -> Fold:
    """Refuse a fold that the refusals of per-fold steps, or missing labels, have left nothing to train or select on."""
    if not len(fold.train):
        why = f": {fitted.left_out[0].what}: {fitted.left_out[0].why}" if fitted.left_out else ""
        raise SplitError(f"{title}: no training window is left{why}")
    rows, first = fitted.windows.rows, next(iter(fitted.windows.targets))
    unlabelled = all(rows.targets[first][row] is None for row in fold.validation)
    if options.monitor != "loss" and len(fold.validation) and unlabelled:
        raise TrainingError(
            f"{title}: no validation window has a label for {first}, so training.monitor={options.monitor} can't "
            "be computed; type training.monitor=loss"
        )
    return fold


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


def fold_seed(seed: int, number: int) -> int:
    """Return the seed of a fold."""
    return draw(seed, "fold", number)
