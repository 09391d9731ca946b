"""CTRNN: the continuous-time recurrent cell with one learnt time constant per unit."""

import math
from typing import Annotated, Literal

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn

from insula import State
from insula_cells.liquid import Liquid, Path
from insula_cells.spread import log_spread, log_uniform


class CTRNN(Liquid):
    """Continuous-time recurrent cell with exponential Euler steps and learnt, static time constants.

    Bhattacharjee et al. 2026, arXiv:2602.06997, eq. 7–8, with h = 0 before the first step and Δt the elapsed seconds::

        d  = exp(−Δt / τ),  τ = τ₀ exp(θ)
        h⁺ = d h + (1 − d) tanh(W x + b + U h)  =  h + (1 − d) (tanh(W x + b + U h) − h)

    It solves the continuous-time recurrent network τ dh/dt = −h + tanh(W x + b + U h) (Funahashi & Nakamura 1993,
    Neural Networks 6:801), exactly while the tanh stands still. The authors call it a liquid network; a liquid time
    constant depends on the input, and this one doesn't (``ltc``, ``neuron_ltc``).

    Weights start Xavier uniform, biases at 0. In the paper Δt is 1 step of 62.5 ms and τ = exp(θ) starts uniform in its
    logarithm from 0.1 to 10 steps: ``tau_init=uniform``, ``tau_min=0.00625``, ``tau_max=0.625``. The defaults reach
    further, so that a unit can span a window. τ₀ = √(``tau_min`` ``tau_max``), the middle of the range, keeps the unit
    of time out of θ, which weight decay pulls to 0; for the paper's range it is one step, and θ is the paper's.

    Parameters
    ----------
    hidden_size
        Number of units.
    tau_min, tau_max
        Range in seconds in which the time constants start. Not a bound: they are learnt.
    tau_init
        How they start in it: ``even`` in their logarithm, or drawn ``uniform`` in their logarithm.
    path
        ``auto``: a compiled kernel where it gives the same numbers, else plain torch; ``kernel``: an error where it
        can't; ``reference``: plain torch.
    """

    def __init__(
        self,
        input_size: int,
        *,
        hidden_size: Annotated[int, Field(gt=0)] = 32,
        tau_min: Annotated[float, Field(gt=0)] = 0.05,
        tau_max: Annotated[float, Field(gt=0)] = 10.0,
        tau_init: Literal["even", "uniform"] = "even",
        path: Path = "auto",
    ) -> None:
        super().__init__(input_size)
        self.path = path
        self.state_size = self.output_size = hidden_size
        self.sensory = nn.Linear(input_size, hidden_size)
        self.recurrent = nn.Linear(hidden_size, hidden_size, bias=False)
        spread = log_spread if tau_init == "even" else log_uniform
        self.middle = math.sqrt(tau_min * tau_max)
        self.theta = nn.Parameter((spread(hidden_size, tau_min, tau_max) / self.middle).log())
        nn.init.xavier_uniform_(self.sensory.weight)
        nn.init.xavier_uniform_(self.recurrent.weight)
        nn.init.zeros_(self.sensory.bias)

    def run(
        self,
        x: Float[Tensor, "batch steps features"],
        elapsed: Float[Tensor, "batch steps"],
        state: Float[Tensor, "batch hidden"],
    ) -> Float[Tensor, "batch steps hidden"]:
        """Return the state after every step by the kernel."""
        from insula_cells.kernels.relaxation import Relaxation

        rate, unscaled = 1 / self.time_constants(), torch.ones_like(self.theta)
        return Relaxation("exponential").run(self.sensory(x), self.recurrent.weight, rate, unscaled, elapsed, state)

    def reference(
        self,
        x: Float[Tensor, "batch steps features"],
        elapsed: Float[Tensor, "batch steps"],
        mask: Bool[Tensor, "batch steps"],
        state: State | None,
    ) -> tuple[Float[Tensor, "batch steps hidden"], State]:
        """Run over a sequence in plain torch; what doesn't depend on the state is computed for all steps at once."""
        h = self.initial_state(len(x), x) if state is None else state
        if x.shape[1] == 0:
            return x.new_zeros(len(x), 0, self.output_size), h
        masked = ~mask.unsqueeze(-1)
        drive = self.sensory(x.masked_fill(masked, 0.0))
        # No time passes in a masked step: 1 − d is 0, and the state stays exactly what it is.
        gain = self._gain(elapsed.masked_fill(~mask, 0.0).unsqueeze(-1))
        outputs = []
        for driven, share in zip(drive.unbind(1), gain.unbind(1), strict=True):
            h = self._advance(driven, h, share)
            outputs.append(h)
        return torch.stack(outputs, dim=1).masked_fill(masked, 0.0), h

    def step(
        self, x: Float[Tensor, "batch features"], state: State, elapsed: Float[Tensor, "batch 1"]
    ) -> tuple[Float[Tensor, "batch hidden"], State]:
        """Advance by one step of ``elapsed`` seconds."""
        h = self._advance(self.sensory(x), state, self._gain(elapsed))
        return h, h

    def _gain(self, elapsed: Float[Tensor, "*times 1"]) -> Float[Tensor, "*times hidden"]:
        """Return 1 − d, exact also where a step is short beside τ."""
        return -torch.expm1(-elapsed / self.time_constants())

    def _advance(self, drive: Tensor, h: State, gain: Tensor) -> Tensor:
        assert isinstance(h, Tensor)
        return h + gain * (torch.tanh(drive + self.recurrent(h)) - h)

    def time_constants(self) -> Float[Tensor, " units"]:
        """Return τ in seconds."""
        return self.middle * self.theta.exp()

    def weights(self) -> tuple[Float[Tensor, "units inputs"], Float[Tensor, "units units"]]:
        """Return W and U: what every unit makes of the inputs, and of the other units."""
        return self.sensory.weight, self.recurrent.weight
