"""Synapses: what one population of neurons does to another."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import softplus

from insula_cells.spread import inverse_softplus


class Synapses(nn.Module):
    """One chemical synapse from every presynaptic to every postsynaptic neuron (Koch & Segev 1998; Hasani et al. 2021).

    A synapse with presynaptic potential v has the conductance w σ(γ (v − μ)) and pulls its neuron to ``erev``.
    Conductances stay positive by an implicit constraint: ``w`` is the softplus of its parameter.

    Parameters
    ----------
    pre, post
        Number of presynaptic and postsynaptic neurons.
    """

    def __init__(self, pre: int, post: int) -> None:
        super().__init__()
        self.mu = nn.Parameter(torch.empty(pre, post).uniform_(0.3, 0.8))
        self.gamma = nn.Parameter(torch.empty(pre, post).uniform_(3.0, 8.0))
        self.w = nn.Parameter(torch.empty(pre, post).uniform_(0.001, 1.0))
        # Two of three synapses excite, as in ncps.
        self.erev = nn.Parameter(1.0 - 2.0 * (torch.rand(pre, post) < 1 / 3).float())

    @torch.no_grad()
    def share(self) -> None:
        """Divide a neuron's conductance among its synapses; raise their potentials by what averaging takes away."""
        pre = len(self.w)
        self.w.copy_(inverse_softplus(softplus(self.w) / pre))
        self.erev.mul_(pre**0.5)

    def forward(
        self, v: Float[Tensor, "*batch pre"]
    ) -> tuple[Float[Tensor, "*batch post"], Float[Tensor, "*batch post"]]:
        """Return the drive Σ w σ(·) erev and the conductance Σ w σ(·) of every postsynaptic neuron."""
        conductance = softplus(self.w) * torch.sigmoid(self.gamma * (v.unsqueeze(-1) - self.mu))
        return (conductance * self.erev).sum(dim=-2), conductance.sum(dim=-2)
