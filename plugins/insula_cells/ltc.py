"""LTC: the liquid time-constant cell in its synaptic form."""

from typing import Annotated, Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import softplus

from insula import State
from insula_cells.liquid import Liquid, Path
from insula_cells.spread import inverse_softplus, log_spread
from insula_cells.synapses import Synapses

LEAK = 0.2
"""Conductance of the leak at the start of ``span``, where a neuron's synapses of each kind have about 1 together."""


class LTC(Liquid):
    """Liquid time-constant cell in its synaptic form (Hasani et al. 2021, AAAI), every neuron connected to every other.

    A neuron is a leaky capacitor whose synapses, from every input and every neuron, have a sigmoid each
    (``insula_cells.synapses``)::

        cm dx/dt = gleak (vleak − x) + Σ w σ(γ (v − μ)) (erev − x)

    A step of ``elapsed`` seconds is ``unfolds`` semi-implicit ones of Δt = elapsed / unfolds, stable for any Δt::

        x⁺ = (cm x + Δt (gleak vleak + Σ w σ erev)) / (cm + Δt (gleak + Σ w σ))

    It is the form that ncps 1.0.1 implements, with its affine map of every input and without the one of the outputs,
    which the next layer does anyway. cm, gleak and w stay positive by an implicit constraint: each is the softplus of
    its parameter.

    Parameters
    ----------
    hidden_size
        Number of neurons.
    unfolds
        Solver steps per step.
    init
        How parameters start. ``ncps``: the ranges of that library, with which the cell forgets within a step or two of
        32 ms. ``span``: the same, with conductances divided among a neuron's synapses, potentials raised so that the
        states are of order 1, and capacitances that spread the time constants over the range below.
    tau_min, tau_max
        Range in seconds over which ``span`` spreads the time constants, evenly in their logarithm. Not a bound: they
        are learnt.
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
        init: Literal["span", "ncps"] = "span",
        tau_min: Annotated[float, Field(gt=0)] = 0.05,
        tau_max: Annotated[float, Field(gt=0)] = 10.0,
        path: Path = "auto",
    ) -> None:
        super().__init__(input_size)
        self.path = path
        self.state_size = self.output_size = hidden_size
        self.unfolds = unfolds
        self.input_scale, self.input_shift = nn.Parameter(torch.ones(input_size)), nn.Parameter(torch.zeros(input_size))
        self.sensory, self.recurrent = Synapses(input_size, hidden_size), Synapses(hidden_size, hidden_size)
        self.cm = nn.Parameter(torch.empty(hidden_size).uniform_(0.4, 0.6))
        self.gleak = nn.Parameter(torch.empty(hidden_size).uniform_(0.001, 1.0))
        self.vleak = nn.Parameter(torch.empty(hidden_size).uniform_(-0.2, 0.2))
        if init == "span":
            self._span(log_spread(hidden_size, tau_min, tau_max))

    @torch.no_grad()
    def _span(self, tau: Float[Tensor, " units"]) -> None:
        self.sensory.share()
        self.recurrent.share()
        self.gleak.copy_(inverse_softplus(torch.full_like(self.gleak, LEAK)))
        self.cm.copy_(inverse_softplus(tau * self._conductance()))

    def _conductance(self) -> Float[Tensor, " units"]:
        return softplus(self.gleak) + (softplus(self.sensory.w).sum(dim=0) + softplus(self.recurrent.w).sum(dim=0)) / 2

    def step(
        self, x: Float[Tensor, "batch features"], state: State, elapsed: Float[Tensor, "batch 1"]
    ) -> tuple[Float[Tensor, "batch hidden"], State]:
        """Advance by one step of ``elapsed`` seconds."""
        assert isinstance(state, Tensor)
        cm, gleak, dt = softplus(self.cm), softplus(self.gleak), elapsed / self.unfolds
        # What doesn't depend on the state stands before the unfolds. Computing it for the whole sequence at once was
        # measured too, and is no faster: its synapses no longer fit the cache.
        drive, conductance = self.sensory(self.input_scale * x + self.input_shift)
        drive, conductance = drive + gleak * self.vleak, conductance + gleak
        v = state
        for _ in range(self.unfolds):
            extra, opened = self.recurrent(v)
            v = (cm * v + dt * (drive + extra)) / (cm + dt * (conductance + opened))
        return v, v

    def run(
        self,
        x: Float[Tensor, "batch steps features"],
        elapsed: Float[Tensor, "batch steps"],
        state: Float[Tensor, "batch hidden"],
    ) -> Float[Tensor, "batch steps hidden"]:
        """Return the state after every step by the kernel."""
        from insula_cells.kernels.ltc import run
        from insula_cells.kernels.sums import sums_of

        pulled, opened = sums_of(self.input_scale * x + self.input_shift, self.sensory)
        gleak = softplus(self.gleak)
        leaks = torch.stack([softplus(self.cm), gleak * self.vleak, gleak])
        return run(pulled, opened, self.recurrent, leaks, elapsed / self.unfolds, state, self.unfolds)

    def time_constants(self) -> Float[Tensor, " units"]:
        """Return cm / (gleak + ½ Σ w) in seconds: how slowly each neuron forgets while its synapses are half open.

        With all of them shut it is slower, cm / gleak; with all of them open at most twice as fast.
        """
        return softplus(self.cm) / self._conductance()
