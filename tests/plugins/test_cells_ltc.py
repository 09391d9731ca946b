"""ltc against ncps, which is right for one elapsed time per call, and against the equations written out."""

import math

import pytest
import torch
from ncps.torch import LTCCell
from ncps.wirings import FullyConnected
from torch.nn.functional import softplus

from insula import ConfigError
from insula_cells.ltc import LTC

ONES = torch.ones(2, 6, dtype=torch.bool)


def small(**options):
    torch.manual_seed(0)
    cell = LTC(3, hidden_size=4, **options).double()
    with torch.no_grad():  # the affine map of the inputs starts as the identity, which tests nothing
        cell.input_scale.uniform_(0.5, 2)
        cell.input_shift.uniform_(-1, 1)
    return cell


def oracle(cell, unfolds=6):
    theirs = LTCCell(
        FullyConnected(4), 3, output_mapping=None, ode_unfolds=unfolds, epsilon=0.0, implicit_param_constraints=True
    )
    names = {"input_w": "input_scale", "input_b": "input_shift", "cm": "cm", "gleak": "gleak", "vleak": "vleak"}
    for prefix, part in (("", "recurrent"), ("sensory_", "sensory")):
        names |= {
            prefix + a: f"{part}.{b}" for a, b in (("mu", "mu"), ("sigma", "gamma"), ("w", "w"), ("erev", "erev"))
        }
    theirs = theirs.double()
    with torch.no_grad():
        for name, mine in names.items():
            theirs.get_parameter(name).copy_(cell.get_parameter(mine))
    assert {n for n, p in theirs.named_parameters() if p.requires_grad} == set(names)
    return theirs


def data(rows=2, steps=6):
    torch.manual_seed(1)
    return torch.randn(rows, steps, 3, dtype=torch.float64), torch.rand(rows, steps, dtype=torch.float64) * 3


@pytest.mark.parametrize("init", ["span", "ncps"])
@pytest.mark.parametrize("unfolds", [1, 6])
@pytest.mark.parametrize("elapsed", [0.032, 1.0])
def test_regular_time_equals_the_oracle(init, unfolds, elapsed):
    cell = small(init=init, unfolds=unfolds)
    theirs, (x, _) = oracle(cell, unfolds), data()
    y, after = cell(x, torch.full((2, 6), elapsed, dtype=torch.float64), ONES, None)
    state = torch.zeros(2, 4, dtype=torch.float64)
    for t in range(6):
        expected, state = theirs(x[:, t], state, elapsed)
        torch.testing.assert_close(y[:, t], expected)
    torch.testing.assert_close(after, state)


def test_irregular_time_equals_the_oracle_row_by_row():
    cell = small()
    theirs, (x, elapsed) = oracle(cell), data()
    y, _ = cell(x, elapsed, ONES, None)
    for row in range(2):
        state = torch.zeros(1, 4, dtype=torch.float64)
        for t in range(6):
            expected, state = theirs(x[row : row + 1, t], state, float(elapsed[row, t]))
            torch.testing.assert_close(y[row, t], expected[0])


def test_equals_the_equations_written_out():
    cell = small()
    x, elapsed = data(1, 3)
    y, _ = cell(x, elapsed, ONES[:1, :3], None)
    value = {name: p.tolist() for name, p in cell.named_parameters()}
    positive = {name: softplus(p).tolist() for name, p in cell.named_parameters()}

    def conductance(part, j, i, v):
        gate = 1 / (1 + math.exp(-value[f"{part}.gamma"][j][i] * (v - value[f"{part}.mu"][j][i])))
        return positive[f"{part}.w"][j][i] * gate

    state = [0.0] * 4
    for t in range(3):
        inputs = [
            a * v + b for a, v, b in zip(value["input_scale"], x[0, t].tolist(), value["input_shift"], strict=True)
        ]
        for _ in range(6):
            new = []
            for i in range(4):
                top, bottom = positive["gleak"][i] * value["vleak"][i], positive["gleak"][i]
                for part, potentials in (("sensory", inputs), ("recurrent", state)):
                    for j, v in enumerate(potentials):
                        g = conductance(part, j, i, v)
                        top, bottom = top + g * value[f"{part}.erev"][j][i], bottom + g
                cm_by_dt = positive["cm"][i] / (float(elapsed[0, t]) / 6)
                new.append((cm_by_dt * state[i] + top) / (cm_by_dt + bottom))
            state = new
        assert y[0, t].tolist() == pytest.approx(state, rel=1e-10)


