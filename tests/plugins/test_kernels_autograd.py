"""What autograd asks of kernels: gradients by anything, twice, from checkpoints; and what they refuse."""

from typing import Any

import pytest
import torch
from torch.utils.checkpoint import checkpoint

from insula import ConfigError
from made_cells import CELLS, PLAIN, apart, irregular, kernel, learnt, made, reference, regular


@pytest.mark.parametrize("name", CELLS)
def test_a_second_derivative_is_refused(name):
    cell, given = made(name), regular(9, 4, 16)
    x = given.x.requires_grad_()
    with pytest.raises(ConfigError, match=r"has first derivatives only: type cell\.path=reference"):
        torch.autograd.grad(kernel(cell)(*given[:4])[0].sum(), x, create_graph=True)
    (first,) = torch.autograd.grad(reference(cell, torch.float32)(*given[:4])[0].sum(), x, create_graph=True)
    assert torch.autograd.grad(first.square().sum(), x)[0].abs().sum() > 0


@pytest.mark.parametrize("name", CELLS)
def test_gradient_of_the_elapsed_time(name):
    cell, given, found = made(name), irregular(9, 12, 16), []
    for each, dtype in ((cell, torch.float32), (reference(cell), torch.float64)):
        elapsed = given.elapsed.to(dtype).requires_grad_()
        y, _ = each(given.x.to(dtype), elapsed, given.mask, None)
        (gradient,) = torch.autograd.grad((y * given.of_outputs).sum(), elapsed, allow_unused=True)
        found.append({} if gradient is None else {"elapsed": gradient.nan_to_num(0)})
    assert all(error < 1e-5 for error in apart(*found).values())
    assert bool(found[0]) == (getattr(cell, "dt", None) is None)


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpoints_make_the_same_gradient(name, reentrant):
    cell, given = kernel(made(name)), irregular(9, 12, 16)
    x = given.x.clone().requires_grad_()
    run: Any = checkpoint(cell, x, *given[1:4], use_reentrant=reentrant)
    ((run[0] * given.of_outputs).sum() + (run[1] * given.of_state).sum()).backward()
    assert x.grad is not None
    assert torch.equal(x.grad, learnt(cell, given)["gradient of x"])


@pytest.mark.parametrize("name", PLAIN)
def test_a_graph_is_used_twice_or_not_at_all(name):
    cell, given = kernel(made(name)), irregular(9, 12, 16)
    y, _ = cell(*given[:4])
    several = [torch.autograd.grad(y.sum(), list(cell.parameters()), retain_graph=True) for _ in range(2)]
    assert all(torch.equal(*pair) for pair in zip(*several, strict=True))
    with torch.inference_mode():
        assert torch.equal(cell(*given[:4])[0], y)


@pytest.mark.parametrize("name", PLAIN)
def test_outputs_that_are_overwritten_make_no_wrong_gradient(name):
    y, _ = kernel(made(name))(*regular(8, 4, 16)[:4])
    y.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


@pytest.mark.parametrize("name", PLAIN)
def test_frozen_parameters_change_nothing_for_others(name):
    cell, given = kernel(made(name)), irregular(9, 12, 16)
    expected = learnt(cell, given)
    first, *others = cell.named_parameters()
    first[1].requires_grad_(False)
    (cell(*given[:4])[0] * given.of_outputs).sum().add((cell(*given[:4])[1] * given.of_state).sum()).backward()
    assert first[1].grad is None
    for what, parameter in others:
        torch.testing.assert_close(parameter.grad, expected[f"gradient of {what}"])
