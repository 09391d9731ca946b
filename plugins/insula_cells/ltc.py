"""LTC: the liquid time-constant cell in its synaptic form."""

from typing import Annotated, Literal

import torch
from insula import Cell, State
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import softplus

from insula_cells.spread import inverse_softplus, log_spread
from insula_cells.synapses import Synapses


class LTC(Cell):
    def __init__(
        self,
        input_size: int,
        *,
        hidden_size: Annotated[int, Field(gt=0)] = 32,
        unfolds: Annotated[int, Field(gt=0)] = 6,
    ) -> None:
        super().__init__(input_size)
        self.state_size = self.output_size = hidden_size
        self.unfolds = unfolds
        self.input_scale = nn.Parameter(torch.ones(input_size))
        self.input_shift = nn.Parameter(torch.zeros(input_size))
        self.sensory = Synapses(input_size, hidden_size)
        self.recurrent = Synapses(hidden_size, hidden_size)
        self.cm = nn.Parameter(torch.empty(hidden_size).uniform_(0.4, 0.6))
        self.gleak = nn.Parameter(torch.empty(hidden_size).uniform_(0.001, 1.0))
        self.vleak = nn.Parameter(torch.empty(hidden_size).uniform_(-0.2, 0.2))

    def step(self, x, state, elapsed):
        cm, gleak = softplus(self.cm), softplus(self.gleak)
        dt = elapsed / self.unfolds
        drive, conductance = self.sensory(x * self.input_scale + self.input_shift)
        drive, conductance = drive + gleak * self.vleak, conductance + gleak
        v = state
        for _ in range(self.unfolds):
            d, g = self.recurrent(v)
            v = (cm * v + dt * (drive + d)) / (cm + dt * (conductance + g))
        return v, v

class Hoisted(LTC):
    def forward(self, x, elapsed, mask, state=None):
        D, G = self.sensory(x * self.input_scale + self.input_shift)
        cm, gleak = softplus(self.cm), softplus(self.gleak)
        D, G = D + gleak * self.vleak, G + gleak
        v = self.initial_state(len(x), x)
        r = self.recurrent
        w = softplus(r.w); dt_all = elapsed/self.unfolds
        outs=[]
        we = torch.stack([w*r.erev, w])
        for t in range(x.shape[1]):
            dt = dt_all[:, t:t+1]
            for _ in range(self.unfolds):
                s = torch.sigmoid(r.gamma*(v.unsqueeze(-1)-r.mu))
                if self.mode == 0:
                    c = w*s; d=(c*r.erev).sum(-2); g=c.sum(-2)
                elif self.mode == 1:
                    d, g = torch.einsum("bij,kij->kbj", s, we)
                v = (cm * v + dt * (D[:,t] + d)) / (cm + dt * (G[:,t] + g))
            outs.append(v)
        return torch.stack(outs,1), v
