"""MGU: a recurrent cell with one gate."""

from typing import Annotated

import torch
from pydantic import Field
from torch import nn

from insula import Cell


class MGU(Cell):
    """The minimal gated unit: a GRU whose one gate both forgets and updates.

    With the gate ``f`` and the candidate ``c`` (Zhou, Wu, Zhang & Zhou 2016, "Minimal gated unit for recurrent neural
    networks", International Journal of Automation and Computing 13, 226-234)::

        f = sigmoid(W_f [h, x] + b_f)
        c = tanh(W_h [f * h, x] + b_h)
        h' = (1 - f) * h + f * c

    Time between steps isn't used.

    Parameters
    ----------
    input_size
        Features per step.
    hidden_size
        Units.
    gate_bias
        What the gate's bias begins with: below 0 the cell remembers longer.
    """

    def __init__(
        self, input_size: int, *, hidden_size: Annotated[int, Field(gt=0)] = 32, gate_bias: float = 0.0
    ) -> None:
        super().__init__(input_size)
        self.state_size = self.output_size = hidden_size
        self.gate = nn.Linear(input_size + hidden_size, hidden_size)
        self.candidate = nn.Linear(input_size + hidden_size, hidden_size)
        nn.init.constant_(self.gate.bias, gate_bias)

    def step(self, x, state, elapsed):
        """Advance by one step; see the class for the equations."""
        f = torch.sigmoid(self.gate(torch.cat([state, x], dim=-1)))
        c = torch.tanh(self.candidate(torch.cat([f * state, x], dim=-1)))
        state = (1 - f) * state + f * c
        return state, state
