"""euler_ltc: the published cell, its size, and its Euler loop in closed form."""

import pytest
import torch
from torch import Tensor, nn

from insula_cells.euler_ltc import EulerLTC


def literal(cell: EulerLTC, x: Tensor, elapsed: Tensor, clip: float = 20.0) -> Tensor:
    """The published loop, line by line, over a whole sequence; returns the states after every frame."""
    h = torch.zeros(len(x), cell.state_size, dtype=x.dtype)
    states = []
    for t in range(x.shape[1]):
        concat = torch.cat([x[:, t], h], dim=-1)  # built once per frame, as published
        dt = cell.dt if cell.dt is not None else elapsed[:, t : t + 1] / cell.unfolds
        for _ in range(cell.unfolds):
            dh = (torch.tanh(concat @ cell.weight.T + cell.bias) - h) / torch.log1p(torch.exp(cell.tau))
            h = h + dt * dh
        if cell.rectify:
            h = torch.minimum(torch.relu(h), torch.tensor(clip, dtype=h.dtype))
        if cell.c is not None and cell.g is not None:
            h = h * (10 * torch.sigmoid(cell.c)) / (10 * torch.sigmoid(cell.g))
        states.append(h)
    return torch.stack(states, dim=1)


def shaken(**options: object) -> EulerLTC:
    """A cell whose every parameter is somewhere else than at its start."""
    torch.manual_seed(0)
    cell = EulerLTC(5, hidden_size=7, **options).double()  # type: ignore[arg-type]
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.add_(0.5 * torch.randn_like(parameter))
    return cell


@pytest.mark.parametrize(
    "options",
    [{}, {"unfolds": 1}, {"unfolds": 13, "dt": 0.2}, {"dt": None}, {"gates": False}, {"rectify": False, "clip": None}],
    ids=str,
)
def test_the_closed_form_is_the_literal_loop(options: dict) -> None:
    cell = shaken(**options)
    x, elapsed = torch.randn(3, 40, 5, dtype=torch.float64), torch.rand(3, 40, dtype=torch.float64)
    states, last = cell(x, elapsed, torch.ones(3, 40, dtype=torch.bool))
    expected = literal(cell, x, elapsed)
    torch.testing.assert_close(states, expected, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(last, expected[:, -1], rtol=1e-12, atol=1e-12)


def test_gradients_are_those_of_the_literal_loop() -> None:
    cell = shaken()
    x, elapsed = torch.randn(2, 12, 5, dtype=torch.float64), torch.ones(2, 12, dtype=torch.float64)
    states, _ = cell(x, elapsed, torch.ones(2, 12, dtype=torch.bool))
    weights = torch.randn_like(states)
    mine = torch.autograd.grad((states * weights).sum(), list(cell.parameters()))
    theirs = torch.autograd.grad((literal(cell, x, elapsed) * weights).sum(), list(cell.parameters()))
    torch.testing.assert_close(mine, theirs, rtol=1e-10, atol=1e-12)


def test_the_clip_is_reached_by_a_unit_that_grows_and_holds_it() -> None:
    cell = EulerLTC(1, hidden_size=1).double()
    with torch.no_grad():
        cell.weight.fill_(3.0)
        assert cell.c is not None
        cell.c.fill_(4.0)
    x, ones = torch.ones(1, 400, 1, dtype=torch.float64), torch.ones(1, 400, dtype=torch.float64)
    states, _ = cell(x, ones, ones.bool())
    ratio = torch.sigmoid(torch.tensor(4.0)) / torch.sigmoid(torch.tensor(1.0))
    assert float(states.detach().max()) == pytest.approx(20 * float(ratio))
    torch.testing.assert_close(states, literal(cell, x, ones), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("units", "parameters"),
    [(8, 444), (12, 712), (16, 1012), (24, 1708), (32, 2532), (64, 7108), (128, 22_404)],
)
def test_the_published_sizes_with_the_classifier_of_four_classes(units: int, parameters: int) -> None:
    model = nn.ModuleList([EulerLTC(39, hidden_size=units), nn.Linear(units, 4)])
    assert sum(p.numel() for p in model.parameters()) == parameters == units**2 + 47 * units + 4


def test_without_gates_the_large_one_has_the_other_published_size() -> None:
    model = nn.ModuleList([EulerLTC(39, hidden_size=128, gates=False), nn.Linear(128, 4)])
    assert sum(p.numel() for p in model.parameters()) == 22_148


def test_what_is_kept_of_the_state_at_the_start() -> None:
    cell = EulerLTC(39).double()
    kept = cell._kept(torch.ones(1, 1, dtype=torch.float64))
    assert kept.mean().item() == pytest.approx(0.955, abs=5e-4)
    torch.testing.assert_close(cell.time_constants(), torch.full((16,), 1.3132616875, dtype=torch.float64))


def test_time_counts_only_without_a_fixed_step() -> None:
    x, mask = torch.randn(2, 6, 5, dtype=torch.float64), torch.ones(2, 6, dtype=torch.bool)
    once, twice = (torch.full((2, 6), seconds, dtype=torch.float64) for seconds in (0.1, 0.2))
    fixed, real = shaken(), shaken(dt=None)
    torch.testing.assert_close(fixed(x, once, mask)[0], fixed(x, twice, mask)[0])
    assert not torch.allclose(real(x, once, mask)[0], real(x, twice, mask)[0])
