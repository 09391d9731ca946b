"""Liquid cells that have a kernel, sequences for them, and how far one way to run them is from another."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor

from insula_cells.ctrnn import CTRNN
from insula_cells.euler_ltc import EulerLTC
from insula_cells.liquid import Liquid
from insula_cells.ltc import LTC
from insula_cells.neuron_ltc import NeuronLTC

CELLS: dict[str, Callable[..., Liquid]] = {
    "ltc": LTC,
    "ltc, ncps": partial(LTC, init="ncps"),
    "neuron_ltc": NeuronLTC,
    "neuron_ltc, one unfold": partial(NeuronLTC, unfolds=1),
    "ctrnn": CTRNN,
    "euler_ltc": EulerLTC,
    "euler_ltc, elapsed time": partial(EulerLTC, dt=None),
    "euler_ltc, bare": partial(EulerLTC, rectify=False, clip=None, gates=False),
}
PLAIN = [name for name in CELLS if "," not in name]


class Sequence(NamedTuple):
    """What a cell is called with, and what its outputs and its last state are weighted with to make a loss."""

    x: Tensor
    elapsed: Tensor
    mask: Tensor
    state: Tensor | None
    of_outputs: Tensor
    of_state: Tensor


def made(name: str, features: int = 5, units: int = 16, seed: int = 0) -> Liquid:
    """Return a cell of the table."""
    torch.manual_seed(seed)
    return CELLS[name](features, hidden_size=units)


def regular(batch: int, steps: int, units: int, features: int = 5, seed: int = 1) -> Sequence:
    """Return a sequence without holes at 32 ms a step, from the cell's own initial state."""
    draw = torch.Generator().manual_seed(seed)
    x = torch.randn(batch, steps, features, generator=draw)
    weights = torch.randn(batch, steps, units, generator=draw), torch.randn(batch, units, generator=draw)
    return Sequence(x, torch.full((batch, steps), 0.032), torch.ones(batch, steps, dtype=torch.bool), None, *weights)


def irregular(batch: int, steps: int, units: int, features: int = 5, seed: int = 1) -> Sequence:
    """Return a sequence with holes, padding, rows of nothing, a time of its own in every row, 0 among it, and a state.

    What is masked is NaN. The first row has a step that is there.
    """
    draw = torch.Generator().manual_seed(seed)
    plain = regular(batch, steps, units, features, seed)
    elapsed = torch.rand(batch, steps, generator=draw) * 0.5
    elapsed = elapsed.masked_fill(torch.rand(batch, steps, generator=draw) < 0.1, 0.0)
    mask = torch.rand(batch, steps, generator=draw) < 0.8
    mask[1::3, steps // 2 :] = False
    mask[2::4] = False
    mask[0, -1] = True
    x, elapsed = plain.x.masked_fill(~mask.unsqueeze(-1), torch.nan), elapsed.masked_fill(~mask, torch.nan)
    return plain._replace(x=x, elapsed=elapsed, mask=mask, state=torch.randn(batch, units, generator=draw) / 2)


def reference(cell: Liquid, dtype: torch.dtype = torch.float64) -> Liquid:
    """Return a copy that runs in plain torch."""
    copy = deepcopy(cell).to(dtype)
    copy.path = "reference"
    return copy


def kernel(cell: Liquid) -> Liquid:
    """Return a copy that its kernel runs, or an error."""
    copy = deepcopy(cell)
    copy.path = "kernel"
    return copy


def learnt(cell: Liquid, given: Sequence, *, last_only: bool = False) -> dict[str, Tensor]:
    """Return all that comes of a cell in its precision: outputs, last state, and the gradient of everything."""
    dtype = next(cell.parameters()).dtype
    x = given.x.to(dtype).detach().requires_grad_()
    state = None if given.state is None else given.state.to(dtype).detach().requires_grad_()
    outputs, last = cell(x, given.elapsed.to(dtype), given.mask, state)
    assert isinstance(last, Tensor)
    inputs = {"x": x} | ({} if state is None else {"state": state}) | dict(cell.named_parameters())
    loss = (last * given.of_state).sum() + (0 if last_only else (outputs * given.of_outputs).sum())
    gradients = torch.autograd.grad(loss, list(inputs.values()))
    found: dict[str, Any] = {"outputs": outputs.detach(), "last": last.detach()}
    return found | {f"gradient of {name}": g for name, g in zip(inputs, gradients, strict=True)}


def apart(found: dict[str, Tensor], exact: dict[str, Tensor]) -> dict[str, float]:
    """Return the relative error of each: the norm of the difference over the norm."""
    assert found.keys() == exact.keys()
    return {name: _apart(found[name], exact[name]) for name in exact}


def _apart(found: Tensor, exact: Tensor) -> float:
    difference, norm = float((found.double() - exact).norm()), float(exact.norm())
    return difference / norm if norm else difference
