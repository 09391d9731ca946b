"""The kernel of ``neuron_ltc``: semi-implicit unfolds with one gate per neuron."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear

from insula_cells.kernels.arrays import first_derivative, flat, whole_lanes, whole_rows
from insula_cells.kernels.compiled import compiled, inlined
from insula_cells.kernels.functions import STEEPNESS, gate, inverse
from insula_cells.kernels.lanes import LANES, fill, fma, load, store
from insula_cells.kernels.products import add_outer, add_times, times
from insula_cells.kernels.rows import ROWS
from insula_cells.kernels.threads import in_parts, parts

FLUSH = 8
"""Steps whose products are added up in float32 before they go into a float64: one sum over 500 would be 2 % wrong."""

SHARE = np.float32(1 / STEEPNESS)


def run(
    x: Float[Tensor, "batch steps features"],
    sensory: nn.Linear,
    recurrent: Float[Tensor, "units units"],
    rate: Float[Tensor, " units"],
    reversal: Float[Tensor, " units"],
    elapsed: Float[Tensor, "batch steps"],
    state: Float[Tensor, "batch units"],
    unfolds: int,
) -> Float[Tensor, "batch steps units"]:
    """Return the states of ``insula_cells.neuron_ltc`` after every step.

    Parameters
    ----------
    x
        I.
    sensory
        W and b.
    recurrent, rate, reversal
        U, 1/τ and A.
    elapsed
        Seconds of one unfold; below 0: the step isn't there.
    state
        The state before the first step.
    unfolds
        How many there are in a step.
    """
    batch, units = state.shape
    states = _Run.apply(
        whole_rows(whole_lanes(linear(x, sensory.weight * STEEPNESS, sensory.bias * STEEPNESS))),
        whole_lanes(whole_lanes((recurrent * STEEPNESS).t()).t()),
        whole_lanes(rate),
        whole_lanes(reversal),
        whole_rows(elapsed, -1.0),
        whole_rows(whole_lanes(state)),
        unfolds,
    )
    return states[:batch, :, :units]


class _Run(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, *inputs: Any) -> Tensor:
        drive, recurrent, rate, reversal, elapsed, state, unfolds = inputs
        batch, steps, units = drive.shape
        states = torch.empty_like(drive)
        arrays = flat(drive, states, state, recurrent.t(), rate, reversal, elapsed)

        def part(_: int, start: int, stop: int) -> None:
            scratch = [np.empty(size * ROWS * units, np.float32) for size in (2, 1)]
            forward(*arrays, unfolds, steps, units, start, stop, *scratch)

        in_parts(part, parts(batch, ROWS))
        ctx.save_for_backward(drive, recurrent, rate, reversal, elapsed, state, states)
        ctx.unfolds = unfolds
        return states

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        (gradient,) = first_derivative(gradients)
        drive, recurrent, rate, reversal, elapsed, state, states = ctx.saved_tensors
        (batch, steps, units), unfolds = drive.shape, ctx.unfolds
        of_drive, of_state = torch.empty_like(drive), torch.empty_like(state)
        arrays = flat(
            gradient, drive, states, state, recurrent.t(), recurrent, rate, reversal, elapsed, of_drive, of_state
        )
        ranges = parts(batch, ROWS)
        sums = np.zeros((len(ranges), units + 2, units))

        def part(number: int, start: int, stop: int) -> None:
            scratch = [np.empty(size * ROWS * units, np.float32) for size in (unfolds + 1, unfolds, unfolds, 1)]
            small = np.zeros((units + 2) * units, np.float32)
            backward(*arrays, unfolds, steps, units, start, stop, *scratch, small, sums[number].reshape(-1))

        in_parts(part, ranges)
        total = torch.from_numpy(sums.sum(axis=0)).to(drive)
        return of_drive, total[:units].t(), total[units], total[units + 1], None, of_state, None


@inlined
def unfold(drive, at, steps, rate, reversal, elapsed, e, values, now, then, transposed, gates, g, units):
    """Advance a block of rows by one unfold, from ``values[now:]`` to ``values[then:]``; keep the gates."""
    one = fill(np.float32(1))
    times(values, now, transposed, units, gates, g)
    for j in range(0, units, LANES):
        leak, pull = load(rate, j), load(reversal, j)
        for r in range(ROWS):
            dt, v, to = elapsed[e + r * steps], load(values, now + r * units + j), r * units + j
            if dt >= 0:
                f = gate(load(gates, g + to) + load(drive, at + r * steps * units + j))
                store(gates, g + to, f)
                # As an increment: slow neurons move by less than a unit in the last place of 1 + Δt (1/τ + f).
                seconds, opened = fill(dt), leak + f
                v = fma(seconds * (f * pull - opened * v), inverse(fma(seconds, opened, one)), v)
            store(values, then + to, v)


@compiled
def forward(
    drive, states, initial, transposed, rate, reversal, elapsed, unfolds, steps, units, start, stop, values, gates
):
    """Run the rows from ``start`` to ``stop`` over all steps."""
    block = ROWS * units
    for b in range(start, stop, ROWS):
        now, then = 0, block
        values[:block] = initial[b * units : b * units + block]
        for t in range(steps):
            at, e = (b * steps + t) * units, b * steps + t
            for _ in range(unfolds):
                unfold(drive, at, steps, rate, reversal, elapsed, e, values, now, then, transposed, gates, 0, units)
                now, then = then, now
            for r in range(ROWS):
                for j in range(0, units, LANES):
                    store(states, at + r * steps * units + j, load(values, now + r * units + j))


@inlined
def fold(rate, reversal, elapsed, e, steps, values, now, then, gates, g, pulls, of_values, small, units):
    """Take the gradient of a block of rows back through one unfold, all but what goes through U."""
    one = fill(np.float32(1))
    for j in range(0, units, LANES):
        leak, pull = load(rate, j), load(reversal, j)
        of_rate, of_reversal = load(small, units * units + j), load(small, units * units + units + j)
        for r in range(ROWS):
            dt, to = elapsed[e + r * steps], r * units + j
            z = fill(np.float32(0))
            if dt >= 0:
                seconds, f, after, of = fill(dt), load(gates, g + to), load(values, then + to), load(of_values, to)
                share = seconds * of * inverse(fma(seconds, leak + f, one))
                z = share * (pull - after) * (f * fill(SHARE)) * (one - f)
                of_rate, of_reversal = of_rate - share * after, fma(share, f, of_reversal)
                store(of_values, to, of - share * (leak + f))
            store(pulls, g + to, z)
        store(small, units * units + j, of_rate)
        store(small, units * units + units + j, of_reversal)


@compiled
def backward(
    gradient, drive, states, initial, transposed, recurrent, rate, reversal, elapsed, of_drive, of_initial,
    unfolds, steps, units, start, stop, values, gates, pulls, of_values, small, sums,
):  # fmt: skip
    """Take the gradient of the rows from ``start`` to ``stop`` back over all steps, each of which is unfolded again."""
    block, square = ROWS * units, units * units
    for b in range(start, stop, ROWS):
        of_values[:] = 0
        for t in range(steps - 1, -1, -1):
            at, e = (b * steps + t) * units, b * steps + t
            for r in range(ROWS):
                for j in range(0, units, LANES):
                    to, there = r * units + j, at + r * steps * units + j
                    store(values, to, load(states, there - units) if t else load(initial, b * units + to))
                    store(of_values, to, load(of_values, to) + load(gradient, there))
            for u in range(unfolds):
                g = u * block
                unfold(drive, at, steps, rate, reversal, elapsed, e, values, g, g + block, transposed, gates, g, units)
            for u in range(unfolds - 1, -1, -1):
                g = u * block
                fold(rate, reversal, elapsed, e, steps, values, g, g + block, gates, g, pulls, of_values, small, units)
                add_times(pulls, g, recurrent, units, of_values, 0)
            for r in range(ROWS):
                for j in range(0, units, LANES):
                    total = load(pulls, r * units + j)
                    for g in range(block, unfolds * block, block):
                        total = total + load(pulls, g + r * units + j)
                    store(of_drive, at + r * steps * units + j, total)
            add_outer(values, pulls, unfolds * block, units, small)
            first = 0 if t % FLUSH == 0 else square
            for i in range(first, square + 2 * units):
                sums[i] += small[i]
                small[i] = 0
        of_initial[b * units : b * units + block] = of_values
