"""ctrnn against the paper's equations 7–8 in numpy, and against what is known of them without training."""

import numpy as np
import pytest
import torch
from scipy.stats import shapiro
from torch import nn

from insula import Cell, ConfigError
from insula_cells.ctrnn import CTRNN

HOLES = torch.tensor([[1, 0, 1, 1, 0, 0], [0, 1, 1, 0, 1, 1], [0, 0, 0, 0, 0, 0]], dtype=torch.bool)


PAPER = {"tau_min": 0.1, "tau_max": 10.0, "tau_init": "uniform"}
"""Its time constants in steps; their middle is 1."""


def small(seed=0, **options):
    torch.manual_seed(seed)
    return CTRNN(3, hidden_size=4, **options).double()


def data(rows=3, steps=6):
    torch.manual_seed(1)
    return torch.randn(rows, steps, 3, dtype=torch.float64), torch.rand(rows, steps, dtype=torch.float64)


def whole(*shape):
    return torch.ones(*shape, dtype=torch.bool)


def run(cell, x, elapsed):
    with torch.no_grad():
        return cell(x, elapsed, whole(*x.shape[:2]), None)[0]


def test_equals_equations_7_and_8():
    cell, (x, elapsed) = small(**PAPER), data()
    nn.init.normal_(cell.sensory.bias)
    W, b, U, theta = (
        p.detach().numpy() for p in (cell.sensory.weight, cell.sensory.bias, cell.recurrent.weight, cell.theta)
    )
    y = run(cell, x, elapsed)
    for row in range(3):
        h = np.zeros(4)
        for t in range(6):
            d = np.exp(-float(elapsed[row, t]) / np.exp(theta))
            h = d * h + (1 - d) * np.tanh(W @ x[row, t].numpy() + U @ h + b)
            np.testing.assert_allclose(y[row, t], h, rtol=1e-12)


def test_equals_its_steps():
    cell, (x, elapsed) = small(), data()
    for mask in (HOLES, whole(3, 6)):
        mine, by_steps = (forward(cell, x, elapsed, mask, None) for forward in (CTRNN.forward, Cell.forward))
        torch.testing.assert_close(mine, by_steps)


def test_the_unit_of_time_is_free():
    """A step of 1 with time constants in steps is a step of 62.5 ms with the same ones in seconds."""
    x, ones = data()[0], torch.ones(3, 6, dtype=torch.float64)
    in_steps, in_seconds = small(**PAPER), small(**PAPER | {"tau_min": 0.00625, "tau_max": 0.625})
    torch.testing.assert_close(run(in_steps, x, ones), run(in_seconds, x, ones * 0.0625))
    for cell, elapsed in ((in_steps, ones), (in_seconds, ones * 0.0625)):
        optimizer = torch.optim.AdamW(cell.parameters(), lr=0.1, weight_decay=0.5)
        cell(x, elapsed, whole(3, 6), None)[0].sum().backward()
        optimizer.step()
    torch.testing.assert_close(in_steps.time_constants() * 0.0625, in_seconds.time_constants())
    torch.testing.assert_close(run(in_steps, x, ones), run(in_seconds, x, ones * 0.0625))


def test_a_steady_input_is_followed_however_time_is_cut():
    cell, x = small(), data(1, 1)[0]
    nn.init.zeros_(cell.recurrent.weight)
    once = run(cell, x, torch.full((1, 1), 2.0).double())
    parts = torch.tensor([[0.1, 1.2, 0.0, 0.7]]).double()
    torch.testing.assert_close(run(cell, x.expand(1, 4, 3), parts)[:, -1:], once)


def test_after_a_long_step_only_the_tanh_is_left():
    cell, (x, _) = small(), data()
    y = run(cell, x, torch.full((3, 6), 1e4).double())
    torch.testing.assert_close(y[:, 1], torch.tanh(cell.sensory(x[:, 1]) + cell.recurrent(y[:, 0])).detach())


def test_a_short_step_moves_a_slow_unit():
    """In float32, where 1 − exp(−1e-8) is 0."""
    cell = CTRNN(3, hidden_size=4, tau_min=9.99, tau_max=10.01)
    x = torch.randn(1, 1, 3)
    target = torch.tanh(cell.sensory(x)).detach()
    torch.testing.assert_close(run(cell, x, torch.full((1, 1), 1e-7)), target * 1e-8, rtol=2e-3, atol=0)


