"""The kernel of synapses from inputs: what they do to every neuron doesn't depend on the state, and is one pass."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import softplus

from insula_cells.kernels.arrays import first_derivative, flat, whole_lanes, whole_rows
from insula_cells.kernels.compiled import compiled
from insula_cells.kernels.functions import LARGE, STEEPNESS
from insula_cells.kernels.lanes import LANES
from insula_cells.kernels.rows import ROWS
from insula_cells.kernels.synapses import FEW, SLOPES, conduct_all, fold_all, put
from insula_cells.kernels.threads import in_parts, parts
from insula_cells.synapses import Synapses

FLUSH = 64
"""Blocks of rows whose gradients are added up in float32 before they go into a float64."""


def sums_of(
    values: Float[Tensor, "*rows before"], synapses: Synapses
) -> tuple[Float[Tensor, "*rows units"], Float[Tensor, "*rows units"]]:
    """Return Σ w σ erev and Σ w σ of the synapses from values that don't depend on the state.

    Parameters
    ----------
    values
        v of every row.
    synapses
        Those from the values to the neurons.
    """
    rows, units = values.shape[:-1].numel(), synapses.w.shape[-1]
    finite = values.reshape(rows, -1).clamp(-LARGE, LARGE)
    pulled, opened = _Sums.apply(whole_rows(finite), whole_lanes(numbers_of(synapses)))
    shape = (*values.shape[:-1], units)
    return pulled[:rows, :units].reshape(shape), opened[:rows, :units].reshape(shape)


def numbers_of(synapses: Synapses) -> Float[Tensor, "4 before units"]:
    """Return a, μ, w and w erev of every synapse (:mod:`insula_cells.kernels.synapses`)."""
    w = softplus(synapses.w)
    return torch.stack([synapses.gamma * STEEPNESS, synapses.mu, w, w * synapses.erev])


class _Sums(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, *inputs: Any) -> tuple[Tensor, Tensor]:
        values, numbers = inputs
        (rows, before), units = values.shape, numbers.shape[-1]
        pulls, opens = (values.new_empty(rows, units) for _ in range(2))
        arrays = flat(values, numbers, pulls, opens)
        in_parts(lambda _, *ends: sum_up(*arrays, before, units, *ends), parts(rows, ROWS))
        ctx.save_for_backward(values, numbers)
        return pulls, opens

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        values, numbers = ctx.saved_tensors
        (rows, before), units = values.shape, numbers.shape[-1]
        of_values = torch.zeros_like(values)
        arrays = flat(*first_derivative(gradients), values, numbers, of_values)
        ranges = parts(rows, ROWS)
        sums = np.zeros((len(ranges), 4, before, units))

        def part(number: int, start: int, stop: int) -> None:
            scratch = [np.empty(size, np.float32) for size in (before * units * FEW, SLOPES)]
            small = np.zeros(4 * before * units, np.float32)
            fold_up(*arrays, before, units, start, stop, *scratch, small, sums[number].reshape(-1))

        in_parts(part, ranges)
        return of_values, settled(sums, numbers)


def settled(
    sums: Float[np.ndarray, "parts 4 before units"], numbers: Float[Tensor, "4 before units"]
) -> Float[Tensor, "4 before units"]:
    """Add up the gradients of the parts, with the factors that a and μ still lack: 1 / STEEPNESS, and −a times that."""
    total = torch.from_numpy(sums.sum(axis=0)).to(numbers)
    total[:2] /= STEEPNESS
    total[1] *= -numbers[0]
    return total


@compiled
def sum_up(values, numbers, pulls, opens, before, units, start, stop):
    """Find both sums of the rows from ``start`` to ``stop``."""
    for row in range(start, stop, FEW):
        for j in range(0, units, LANES):
            put(
                pulls,
                opens,
                row * units + j,
                units,
                conduct_all(values, row * before, before, numbers, units, j, None, 0),
            )


@compiled
def fold_up(pulls, opens, values, numbers, of_values, before, units, start, stop, open_, slopes, small, sums):
    """Take the gradients of both sums back."""
    for row in range(start, stop, FEW):
        at, of = row * before, row * units
        for j in range(0, units, LANES):
            conduct_all(values, at, before, numbers, units, j, open_, 0)
        fold_all(values, at, before, open_, 0, pulls, opens, of, numbers, units, slopes, small, of_values, at)
        if row // FEW % FLUSH == FLUSH - 1 or row + FEW >= stop:
            for i in range(small.size):
                sums[i] += small[i]
                small[i] = 0
