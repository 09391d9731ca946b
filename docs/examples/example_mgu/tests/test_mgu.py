"""The cell keeps insula's contract, and computes its equations."""

import numpy as np
import torch
from insula_mgu.cell import MGU

from insula.plugin.testing import check_cell, check_plugin


def test_cell():
    check_cell(MGU)


def test_options():
    check_cell(MGU, input_size=1, hidden_size=5, gate_bias=-2.0)


def test_plugin():
    check_plugin("mgu")


def test_equations():
    """By hand, in numpy."""
    cell = MGU(2, hidden_size=3).double()
    x, h = np.array([0.5, -1.0]), np.array([0.1, -0.2, 0.3])
    wf, bf, wc, bc = (p.detach().numpy() for p in (*cell.gate.parameters(), *cell.candidate.parameters()))
    f = 1 / (1 + np.exp(-(wf @ np.concatenate([h, x]) + bf)))
    c = np.tanh(wc @ np.concatenate([f * h, x]) + bc)
    output, state = cell.step(torch.tensor(x)[None], torch.tensor(h)[None], torch.ones(1, 1).double())
    np.testing.assert_allclose(state.detach().numpy()[0], (1 - f) * h + f * c, rtol=1e-12)
    assert output is state


def test_a_higher_gate_forgets_faster():
    x, elapsed, mask = torch.zeros(1, 5, 2), torch.ones(1, 5), torch.ones(1, 5, dtype=torch.bool)
    start = torch.ones(1, 4)
    left = []
    for bias in (-4.0, 4.0):
        torch.manual_seed(0)
        cell = MGU(2, hidden_size=4, gate_bias=bias)
        torch.nn.init.zeros_(cell.candidate.weight)
        torch.nn.init.zeros_(cell.candidate.bias)
        left.append(cell(x, elapsed, mask, start)[1].sum().item())
    assert left[0] > 3.0
    assert left[1] < 0.1
