"""Held-out windows of a fold: which of them are looked at, on the model's device."""

import numpy as np
import torch
from jaxtyping import Int
from torch import nn

from insula import Batch, FoldResult


def sample(fold: FoldResult, at_most: int) -> Int[np.ndarray, " rows"]:
    """Draw so many of the fold's test rows at most, in order; the same ones each time."""
    rows = np.asarray(fold.fold.test)
    drawn = np.random.default_rng([fold.seed, fold.number]).permutation(rows)[:at_most]
    return np.sort(drawn)


def device(model: nn.Module) -> torch.device:
    """Return where a model's parameters are."""
    first = next(model.parameters(), None)
    return torch.device("cpu") if first is None else first.device


def on_device(batch: Batch, model: nn.Module) -> Batch:
    """Move a batch to where a model's parameters are."""
    return batch.to(device(model))