def test_state_continues_a_sequence_with_holes():
    cell, (x, elapsed) = small(), data()
    x, elapsed = x.masked_fill(~HOLES.unsqueeze(-1), torch.nan), elapsed.masked_fill(~HOLES, torch.nan)
    y, end = cell(x, elapsed, HOLES, None)
    first, state = cell(x[:, :3], elapsed[:, :3], HOLES[:, :3], None)
    second, after = cell(x[:, 3:], elapsed[:, 3:], HOLES[:, 3:], state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), y)
    torch.testing.assert_close(after, end)
    assert (y[~HOLES] == 0).all()
    nothing, kept = cell(x, elapsed, torch.zeros_like(HOLES), end)
    assert torch.equal(kept, end)
    assert (nothing == 0).all()


def test_no_step_at_all():
    cell = small()
    y, state = cell(*(torch.zeros(shape).double() for shape in ((2, 0, 3), (2, 0))), whole(2, 0), None)
    assert (y.shape, state.tolist()) == ((2, 0, 4), [[0.0] * 4] * 2)


def test_gradients():
    cell, (x, elapsed) = small(), data(2, 3)
    mask = torch.tensor([[1, 1, 1], [1, 0, 1]], dtype=torch.bool)
    names, parameters = zip(*cell.named_parameters(), strict=True)

    def run(x, elapsed, *parameters):
        return torch.func.functional_call(cell, dict(zip(names, parameters, strict=True)), (x, elapsed, mask, None))[0]

    assert torch.autograd.gradcheck(run, (x.requires_grad_(), elapsed.requires_grad_(), *parameters))


def test_half_precision():
    cell, x = CTRNN(3, hidden_size=4), torch.randn(2, 5, 3)
    exact = run(cell, x, torch.full((2, 5), 0.5))
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(run(cell, x.bfloat16(), torch.full((2, 5), 0.5)), exact, rtol=0.1, atol=0.02)


def test_size_and_weights():
    cell = CTRNN(48, hidden_size=128)
    assert [sum(p.numel() for p in part.parameters()) for part in (cell.sensory, cell.recurrent)] == [6272, 16384]
    assert sum(p.numel() for p in cell.parameters()) == 22656 + 128
    inputs, units = cell.weights()
    assert (inputs.shape, units.shape) == ((128, 48), (128, 128))
    assert inputs is cell.sensory.weight
    assert units is cell.recurrent.weight


def test_time_constants_start_even_in_their_range():
    tau = CTRNN(3, hidden_size=64, tau_min=0.1, tau_max=20.0).time_constants()
    torch.testing.assert_close(tau.log().diff(), torch.full((63,), np.log(200) / 64), atol=1e-4, rtol=1e-3)
    assert 0.1 < tau.min() < 0.12
    assert 17 < tau.max() < 20


def test_time_constants_start_uniform_in_their_logarithm():
    torch.manual_seed(0)
    theta = CTRNN(3, hidden_size=4000, **PAPER).theta
    assert np.log(0.1) <= theta.min() < theta.max() <= np.log(10)
    share = ((theta.detach() - np.log(0.1)) / np.log(100)).sort().values
    assert (share - torch.linspace(0, 1, 4000)).abs().max() < 1.63 / 4000**0.5  # Kolmogorov–Smirnov, 1 %


@pytest.mark.parametrize("tau_init", ["even", "uniform"])
def test_a_range_upside_down_is_refused(tau_init):
    with pytest.raises(ConfigError, match=r"tau_min \(1 s\) must be shorter than tau_max \(0.5 s\)"):
        CTRNN(3, tau_min=1.0, tau_max=0.5, tau_init=tau_init)


def dominance(inputs, units):
    """Return the mean share of a unit's recurrent weights in the norms of both: the paper's memory dominance."""
    inputs, units = inputs.detach().norm(dim=1), units.detach().norm(dim=1)
    return float((units / (units + inputs)).mean())


def test_memory_dominance_of_the_paper_is_that_of_untrained_weights():
    """Trained, the paper reports .505 to .534; the reference finds .577 for Xavier and .5007 for torch's own start."""
    torch.manual_seed(0)
    cells = [CTRNN(48, hidden_size=128) for _ in range(10)]
    assert np.mean([dominance(*cell.weights()) for cell in cells]) == pytest.approx(0.577, abs=0.004)
    layers = [(nn.Linear(48, 128).weight, nn.Linear(128, 128).weight) for _ in range(10)]
    assert np.mean([dominance(*pair) for pair in layers]) == pytest.approx(0.5007, abs=0.004)


def test_time_constants_of_128_units_are_never_normal_at_the_start():
    """The paper tests log τ after training (W = .93, p < 1e-4) and finds groups; a uniform draw is rejected as well."""
    torch.manual_seed(0)
    found = [shapiro(CTRNN(1, hidden_size=128, **PAPER).time_constants().log().detach().numpy()) for _ in range(100)]
    assert np.mean([result.statistic for result in found]) == pytest.approx(0.949, abs=0.005)
    assert all(result.pvalue < 0.05 for result in found)
