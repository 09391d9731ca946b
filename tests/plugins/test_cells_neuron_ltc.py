"""neuron_ltc against its equations written out, a fine integration of eq. 1, and the bounds that the paper proves."""

import math

import pytest
import torch

from insula import ConfigError
from insula_cells.neuron_ltc import NeuronLTC


def small(**options):
    torch.manual_seed(0)
    return NeuronLTC(3, hidden_size=4, **options).double()


def data(rows=2, steps=6):
    torch.manual_seed(1)
    return torch.randn(rows, steps, 3, dtype=torch.float64), torch.rand(rows, steps, dtype=torch.float64) * 3


def gate(bias, weights, inputs):
    return 1 / (1 + math.exp(-bias - sum(w * v for w, v in zip(weights, inputs, strict=True))))


def test_equals_the_equations_written_out():
    cell, (x, elapsed) = small(unfolds=3), data()
    y, _ = cell(x, elapsed, torch.ones(2, 6, dtype=torch.bool), None)
    W, b, U = (p.tolist() for p in (cell.sensory.weight, cell.sensory.bias, cell.recurrent.weight))
    A, tau = cell.A.tolist(), cell.time_constants().tolist()
    for row in range(2):
        state = [0.0] * 4
        for t in range(6):
            dt = float(elapsed[row, t]) / 3
            for _ in range(3):
                inputs = [*x[row, t].tolist(), *state]
                f = [gate(b[i], [*W[i], *U[i]], inputs) for i in range(4)]
                state = [(state[i] + dt * f[i] * A[i]) / (1 + dt * (1 / tau[i] + f[i])) for i in range(4)]
            assert y[row, t].tolist() == pytest.approx(state, rel=1e-10)


def test_many_unfolds_solve_equation_1():
    cell, (x, _) = small(unfolds=4000, tau_min=0.5), data(1, 1)
    got, _ = cell.step(x[:, 0], torch.zeros(1, 4, dtype=torch.float64), torch.ones(1, 1, dtype=torch.float64))
    state, dt, tau = torch.zeros(1, 4, dtype=torch.float64), 1 / 500, cell.time_constants()

    def slope(v):
        f = torch.sigmoid(cell.sensory(x[:, 0]) + cell.recurrent(v))
        return -(1 / tau + f) * v + f * cell.A

    with torch.no_grad():
        for _ in range(500):  # the midpoint rule, of second order
            state = state + dt * slope(state + dt / 2 * slope(state))
    torch.testing.assert_close(got, state, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("elapsed", [1e-3, 1.0, 1e4])
def test_states_stay_between_zero_and_A(elapsed):
    cell, (x, _) = small(), data(50, 20)
    y, _ = cell(x * 100, torch.full((50, 20), elapsed, dtype=torch.float64), torch.ones(50, 20, dtype=torch.bool), None)
    ratio = y / cell.A
    assert (ratio >= 0).all()
    assert (ratio <= 1).all()


def test_gradients():
    cell, (x, elapsed) = small(unfolds=2), data(2, 3)
    mask = torch.tensor([[1, 1, 1], [1, 0, 1]], dtype=torch.bool)
    names, parameters = zip(*cell.named_parameters(), strict=True)

    def run(x, elapsed, *parameters):
        return torch.func.functional_call(cell, dict(zip(names, parameters, strict=True)), (x, elapsed, mask, None))[0]

    assert torch.autograd.gradcheck(run, (x.requires_grad_(), elapsed.requires_grad_(), *parameters))


def test_state_continues_a_sequence_with_holes():
    cell, (x, elapsed) = small(), data()
    mask = torch.tensor([[1, 0, 1, 1, 0, 0], [0, 1, 1, 0, 1, 1]], dtype=torch.bool)
    x, elapsed = x.masked_fill(~mask.unsqueeze(-1), torch.nan), elapsed.masked_fill(~mask, torch.nan)
    whole, end = cell(x, elapsed, mask, None)
    first, state = cell(x[:, :3], elapsed[:, :3], mask[:, :3], None)
    second, after = cell(x[:, 3:], elapsed[:, 3:], mask[:, 3:], state)
    assert torch.equal(torch.cat([first, second], dim=1), whole)
    assert torch.equal(after, end)
    assert (whole[~mask] == 0).all()


def test_time_constants_are_spread_over_the_range():
    tau = NeuronLTC(3, hidden_size=64, tau_min=0.1, tau_max=20.0).time_constants()
    torch.testing.assert_close(tau.log().diff(), torch.full((63,), math.log(200) / 64), atol=1e-4, rtol=1e-3)
    assert 0.1 < tau.min() < 0.12
    assert 17 < tau.max() < 20


def test_a_steady_gate_pulls_every_neuron_to_one():
    cell = small()
    with torch.no_grad():
        cell.sensory.weight.zero_(), cell.recurrent.weight.zero_()
    _, after = cell.step(torch.zeros(1, 3).double(), torch.zeros(1, 4).double(), torch.full((1, 1), 1e6).double())
    torch.testing.assert_close(after.abs(), torch.ones(1, 4).double(), rtol=1e-4, atol=1e-4)


def test_a_range_upside_down_is_refused():
    with pytest.raises(ConfigError, match=r"tau_min \(1 s\) must be shorter than tau_max \(0.5 s\)"):
        NeuronLTC(3, tau_min=1.0, tau_max=0.5)
