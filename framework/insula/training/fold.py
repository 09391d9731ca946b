"""Train one fold: fit its preprocessing, size and build its model, train, take the weights that validation chose."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from insula.errors import SplitError, TrainingError
from insula.model.build import build_model, count_parameters
from insula.randomness import draw
from insula.specs import DataSpec
from insula.training.adapt import adapt, check_frozen
from insula.training.environment import choose_device, choose_threads
from insula.training.learn import learn
from insula.training.options import TrainingOptions
from insula.training.plan import TrainedFold, TrainingPlan
from insula.training.sampling import class_weights
from insula.windows.split import Fold
from insula.windows.windows import FoldWindows, Windows


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
    """Train one fold and adapt its model to the people under test, going on from the last checkpoint if there is one.

    Parameters
    ----------
    seed
        The fold's seed: a function of the run's seed and the fold's number.
    folder
        Where checkpoints are kept.
    progress
        The run's progress bar; None shows nothing.
    """
    trained = _trained(plan, windows, fold, seed, folder, progress, title)
    return adapt(plan, trained, trained_fold(plan, windows, fold), seed, folder / "adapt", title)


def _trained(
    plan: TrainingPlan, windows: Windows, fold: Fold, seed: int, folder: Path, progress: Any, title: str
) -> TrainedFold:
    if plan.options.select_on == "test":
        by_test = replace(fold, validation=fold.test)
        return replace(_fit(plan, windows, by_test, seed, folder / "checkpoints", progress, title), validation={})
    trained = _fit(plan, windows, fold, seed, folder / "checkpoints", progress, title)
    final = trained_fold(plan, windows, fold)
    if final is fold:
        return trained
    again = replace(plan, options=plan.options.model_copy(update={"epochs": trained.epochs}))
    refitted = _fit(again, windows, final, seed, folder / "refit", None, title)
    return replace(refitted, seconds=trained.seconds + refitted.seconds, validation=trained.validation)


def _fit(
    plan: TrainingPlan, windows: Windows, fold: Fold, seed: int, checkpoints: Path, progress: Any, title: str
) -> TrainedFold:
    fitted = windows.fit(fold)
    fitted.check_storable()
    fold = _checked(fitted, fitted.usable(fold), plan.options, title)
    data = fold_spec(fitted, fold, plan.options)
    network = build_model(plan.model, data, seed)
    if len(fold.adapt) and fold.adapt_labels:
        check_frozen(network, plan.options)  # before hours of training
    device, _ = choose_device(plan.options)
    threads, _ = choose_threads(plan.options, count_parameters(network), device)
    torch.set_num_threads(threads)

    def report(row: dict[str, float]) -> None:
        if progress is not None:
            progress.epoch(title, row)

    history, epoch, seconds = learn(plan, network, fitted, fold, data, seed, checkpoints, title, report)
    if progress is not None:
        progress.skip(plan.options.epochs - len(history))
    return TrainedFold(network.cpu().eval(), fitted, data, history, epoch, seconds, _at(epoch, history))


def _at(epoch: int, history: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return what validation said at an epoch."""
    row = next(row for row in history if row["epoch"] == epoch)
    return {name.removeprefix("val_"): value for name, value in row.items() if name.startswith("val_")}


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


def fold_seed(seed: int, number: int) -> int:
    """Return the seed of a fold."""
    return draw(seed, "fold", number)
