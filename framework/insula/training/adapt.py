"""Adapt: a trained model learns from the first labelled trials of the people it will be tested on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from insula.errors import SplitError, TrainingError
from insula.model.architecture import is_fitted_at_once
from insula.model.build import build_model
from insula.plugin.manager import nearest
from insula.randomness import draw
from insula.training.learn import learn
from insula.training.options import ScheduleOptions, TrainingOptions
from insula.training.plan import TrainedFold, TrainingPlan
from insula.windows.split import Fold


def adapt(
    plan: TrainingPlan, trained: TrainedFold, fold: Fold, seed: int, checkpoints: Path, title: str
) -> TrainedFold:
    """Return the fold with its model adapted on the fold's adapt rows; as it is where there are none to learn from.

    The weights that training took go on learning from those rows, for ``training.adapt.epochs`` epochs, of which the
    last is taken: no row is left to choose by. A model that is fitted at once is fitted anew to the training and the
    adapt rows. What the fold's preprocessing has learnt stays that of the training rows.

    Parameters
    ----------
    fold
        The rows that the final model was trained on, and those to adapt on.
    seed
        The fold's seed, from which the seed of adaptation follows.
    checkpoints
        A folder of its own, from which it goes on.

    Raises
    ------
    SplitError
        If per-fold steps have refused all of the adapt rows.
    """
    if not len(fold.adapt) or not fold.adapt_labels:
        return trained
    usable = trained.windows.usable(fold)
    if not len(usable.adapt):
        refused = trained.windows.left_out[0]
        raise SplitError(f"{title}: no window to adapt on is left: {refused.what}: {refused.why}")
    if is_fitted_at_once(type(trained.network)):
        network, rows = build_model(plan.model, trained.data, seed), np.concatenate([usable.train, usable.adapt])
        frozen = []
    else:
        network, rows, seed = trained.network, usable.adapt, draw(seed, "adapt")
        plan = replace(plan, options=_options(plan.options))
        frozen = _freeze(network, plan.options)
    own = Fold(train=rows)
    title = f"{title}, adaptation"
    history, _, seconds = learn(plan, network, trained.windows, own, trained.data, seed, checkpoints, title)
    for parameter in frozen:
        parameter.requires_grad_(True)
    return replace(
        trained,
        network=network.cpu().eval(),
        history=_joined(trained.history, history),
        seconds=trained.seconds + seconds,
    )


def check_frozen(network: nn.Module, options: TrainingOptions) -> list[nn.Module]:
    """Return the modules that adaptation leaves as they are.

    Raises
    ------
    TrainingError
        If the model has no such module, or they are all of it.
    """
    if not options.adapt.freeze:
        return []
    modules = dict(network.named_modules())
    for name in options.adapt.freeze:
        if name not in modules:
            parts = ", ".join(name for name, _ in network.named_children())
            raise TrainingError(
                f"training.adapt.freeze: the model has no module {name!r}{nearest(name, modules)}. Its parts: {parts}"
            )
    found = [modules[name] for name in options.adapt.freeze]
    frozen = {id(parameter) for module in found for parameter in module.parameters()}
    if all(id(parameter) in frozen for parameter in network.parameters()):
        raise TrainingError("training.adapt.freeze: nothing of the model is left that could be adapted")
    return found


def _freeze(network: nn.Module, options: TrainingOptions) -> list[nn.Parameter]:
    """Let nothing change in what is frozen, running means and variances included; return what it has frozen."""
    network.train()
    modules = check_frozen(network, options)
    frozen = [parameter for module in modules for parameter in module.parameters() if parameter.requires_grad]
    for module in modules:
        module.requires_grad_(False).eval()
    return frozen


def _options(options: TrainingOptions) -> TrainingOptions:
    """Return the options of training as adaptation has them; loss terms that fall to zero have fallen."""
    chosen = options.adapt
    optimizer = options.optimizer.model_copy(update={"lr": chosen.lr or options.optimizer.lr / 10})
    fallen = {
        name: term.model_copy(update={"weight": 0.0}) if term.decay == "linear" else term
        for name, term in options.losses.items()
    }
    changed = {"epochs": chosen.epochs, "batch_size": chosen.batch_size or options.batch_size, "optimizer": optimizer}
    return options.model_copy(update={**changed, "schedule": ScheduleOptions(), "losses": fallen, "logger": "csv"})


def _joined(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Join two histories; epochs are counted on."""
    last = before[-1]["epoch"]
    counted = [{**row, "epoch": row["epoch"] + last, "stage": "adaptation"} for row in after]
    return [*({**row, "stage": "training"} for row in before), *counted]
