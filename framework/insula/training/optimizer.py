"""Optimizer and learning-rate schedule, as a run's ``training`` block names them."""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from insula.training.options import TrainingOptions


def build_optimizer(parameters: Iterable[nn.Parameter], options: TrainingOptions) -> torch.optim.Optimizer:
    """Build one of torch's optimizers."""
    chosen = options.optimizer
    common: dict[str, Any] = {"lr": chosen.lr, "weight_decay": chosen.weight_decay}
    match chosen.name:
        case "adam":
            return torch.optim.Adam(parameters, **common)
        case "adamw":
            return torch.optim.AdamW(parameters, **common)
        case "sgd":
            return torch.optim.SGD(parameters, momentum=chosen.momentum, **common)
        case "rmsprop":
            return torch.optim.RMSprop(parameters, momentum=chosen.momentum, **common)


def build_schedule(optimizer: torch.optim.Optimizer, options: TrainingOptions, *, validated: bool = True) -> Any:
    """Build the schedule, stepped once an epoch; None for a constant rate without warm-up.

    ``cosine`` falls to zero over the epochs behind the warm-up: (1 + cos(pi e / E)) / 2 (Loshchilov & Hutter 2017,
    eq. 5).
    """
    schedule, epochs = options.schedule, options.epochs
    if schedule.name == "plateau":
        mode = "min" if options.monitor == "loss" or not validated else "max"  # without validation: the training loss
        return torch.optim.lr_scheduler.ReduceLROnPlateau(
            optimizer, mode, factor=schedule.factor, patience=schedule.patience
        )
    if schedule.name == "constant" and not schedule.warmup:
        return None

    def factor(epoch: int) -> float:
        if epoch < schedule.warmup:
            return (epoch + 1) / (schedule.warmup + 1)
        if schedule.name == "constant":
            return 1.0
        done = (epoch - schedule.warmup) / max(epochs - schedule.warmup, 1)
        return (1 + math.cos(math.pi * min(done, 1.0))) / 2

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
