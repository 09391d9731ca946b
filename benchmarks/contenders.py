"""Who runs in ``benchmarks/cells.py``: our cells, torch's LSTM and GRU, ncps' LTC, and what a step of each computes."""

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from insula.plugin.manager import installed

Shape = tuple[int, int, int, int]
"""Batch, steps, features and hidden units."""
CELLS: dict[str, tuple[str, dict[str, Any]]] = {
    "ltc": ("ltc", {}),
    "ltc_autoncp": ("ltc", {"wiring": "autoncp"}),
    **{name: (name, {}) for name in ("neuron_ltc", "ctrnn", "euler_ltc", "cfc", "liquid_ssm")},
}
"""Our cells: the name of each in the registry, and its options."""
ELAPSED = 0.032
LIMIT = 1e9
"""Bytes that a training step may keep; where it would keep more, fewer steps run, each with the whole batch."""
COMPILED = "neuron_ltc, torch.compile"


class Contender:
    """A network, what it is called with, and how many steps it runs.

    Parameters
    ----------
    name
        What it is called in tables.
    module
        The network.
    shape
        Batch, steps, features and hidden units.
    ours
        Whether it is called as cells of insula are, with elapsed time and mask.
    steps
        Steps that run; None: as many as memory allows.
    """

    def __init__(self, name: str, module: nn.Module, shape: Shape, ours: bool, steps: int | None = None) -> None:
        self.name, self.module, self.shape, self.ours = name, module, shape, ours
        self.steps = steps or self._affordable()
        batch, _, features, _ = shape
        self.x = torch.randn(batch, self.steps, features, requires_grad=True)
        mask = torch.ones(batch, self.steps, dtype=torch.bool)
        self.more = (torch.full((batch, self.steps), ELAPSED), mask) if ours else ()
        with torch.no_grad():
            self.weights = torch.randn_like(self.outputs())

    def _affordable(self) -> int:
        """Return as many steps as may run, by what two of them keep."""
        each = Contender(self.name, self.module, self.shape, self.ours, steps=2).kept() / 2
        steps = self.shape[1]
        while each * steps > LIMIT and steps > 1:
            steps //= 2
        return steps

    @property
    def part(self) -> float:
        """How much of the shape's steps runs."""
        return self.steps / self.shape[1]

    def outputs(self) -> Tensor:
        """Run over the whole sequence."""
        return self.module(self.x, *self.more)[0]

    def forward(self) -> None:
        """Run it without a graph."""
        with torch.no_grad():
            self.outputs()

    def training(self) -> None:
        """Run it and take the gradient of inputs and parameters."""
        self.outputs().backward(self.weights)

    def clear(self) -> None:
        """Forget the gradients."""
        self.x.grad = None
        self.module.zero_grad()

    def kept(self) -> int:
        """Return how many bytes a training step keeps for the way back, without inputs and parameters."""
        sizes: dict[int, int] = {}

        def pack(tensor: Tensor) -> Tensor:
            sizes[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
            return tensor

        with saved_tensors_hooks(pack, lambda tensor: tensor):
            outputs = self.outputs()
        given = {tensor.untyped_storage().data_ptr() for tensor in (self.x, *self.more, *self.module.parameters())}
        del outputs  # which held what was saved in its place until here
        return sum(size for place, size in sizes.items() if place not in given)


class Compiled(nn.Module):
    """A cell whose step ``torch.compile`` compiles; its loop over 500 steps would take it minutes."""

    def __init__(self, cell: Any) -> None:
        super().__init__()
        self.cell, self.step = cell, torch.compile(cell.step)

    def forward(self, x: Tensor, elapsed: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Run over a sequence without masked steps."""
        state, outputs = self.cell.initial_state(len(x), x), []
        for each, seconds in zip(x.unbind(1), elapsed.unsqueeze(-1).unbind(1), strict=True):
            output, state = self.step(each, state, seconds)
            outputs.append(output)
        return torch.stack(outputs, dim=1), state


def cell(name: str, features: int, units: int, **more: Any) -> Any:
    """Return one of our cells; None, and a line on stderr, if it isn't there or lacks an option."""
    registered, options = CELLS[name]
    if registered not in installed().names("cells"):
        return _left_out(name, f"there is no cell called {registered}")
    component = installed().get("cells", registered)
    if lacking := options.keys() - component.options.model_fields.keys():
        return _left_out(name, f"{registered} has no option {', '.join(lacking)}")
    return component.cls(features, hidden_size=units, **options, **more)


def contenders(shape: Shape, *, compiling: bool) -> Iterator[Contender]:
    """Yield all that run at a shape."""
    features, units = shape[2:]
    for name, kind in (("lstm", nn.LSTM), ("gru", nn.GRU)):
        yield Contender(name, kind(features, units, batch_first=True), shape, ours=False)
    outputs = max(1, units // 4)
    for name in CELLS:
        if (made := cell(name, features, units)) is not None:
            yield Contender(name, made, shape, ours=True)
            outputs = made.output_size if name == "ltc_autoncp" else outputs
    if importlib.util.find_spec("ncps") is None:
        _left_out("ncps", "it isn't installed")
    else:
        yield from _ncps(shape, outputs)
    if not compiling:
        _left_out("torch.compile", "with --quick, for it compiles half a minute at every shape")
    elif not (shutil.which("g++") or shutil.which("clang++")):
        _left_out("torch.compile", "there is no C++ compiler")
    else:
        yield Contender(COMPILED, Compiled(cell("neuron_ltc", features, units, path="reference")), shape, ours=True)


def _ncps(shape: Shape, outputs: int) -> Iterator[Contender]:
    from ncps.torch import LTC
    from ncps.wirings import AutoNCP, FullyConnected

    features, units = shape[2:]
    yield Contender("ncps", LTC(features, FullyConnected(units)), shape, ours=False)
    yield Contender("ncps_autoncp", LTC(features, AutoNCP(units, outputs)), shape, ours=False)


def _left_out(name: str, why: str) -> None:
    print(f"{name} is left out: {why}", file=sys.stderr)


def work(contender: Contender) -> tuple[float, float] | None:
    """Return what a forward step of one sample computes: floating-point operations, and functions like a sigmoid.

    Element-wise arithmetic, of the order of the units, isn't counted. A synapse is γ (v − μ) as one fused
    multiply-add, a sigmoid, and two more for its parts in the sums of drive and conductance.
    """
    module: Any = contender.module
    F, H, N = *contender.shape[2:], getattr(module, "unfolds", 6)
    match contender.name.partition(",")[0]:
        case "lstm":
            return 8 * (F + H) * H, 5 * H
        case "gru":
            return 6 * (F + H) * H, 3 * H
        case "neuron_ltc":
            return 2 * F * H + 2 * N * H * H, N * H
        case "ctrnn" | "euler_ltc":
            return 2 * (F + H) * H, H
        case "cfc":
            wide = module.start.in_features
            return 2 * (F + H) * wide + 8 * wide * H, wide + 3 * H
        case "ltc" | "ncps":
            return 6 * (F * H + N * H * H), F * H + N * H * H
        case "ncps_autoncp":
            wiring = module._wiring
            synapses = abs(wiring.sensory_adjacency_matrix).sum() + N * abs(wiring.adjacency_matrix).sum()
            return 6 * synapses, synapses
    return None
