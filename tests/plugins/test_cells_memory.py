"""How long an untrained cell remembers, with elapsed in real seconds.

The half-life of the slowest mode: a small change of the state is carried through a random sequence by the product of
the steps' Jacobians, which shrinks by half in so many steps.
"""

import math

import pytest
import torch

from insula_cells.cfc import CfC
from insula_cells.ctrnn import CTRNN
from insula_cells.gru import GRU
from insula_cells.lstm import LSTM
from insula_cells.ltc import LTC
from insula_cells.neuron_ltc import NeuronLTC

SIZES = [(0.032, 32), (0.0625, 128)]
FEATURES, STEPS, SKIPPED = 39, 60, 20


def half_life(cell, elapsed):
    """Return the half-life of the slowest mode of a cell in steps."""
    one, mask = torch.full((1, 1), elapsed), torch.ones(1, 1, dtype=torch.bool)
    width = sum(part.shape[1] for part in parts(cell(torch.zeros(1, 1, FEATURES), one, mask, None)[1]))
    state, change, shrunk = torch.zeros(width), torch.randn(width), 0.0
    for t in range(STEPS):
        x = torch.randn(1, 1, FEATURES)

        def advance(flat, x=x):
            inner = flat.view(1, -1) if width == cell.output_size else tuple(flat.view(2, 1, -1).unbind())
            return torch.cat(parts(cell(x, one, mask, inner)[1]), dim=1)[0]

        state, change = torch.autograd.functional.jvp(advance, state, change)
        norm = float(change.norm())
        change, shrunk = change / norm, shrunk + math.log(norm) * (t >= SKIPPED)
    return -math.log(2) * (STEPS - SKIPPED) / shrunk


def parts(state):
    return state if isinstance(state, tuple) else (state,)


@pytest.mark.parametrize("make", [LTC, NeuronLTC, CTRNN])
@pytest.mark.parametrize(("elapsed", "hidden_size"), SIZES)
def test_cells_with_time_constants_remember_for_seconds(make, elapsed, hidden_size):
    torch.manual_seed(0)
    # Kernels have no second derivatives, by which torch finds these Jacobians.
    steps = half_life(make(FEATURES, hidden_size=hidden_size, path="reference"), elapsed)
    assert steps * elapsed > 1.0


@pytest.mark.parametrize("make", [LSTM, GRU, CfC])
@pytest.mark.parametrize(("elapsed", "hidden_size"), SIZES)
def test_cells_without_remember_for_a_step(make, elapsed, hidden_size):
    """They have no time constants: what a step keeps is learnt, and starts at about one step, whatever its length."""
    torch.manual_seed(0)
    assert half_life(make(FEATURES, hidden_size=hidden_size), elapsed) > 0.7


@pytest.mark.parametrize(("elapsed", "hidden_size", "expected"), [(*SIZES[0], 1.5), (*SIZES[1], 0.4)])
def test_the_oracles_ranges_forget_at_once(elapsed, hidden_size, expected):
    torch.manual_seed(0)
    oracle = LTC(FEATURES, hidden_size=hidden_size, init="ncps", path="reference")
    assert half_life(oracle, elapsed) == pytest.approx(expected, rel=0.3)
