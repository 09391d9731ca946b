"""The kernel of ``ltc``: semi-implicit unfolds with a sigmoid per synapse."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from insula_cells.kernels.arrays import first_derivative, flat, whole_lanes, whole_rows
from insula_cells.kernels.compiled import compiled, inlined
from insula_cells.kernels.lanes import LANES, fill, fma, load, store
from insula_cells.kernels.rows import ROWS
from insula_cells.kernels.sums import numbers_of, settled
from insula_cells.kernels.synapses import FEW, SLOPES, conduct_all, fold_all, put
from insula_cells.kernels.threads import in_parts, parts
from insula_cells.synapses import Synapses

FLUSH = 8
"""Steps whose gradients are added up in float32 before they go into a float64."""


def run(
    pulled: Float[Tensor, "batch steps units"],
    opened: Float[Tensor, "batch steps units"],
    synapses: Synapses,
    leaks: Float[Tensor, "3 units"],
    elapsed: Float[Tensor, "batch steps"],
    state: Float[Tensor, "batch units"],
    unfolds: int,
) -> Float[Tensor, "batch steps units"]:
    """Return the states of ``insula_cells.ltc`` after every step.

    Parameters
    ----------
    pulled, opened
        Σ w σ erev and Σ w σ of the synapses from inputs.
    synapses
        Those between neurons.
    leaks
        cm, gleak vleak and gleak.
    elapsed
        Seconds of one unfold; below 0: the step isn't there.
    state
        The state before the first step.
    unfolds
        How many there are in a step.
    """
    batch, units = state.shape
    states = _Run.apply(
        whole_rows(whole_lanes(pulled)),
        whole_rows(whole_lanes(opened)),
        whole_lanes(numbers_of(synapses), 2),
        whole_lanes(leaks, value=1.0),  # a neuron that is filled up has a capacitance too
        whole_rows(elapsed, -1.0),
        whole_rows(whole_lanes(state)),
        unfolds,
    )
    return states[:batch, :, :units]


class _Run(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, *inputs: Any) -> Tensor:
        pulled, opened, numbers, leaks, elapsed, state, unfolds = inputs
        batch, steps, units = pulled.shape
        states = torch.empty_like(pulled)
        arrays = flat(pulled, opened, states, state, numbers, leaks, elapsed)

        def part(_: int, start: int, stop: int) -> None:
            scratch = [np.empty(size * FEW * units, np.float32) for size in (2, 1, 1, 1)]
            forward(*arrays, unfolds, steps, units, start, stop, *scratch)

        in_parts(part, parts(batch, ROWS))
        ctx.save_for_backward(pulled, opened, numbers, leaks, elapsed, state, states)
        ctx.unfolds = unfolds
        return states

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        pulled, opened, numbers, leaks, elapsed, state, states = ctx.saved_tensors
        (batch, steps, units), unfolds = pulled.shape, ctx.unfolds
        of_pulled, of_opened, of_state = (torch.empty_like(each) for each in (pulled, opened, state))
        arrays = flat(
            *first_derivative(gradients), pulled, opened, states, state, numbers, leaks, elapsed,
            of_pulled, of_opened, of_state,
        )  # fmt: skip
        ranges = parts(batch, ROWS)
        sums = np.zeros((len(ranges), 4 * units + 3, units))

        def part(number: int, start: int, stop: int) -> None:
            sizes = (unfolds + 1, unfolds, unfolds * units, 1, 1, 1)
            scratch = [np.empty(size * FEW * units, np.float32) for size in sizes]
            small = np.zeros((4 * units + 3) * units, np.float32)
            slopes = np.empty(SLOPES, np.float32)
            backward(*arrays, unfolds, steps, units, start, stop, *scratch, slopes, small, sums[number].reshape(-1))

        in_parts(part, ranges)
        of_leaks = torch.from_numpy(sums[:, 4 * units :].sum(axis=0)).to(leaks)
        of_numbers = settled(sums[:, : 4 * units].reshape(-1, 4, units, units), numbers)
        return of_pulled, of_opened, of_numbers, of_leaks, None, of_state, None


@inlined
def unfold(
    pulled, opened, at, steps, leaks, elapsed, e, values, now, then, numbers, open_, s, totals, h, pulls, opens, units
):  # fmt: skip
    """Advance a few rows by one unfold, from ``values[now:]`` to ``values[then:]``; keep all conductances."""
    for j in range(0, units, LANES):
        put(pulls, opens, j, units, conduct_all(values, now, units, numbers, units, j, open_, s))
        cm, leak_pull, leak = load(leaks, j), load(leaks, units + j), load(leaks, 2 * units + j)
        for r in range(FEW):
            dt, to, there = elapsed[e + r * steps], r * units + j, at + r * steps * units + j
            v = load(values, now + to)
            if dt >= 0:
                total = load(opens, to) + load(opened, there) + leak
                pull = load(pulls, to) + load(pulled, there) + leak_pull
                # As an increment: slow neurons move by less than a unit in the last place of cm + Δt Σ.
                v = fma(fill(dt), (pull - total * v) / fma(fill(dt), total, cm), v)
                store(totals, h + to, total)
            store(values, then + to, v)


@compiled
def forward(
    pulled, opened, states, initial, numbers, leaks, elapsed, unfolds, steps, units, start, stop,
    values, totals, pulls, opens,
):  # fmt: skip
    """Run the rows from ``start`` to ``stop`` over all steps."""
    block = FEW * units
    for b in range(start, stop, FEW):
        now, then = 0, block
        values[:block] = initial[b * units : b * units + block]
        for t in range(steps):
            at, e = (b * steps + t) * units, b * steps + t
            for _ in range(unfolds):
                unfold(
                    pulled, opened, at, steps, leaks, elapsed, e, values, now, then, numbers, None, 0, totals, 0,
                    pulls, opens, units,
                )  # fmt: skip
                now, then = then, now
            for r in range(FEW):
                for j in range(0, units, LANES):
                    store(states, at + r * steps * units + j, load(values, now + r * units + j))


@inlined
def fold_unfold(
    leaks, elapsed, e, steps, values, now, then, totals, h, of_values, pulls, opens, of_pulled, of_opened, at, small,
    units,
):  # fmt: skip
    """Take the gradient of a few rows back through one unfold, all but what goes through its synapses."""
    zero, first = fill(np.float32(0)), 4 * units * units
    for j in range(0, units, LANES):
        cm, of_cm = load(leaks, j), load(small, first + j)
        for r in range(FEW):
            dt, to, there = elapsed[e + r * steps], r * units + j, at + r * steps * units + j
            of_pull, of_open = zero, zero
            if dt >= 0:
                total, after, of = load(totals, h + to), load(values, then + to), load(of_values, to)
                share = of / fma(fill(dt), total, cm)
                of_pull = fill(dt) * share
                of_open = zero - of_pull * after
                of_cm = fma(share, load(values, now + to) - after, of_cm)
                store(of_values, to, of - of_pull * total)
            store(pulls, to, of_pull)
            store(opens, to, of_open)
            store(of_pulled, there, load(of_pulled, there) + of_pull)
            store(of_opened, there, load(of_opened, there) + of_open)
        store(small, first + j, of_cm)


@compiled
def backward(
    gradient, pulled, opened, states, initial, numbers, leaks, elapsed, of_pulled, of_opened, of_initial,
    unfolds, steps, units, start, stop, values, totals, open_, of_values, pulls, opens, slopes, small, sums,
):  # fmt: skip
    """Take the gradient of the rows from ``start`` to ``stop`` back over all steps, each of which is unfolded again."""
    block, square, zero = FEW * units, 4 * units * units, fill(np.float32(0))
    for b in range(start, stop, FEW):
        of_values[:] = 0
        for t in range(steps - 1, -1, -1):
            at, e = (b * steps + t) * units, b * steps + t
            for r in range(FEW):
                for j in range(0, units, LANES):
                    to, there = r * units + j, at + r * steps * units + j
                    store(values, to, load(states, there - units) if t else load(initial, b * units + to))
                    store(of_values, to, load(of_values, to) + load(gradient, there))
                    store(of_pulled, there, zero)
                    store(of_opened, there, zero)
            for u in range(unfolds):
                g = u * block
                unfold(
                    pulled, opened, at, steps, leaks, elapsed, e, values, g, g + block, numbers, open_, g * units,
                    totals, g, pulls, opens, units,
                )  # fmt: skip
            for u in range(unfolds - 1, -1, -1):
                g = u * block
                fold_unfold(
                    leaks, elapsed, e, steps, values, g, g + block, totals, g, of_values, pulls, opens,
                    of_pulled, of_opened, at, small, units,
                )  # fmt: skip
                fold_all(
                    values, g, units, open_, g * units, pulls, opens, 0, numbers, units, slopes, small, of_values, 0
                )  # fmt: skip
            for r in range(FEW):
                for j in range(0, units, LANES):
                    there, to = at + r * steps * units + j, square + units + j
                    store(small, to, load(small, to) + load(of_pulled, there))
                    store(small, to + units, load(small, to + units) + load(of_opened, there))
            first = 0 if t % FLUSH == 0 else square
            for i in range(first, square + 3 * units):
                sums[i] += small[i]
                small[i] = 0
        of_initial[b * units : b * units + block] = of_values
