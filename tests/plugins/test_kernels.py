"""Kernels of liquid cells against their equations in plain torch, in float64 and by autograd."""

from itertools import product

import pytest
import torch

from made_cells import CELLS, PLAIN, apart, irregular, kernel, learnt, made, reference, regular

SHAPES = list(product((1, 8, 9, 20), (5, 16, 40), (1, 7, 33)))
"""Batches of a part of a block of rows, of one, and of some; units in a part of a register, in one, in some."""


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


def check(found, exact, limit=1e-5):
    for name, error in apart(found, exact).items():
        assert error <= limit, f"{name}: {error:.1e}"


@pytest.mark.parametrize("sequence", [regular, irregular])
@pytest.mark.parametrize("name", CELLS)
def test_numbers_and_gradients_at_every_shape(name, sequence):
    for seed, (batch, units, steps) in enumerate(SHAPES):
        cell, given = made(name, units=units, seed=seed), sequence(batch, steps, units, seed=seed)
        found, exact = learnt(kernel(cell), given), learnt(reference(cell), given)
        if max(apart(found, exact).values()) > 1e-5:  # then only where float32 can't do better
            plain = apart(learnt(reference(cell, torch.float32), given), exact)
            assert all(error <= max(1e-5, 2 * plain[what]) for what, error in apart(found, exact).items())


@pytest.mark.parametrize("sequence", [regular, irregular])
@pytest.mark.parametrize("name", CELLS)
def test_gradients_of_the_last_state_alone(name, sequence):
    cell, given = made(name), sequence(9, 12, 16)
    check(learnt(kernel(cell), given, last_only=True), learnt(reference(cell), given, last_only=True))


@pytest.mark.parametrize("name", CELLS)
def test_each_hazard_by_itself(name):
    cell, plain, hard = made(name), regular(9, 12, 16), irregular(9, 12, 16)
    alone = torch.ones(9, 12, dtype=torch.bool)
    alone[4] = False
    hazards = {
        "holes": {"mask": torch.rand(9, 12, generator=torch.Generator().manual_seed(0)) < 0.7},
        "padding": {"mask": torch.arange(12) < torch.arange(9, 0, -1).unsqueeze(1)},
        "a row of nothing": {"mask": alone},
        "a time of its own in every row": {"elapsed": hard.elapsed.nan_to_num(0.2)},
        "no time at all": {"elapsed": torch.zeros(9, 12)},
        "hardly any time": {"elapsed": torch.full((9, 12), 1e-5)},
        "a long time": {"elapsed": torch.full((9, 12), 3.0)},
        "a state": {"state": hard.state},
    }
    for hazard, parts in hazards.items():
        given = plain._replace(**parts)
        for what, error in apart(learnt(kernel(cell), given), learnt(reference(cell), given)).items():
            assert error <= 1e-5, f"{hazard}, {what}: {error:.1e}"


@pytest.mark.parametrize("name", PLAIN)
def test_gradients_at_the_length_that_ships(name):
    """Where sums that are kept carelessly show: 16,000 steps' gradients are added up for every parameter."""
    cell, given = made(name, features=39), regular(32, 500, 16, features=39)
    exact = learnt(reference(cell), given)
    found, eager = (
        apart(learnt(kernel(cell), given), exact),
        apart(learnt(reference(cell, torch.float32), given), exact),
    )
    for what, error in found.items():
        assert error <= max(1.1 * eager[what], 2e-6), f"{what}: {error:.1e}, eager {eager[what]:.1e}"


