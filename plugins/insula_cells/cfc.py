"""CfC: the closed-form continuous-time cell."""

from typing import Annotated

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from insula import Cell, State


class LeCunTanh(nn.Module):
    """The tanh of LeCun et al. (1998), with the rounded constants that the authors of the CfC use."""

    def forward(self, x: Tensor) -> Tensor:
        """Return ``1.7159 tanh(0.666 x)``."""
        return 1.7159 * torch.tanh(0.666 * x)


class CfC(Cell):
    """Closed-form continuous-time cell (Hasani et al. 2022, Nature Machine Intelligence 4:992).

    With z the backbone's view of input and state, and Δt the elapsed seconds::

        gate = sigmoid(time_a(z) Δt + time_b(z))
        x⁺   = tanh(start(z)) (1 − gate) + tanh(end(z)) gate

    It has no leak, hence no time constants: what it remembers it must learn to copy. All weights start as the authors'
    (Xavier uniform); the published code writes σ(−f Δt) with the sign left to the learnt ``time_a``.

    Parameters
    ----------
    hidden_size
        Number of units.
    backbone_size
        Width of the layers that see input and state together.
    backbone_layers
        Number of those layers; 0: the four maps see input and state directly.
    dropout
        Dropout after every layer of the backbone.
    """

    def __init__(
        self,
        input_size: int,
        *,
        hidden_size: Annotated[int, Field(gt=0)] = 64,
        backbone_size: Annotated[int, Field(gt=0)] = 128,
        backbone_layers: Annotated[int, Field(ge=0)] = 1,
        dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
    ) -> None:
        super().__init__(input_size)
        self.state_size = self.output_size = hidden_size
        self.backbone, width = nn.Sequential(), input_size + hidden_size
        for _ in range(backbone_layers):
            self.backbone.extend([nn.Linear(width, backbone_size), LeCunTanh(), nn.Dropout(dropout)])
            width = backbone_size
        self.start, self.end = nn.Linear(width, hidden_size), nn.Linear(width, hidden_size)
        self.time_a, self.time_b = nn.Linear(width, hidden_size), nn.Linear(width, hidden_size)
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)

    def step(
        self, x: Float[Tensor, "batch features"], state: State, elapsed: Float[Tensor, "batch 1"]
    ) -> tuple[Float[Tensor, "batch hidden"], State]:
        """Advance by one step of ``elapsed`` seconds."""
        assert isinstance(state, Tensor)
        z = self.backbone(torch.cat([x, state], dim=-1))
        gate = torch.sigmoid(self.time_a(z) * elapsed + self.time_b(z))
        new = torch.tanh(self.start(z)) * (1 - gate) + torch.tanh(self.end(z)) * gate
        return new, new