def test_gradients():
    cell, (x, elapsed) = small(unfolds=2), data(2, 3)
    mask = torch.tensor([[1, 1, 1], [1, 0, 1]], dtype=torch.bool)
    names, parameters = zip(*cell.named_parameters(), strict=True)

    def run(x, elapsed, *parameters):
        return torch.func.functional_call(cell, dict(zip(names, parameters, strict=True)), (x, elapsed, mask, None))[0]

    assert torch.autograd.gradcheck(run, (x.requires_grad_(), elapsed.requires_grad_(), *parameters))


def test_no_time_leaves_the_state():
    cell, (x, _) = small(), data()
    state = torch.randn(2, 4, dtype=torch.float64)
    _, after = cell.step(x[:, 0], state, torch.zeros(2, 1, dtype=torch.float64))
    torch.testing.assert_close(after, state)


def test_two_half_steps_are_one_with_twice_the_unfolds():
    cell, (x, elapsed) = small(unfolds=3), data()
    _, half = cell.step(x[:, 0], torch.zeros(2, 4, dtype=torch.float64), elapsed[:, :1] / 2)
    _, whole = cell.step(x[:, 0], half, elapsed[:, :1] / 2)
    cell.unfolds = 6
    torch.testing.assert_close(cell.step(x[:, 0], torch.zeros_like(half), elapsed[:, :1])[1], whole)


def test_state_continues_a_sequence():
    cell, (x, elapsed) = small(), data()
    mask = torch.tensor([[1, 0, 1, 1, 0, 0], [0, 1, 1, 0, 1, 1]], dtype=torch.bool)
    whole, end = cell(x, elapsed, mask, None)
    first, state = cell(x[:, :3], elapsed[:, :3], mask[:, :3], None)
    second, after = cell(x[:, 3:], elapsed[:, 3:], mask[:, 3:], state)
    assert torch.equal(torch.cat([first, second], dim=1), whole)
    assert torch.equal(after, end)


def test_holes_are_as_if_the_steps_were_not_there():
    cell, (x, elapsed) = small(), data()
    mask = torch.tensor([[1, 0, 1, 1, 0, 0], [0, 1, 1, 0, 1, 1]], dtype=torch.bool)
    y, _ = cell(x.masked_fill(~mask.unsqueeze(-1), torch.nan), elapsed.masked_fill(~mask, torch.nan), mask, None)
    assert (y[~mask] == 0).all()
    for row in range(2):
        real = mask[row]
        alone, _ = cell(x[row : row + 1, real], elapsed[row : row + 1, real], real[real].unsqueeze(0), None)
        torch.testing.assert_close(y[row, real], alone[0])


def test_span_covers_its_range():
    tau = LTC(5, hidden_size=64, tau_min=0.1, tau_max=20.0).time_constants()
    assert 0.1 < tau.min() < 0.12
    assert 17 < tau.max() < 20
    torch.testing.assert_close(tau.log().diff(), torch.full((63,), math.log(200) / 64), atol=1e-4, rtol=1e-3)


def test_ncps_has_the_oracles_ranges():
    cell, theirs = LTC(7, hidden_size=50, init="ncps"), LTCCell(FullyConnected(50), 7, implicit_param_constraints=True)
    names = {"cm": "cm", "gleak": "gleak", "vleak": "vleak", "sensory.mu": "sensory_mu", "recurrent.mu": "mu"}
    names |= {"recurrent.w": "w", "recurrent.gamma": "sigma", "recurrent.erev": "erev"}
    for mine, other in names.items():
        a, b = cell.get_parameter(mine).detach(), theirs.get_parameter(other).detach()
        assert a.mean().item() == pytest.approx(b.mean().item(), abs=0.15 * max(1.0, b.abs().max().item() / 4))
        assert a.min() >= b.min() - 0.1 * (b.max() - b.min())
        assert a.max() <= b.max() + 0.1 * (b.max() - b.min())


def test_a_range_upside_down_is_refused():
    with pytest.raises(ConfigError, match=r"tau_min \(20 s\) must be shorter than tau_max \(10 s\)"):
        LTC(3, tau_min=20.0)
