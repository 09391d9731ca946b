"""NeuronLTC: the liquid time-constant cell with one gate per neuron."""

from typing import Annotated

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import softplus

from insula import State
from insula_cells.liquid import Liquid, Path
from insula_cells.spread import inverse_softplus, log_spread


class NeuronLTC(Liquid):
    """Liquid time-constant cell with one gate per neuron (Hasani et al. 2021, AAAI, eq. 1, and its fused solver step).

    dx/dt = −(1/τ + f) x + f A, where f = σ(W I + U x + b), in 1/s, is one sigmoid layer of input I and state x. A step
    of ``elapsed`` seconds is ``unfolds`` semi-implicit ones of Δt = elapsed / unfolds::

        x⁺ = (x + Δt f A) / (1 + Δt (1/τ + f))

    so that min(0, A) ≤ x ≤ max(0, A) for any Δt. τ stays positive by an implicit constraint: it is the softplus of its
    parameter. It is the longest time constant that a neuron can have: its gate shortens it to τ / (1 + τ f).

    At the start τ is spread over the range below, b opens the gates of slow neurons no wider than 1/τ, so that they
    stay slow, and A is such that the gate at its b pulls x to +1 or −1, whatever τ.

    Parameters
    ----------
    hidden_size
        Number of neurons.
    unfolds
        Solver steps per step.
    tau_min, tau_max
        Range in seconds over which τ is spread, evenly in its logarithm, at the start. Not a bound: τ is learnt.
    path
        ``auto``: a compiled kernel where it gives the same numbers, else plain torch; ``kernel``: an error where it
        can't; ``reference``: plain torch.
    """

    def __init__(
        self,
        input_size: int,
        *,
        hidden_size: Annotated[int, Field(gt=0)] = 32,
        unfolds: Annotated[int, Field(gt=0)] = 6,
        tau_min: Annotated[float, Field(gt=0)] = 0.05,
        tau_max: Annotated[float, Field(gt=0)] = 10.0,
        path: Path = "auto",
    ) -> None:
        super().__init__(input_size)
        self.path = path
        self.state_size = self.output_size = hidden_size
        self.unfolds = unfolds
        self.sensory = nn.Linear(input_size, hidden_size)
        self.recurrent = nn.Linear(hidden_size, hidden_size, bias=False)
        tau = log_spread(hidden_size, tau_min, tau_max)
        gate = (1 / tau).clamp(max=0.5)
        sign = 1.0 - 2.0 * (torch.rand(hidden_size) < 0.5).float()
        self.tau = nn.Parameter(inverse_softplus(tau))
        self.A = nn.Parameter(sign * (1 + 1 / (tau * gate)))
        with torch.no_grad():
            self.sensory.bias.copy_(gate.logit())

    def step(
        self, x: Float[Tensor, "batch features"], state: State, elapsed: Float[Tensor, "batch 1"]
    ) -> tuple[Float[Tensor, "batch hidden"], State]:
        """Advance by one step of ``elapsed`` seconds."""
        assert isinstance(state, Tensor)
        rate, dt = 1 / softplus(self.tau), elapsed / self.unfolds
        drive = self.sensory(x)
        for _ in range(self.unfolds):
            f = torch.sigmoid(drive + self.recurrent(state))
            state = (state + dt * f * self.A) / (1 + dt * (rate + f))
        return state, state

    def run(
        self,
        x: Float[Tensor, "batch steps features"],
        elapsed: Float[Tensor, "batch steps"],
        state: Float[Tensor, "batch hidden"],
    ) -> Float[Tensor, "batch steps hidden"]:
        """Return the state after every step by the kernel."""
        from insula_cells.kernels.neuron_ltc import run

        rate, seconds = 1 / softplus(self.tau), elapsed / self.unfolds
        return run(x, self.sensory, self.recurrent.weight, rate, self.A, seconds, state, self.unfolds)

    def time_constants(self) -> Float[Tensor, " units"]:
        """Return τ in seconds: how slowly each neuron forgets while its gate is shut."""
        return softplus(self.tau)

    def weights(self) -> tuple[Float[Tensor, "units inputs"], Float[Tensor, "units units"]]:
        """Return W and U of the gates: what every neuron's gate makes of the inputs, and of the neurons."""
        return self.sensory.weight, self.recurrent.weight
