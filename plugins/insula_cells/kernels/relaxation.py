"""The kernel of ``ctrnn`` and ``euler_ltc``: states that relax to a tanh of input and state."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from insula_cells.kernels.arrays import first_derivative, flat, whole_lanes, whole_rows
from insula_cells.kernels.compiled import compiled, inlined
from insula_cells.kernels.functions import between, decayed, tanh, where_equal
from insula_cells.kernels.lanes import LANES, fill, fma, load, store
from insula_cells.kernels.products import add_times, times
from insula_cells.kernels.rows import ROWS
from insula_cells.kernels.threads import in_parts, parts

GAINS = ("given", "exponential", "euler")


@dataclass(frozen=True)
class Relaxation:
    """How a state h with target a moves in a step: h⁺ = scale · clip(h + gain (a − h)).

    Parameters
    ----------
    gain
        What it is made of: ``given`` as it is; ``exponential``: 1 − exp(−Δt rate); ``euler``: 1 − (1 − Δt rate / n)ⁿ.
    unfolds
        n.
    low, high
        Bounds of the clip.
    """

    gain: Literal["given", "exponential", "euler"]
    unfolds: int = 1
    low: float = -float("inf")
    high: float = float("inf")

    def run(
        self,
        drive: Float[Tensor, "batch steps units"],
        recurrent: Float[Tensor, "units units"],
        rate: Float[Tensor, " units"],
        scale: Float[Tensor, " units"],
        elapsed: Float[Tensor, "batch steps"],
        state: Float[Tensor, "batch units"],
    ) -> Float[Tensor, "batch steps units"]:
        """Return the states after every step, with a = tanh(drive + U h).

        Parameters
        ----------
        drive
            W I + b.
        recurrent
            U.
        rate
            1/τ, or the gain that is given.
        scale
            What the state is multiplied by after the clip.
        elapsed
            Δt in seconds; below 0: the step isn't there.
        state
            h before the first step.
        """
        batch, units = state.shape
        states = _Run.apply(
            whole_rows(whole_lanes(drive)),
            whole_lanes(whole_lanes(recurrent.t()).t()),
            whole_lanes(rate),
            whole_lanes(scale),
            whole_rows(elapsed, -1.0),
            whole_rows(whole_lanes(state)),
            self,
        )
        return states[:batch, :, :units]

    @property
    def numbers(self) -> tuple[int, int, np.float32, np.float32]:
        """The parameters as kernels take them."""
        return GAINS.index(self.gain), self.unfolds, np.float32(self.low), np.float32(self.high)


class _Run(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, *inputs: Any) -> Tensor:
        drive, recurrent, rate, scale, elapsed, state, relaxation = inputs
        batch, steps, units = drive.shape
        states, targets = torch.empty_like(drive), torch.empty_like(drive)
        arrays = flat(drive, states, targets, state, recurrent.t(), rate, scale, elapsed)

        def part(_: int, start: int, stop: int) -> None:
            scratch = np.empty((4, ROWS * units), np.float32)
            forward(*arrays, *relaxation.numbers, steps, units, start, stop, *scratch)

        in_parts(part, parts(batch, ROWS))
        ctx.save_for_backward(recurrent, rate, scale, elapsed, state, states, targets)
        ctx.relaxation = relaxation
        return states

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        (gradient,) = first_derivative(gradients)
        recurrent, rate, scale, elapsed, state, states, targets = ctx.saved_tensors
        batch, steps, units = states.shape
        of_drive, of_state = torch.empty_like(states), torch.empty_like(state)
        arrays = flat(gradient, states, targets, state, recurrent, rate, scale, elapsed, of_drive, of_state)
        ranges = parts(batch, ROWS)
        sums = np.zeros((len(ranges), 2, units))

        def part(number: int, start: int, stop: int) -> None:
            scratch = np.zeros((4, ROWS * units), np.float32)
            small = np.zeros(2 * units, np.float32)
            backward(
                *arrays, *ctx.relaxation.numbers, steps, units, start, stop, *scratch, small, sums[number].reshape(-1)
            )

        in_parts(part, ranges)
        of_recurrent = of_drive[:, 0].t() @ state
        if steps > 1:
            of_recurrent = of_recurrent + torch.bmm(of_drive[:, 1:].transpose(1, 2), states[:, :-1]).sum(dim=0)
        of_rate, of_scale = torch.from_numpy(sums.sum(axis=0)).to(states)
        return of_drive, of_recurrent, of_rate, of_scale, None, of_state, None


@inlined
def set_gains(kind, unfolds, rate, dt, gains, slopes, at, units):
    """Set a row's gains for a step of ``dt`` seconds, and their derivatives by the rate."""
    one, seconds = fill(np.float32(1)), fill(dt)
    for j in range(0, units, LANES):
        each = load(rate, j)
        if kind == 0:
            store(gains, at + j, each)
            store(slopes, at + j, one)
        elif kind == 1:
            gain = decayed(seconds * each)
            store(gains, at + j, gain)
            store(slopes, at + j, seconds * (one - gain))
        else:
            # 1 − qⁿ = (1 − q) (1 + q + … + qⁿ⁻¹), which doesn't cancel where q is near 1.
            lost = seconds / fill(np.float32(unfolds)) * each
            total, power = one, one
            for _ in range(unfolds - 1):
                power = power * (one - lost)
                total = total + power
            store(gains, at + j, lost * total)
            store(slopes, at + j, seconds * power)


