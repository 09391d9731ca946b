"""Spread: time constants that cover a range of seconds, and the numbers that make them positive."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from insula import ConfigError


def log_spread(units: int, shortest: float, longest: float) -> Float[Tensor, " units"]:
    """Return time constants in seconds, even in their logarithm: the middles of ``units`` equal parts of the range."""
    return _at((torch.arange(units) + 0.5) / units, shortest, longest)


def log_uniform(units: int, shortest: float, longest: float) -> Float[Tensor, " units"]:
    """Return time constants in seconds, drawn uniformly in their logarithm."""
    return _at(torch.rand(units), shortest, longest)


def _at(parts: Float[Tensor, " units"], shortest: float, longest: float) -> Float[Tensor, " units"]:
    """Return the time constants at these parts of the range, 0 its shortest and 1 its longest."""
    if not shortest < longest:
        raise ConfigError(
            f"tau_min ({shortest:g} s) must be shorter than tau_max ({longest:g} s): set tau_min below it, "
            f"for example tau_min={longest / 10:g}"
        )
    return shortest * torch.exp(parts * math.log(longest / shortest))


def inverse_softplus(value: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    """Return the number whose softplus is ``value`` (> 0)."""
    return value + torch.log(-torch.expm1(-value))