@pytest.mark.parametrize("name", CELLS)
def test_memory_layouts(name):
    """Tensors that aren't contiguous: views and expanded ones, gradients too."""
    cell, given = made(name), irregular(8, 7, 16)
    x, elapsed, mask, state, *_ = given
    assert state is not None
    x, given = x.nan_to_num(0.5), given._replace(mask=mask.t().contiguous().t())
    views = {
        "steps first": x.transpose(0, 1).contiguous().transpose(0, 1),
        "features first": x.transpose(1, 2).contiguous().transpose(1, 2),
        "every other step": x.repeat_interleave(2, dim=1)[:, ::2],
        "one row for all": x[:1].expand(8, 7, 5),
    }
    states = [state.t().contiguous().t(), state[:1].expand(8, 16)]
    times = [elapsed.nan_to_num(0.1).t().contiguous().t(), torch.tensor(0.1).expand(8, 7)]
    for (layout, view), before, seconds in product(views.items(), states, times):
        assert not any(tensor.is_contiguous() for tensor in (view, before, seconds))
        one = torch.ones(())
        hard = given._replace(x=view, state=before, elapsed=seconds, of_outputs=one, of_state=one)
        for what, error in apart(learnt(kernel(cell), hard), learnt(reference(cell), hard)).items():
            assert error <= 1e-5, f"{layout}, {what}: {error:.1e}"


@pytest.mark.parametrize("name", CELLS)
def test_what_is_masked_is_never_read(name):
    """NaN there, infinity, or any number: nothing changes, to the last bit."""
    cell, given = kernel(made(name)), irregular(9, 12, 16)
    results = []
    for value in (0.0, torch.nan, torch.inf):
        x, elapsed = given.x.nan_to_num(value), given.elapsed.nan_to_num(value)
        results.append(learnt(cell, given._replace(x=x, elapsed=elapsed)))
    for other in results[1:]:
        assert all(torch.equal(other[what], results[0][what]) for what in other)
    assert all(result.isfinite().all() for result in results[0].values())
    assert (results[0]["outputs"][~given.mask] == 0).all()
    assert given.state is not None
    assert torch.equal(results[0]["last"][2], given.state[2])


@pytest.mark.parametrize("name", CELLS)
def test_nan_goes_on_in_its_row_and_nowhere_else(name):
    cell, given = kernel(made(name)), regular(9, 12, 16)
    spoilt = given.x.clone()
    spoilt[3, 5, 1] = torch.nan
    clean, dirty = cell(*given[:4])[0], cell(spoilt, *given[1:4])[0]
    others = torch.arange(9) != 3
    assert torch.equal(dirty[others], clean[others])
    assert torch.equal(dirty[3, :5], clean[3, :5])
    assert dirty[3, 5:].isnan().all()


@pytest.mark.parametrize("name", CELLS)
def test_infinite_input_is_what_it_is_in_plain_torch(name):
    cell, given = made(name), regular(9, 12, 16)
    x = given.x.clone()
    x[3, 5], x[6, 2, 0], x[7, 1, :2] = torch.inf, -torch.inf, torch.tensor([torch.inf, -torch.inf])
    found, expected = (way(x, *given[1:4])[0] for way in (kernel(cell), reference(cell, torch.float32)))
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6, equal_nan=True)


@pytest.mark.parametrize("name", CELLS)
def test_enormous_input_is_what_it_is_in_plain_torch(name):
    """Where a polynomial would be asked for the value of what only rounding has left."""
    cell, given = made(name), regular(9, 12, 16)
    for exponent in range(4, 38, 2):
        x = given.x * 10.0**exponent
        found, expected = (way(x, *given[1:4])[0] for way in (kernel(cell), reference(cell, torch.float32)))
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5, msg=lambda m, e=exponent: f"1e{e}: {m}")


@pytest.mark.parametrize("name", CELLS)
def test_a_sequence_goes_on_from_its_state(name):
    cell, (x, elapsed, mask, state, *_) = kernel(made(name)), irregular(9, 12, 16)
    whole, end = cell(x, elapsed, mask, state)
    first, between = cell(x[:, :5], elapsed[:, :5], mask[:, :5], state)
    second, after = cell(x[:, 5:], elapsed[:, 5:], mask[:, 5:], between)
    assert torch.equal(torch.cat([first, second], dim=1), whole)
    assert torch.equal(after, end)


@pytest.mark.parametrize("name", CELLS)
def test_gradients_are_the_same_every_time(name):
    cell, given = kernel(made(name)), irregular(9, 12, 16)
    first, second = learnt(cell, given), learnt(cell, given)
    assert all(torch.equal(first[what], second[what]) for what in first)