@compiled
def forward(
    drive, states, targets, initial, transposed, rate, scale, elapsed,
    kind, unfolds, low, high, steps, units, start, stop, values, sums, gains, slopes,
):  # fmt: skip
    """Run the rows from ``start`` to ``stop`` over all steps."""
    block = ROWS * units
    known = np.empty(ROWS, np.float32)
    for b in range(start, stop, ROWS):
        values[:] = initial[b * units : b * units + block]
        known[:] = -1
        for t in range(steps):
            times(values, 0, transposed, units, sums, 0)
            for r in range(ROWS):
                at, dt = (b + r) * steps + t, elapsed[(b + r) * steps + t]
                if dt >= 0 and dt != known[r]:
                    known[r] = dt
                    set_gains(kind, unfolds, rate, dt, gains, slopes, r * units, units)
                for j in range(0, units, LANES):
                    here, to = r * units + j, at * units + j
                    h = load(values, here)
                    a = tanh(load(sums, here) + load(drive, to))
                    if dt >= 0:
                        h = between(fma(load(gains, here), a - h, h), fill(low), fill(high)) * load(scale, j)
                    store(targets, to, a)
                    store(values, here, h)
                    store(states, to, h)


@compiled
def backward(
    gradient, states, targets, initial, recurrent, rate, scale, elapsed, of_drive, of_initial,
    kind, unfolds, low, high, steps, units, start, stop, of_values, pulls, gains, slopes, small, sums,
):  # fmt: skip
    """Take the gradient of the rows from ``start`` to ``stop`` back over all steps."""
    block, one = ROWS * units, fill(np.float32(1))
    known = np.empty(ROWS, np.float32)
    for b in range(start, stop, ROWS):
        of_values[:] = 0
        known[:] = -1
        for t in range(steps - 1, -1, -1):
            for r in range(ROWS):
                at, dt = (b + r) * steps + t, elapsed[(b + r) * steps + t]
                if dt >= 0 and dt != known[r]:
                    known[r] = dt
                    set_gains(kind, unfolds, rate, dt, gains, slopes, r * units, units)
                for j in range(0, units, LANES):
                    here, to = r * units + j, at * units + j
                    of = load(of_values, here) + load(gradient, to)
                    pull = fill(np.float32(0))
                    if dt >= 0:
                        h = load(states, to - units) if t else load(initial, b * units + here)
                        a, gain = load(targets, to), load(gains, here)
                        moved = fma(gain, a - h, h)
                        clipped = between(moved, fill(low), fill(high))
                        store(small, units + j, fma(of, clipped, load(small, units + j)))
                        of = where_equal(moved, clipped, of * load(scale, j))
                        store(small, j, fma(of * (a - h), load(slopes, here), load(small, j)))
                        pull = of * gain * (one - a) * (one + a)
                        of = of - of * gain
                    store(of_values, here, of)
                    store(pulls, here, pull)
                    store(of_drive, to, pull)
            add_times(pulls, 0, recurrent, units, of_values, 0)
            for i in range(2 * units):
                sums[i] += small[i]
                small[i] = 0
        of_initial[b * units : b * units + block] = of_values
