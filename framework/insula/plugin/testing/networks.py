"""Networks: what every part of a model must do, whatever its shapes are."""

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from insula.plugin.testing.specimen import Specimen, finite, same, tensors

Run = Callable[[nn.Module], Any]
"""Runs a module on a fixed input and returns its (nested) outputs."""


def check_network(specimen: Specimen, run: Run) -> None:
    """Check determinism, gradients and the state dict."""
    check_deterministic(specimen, run)
    check_gradients(specimen, run)
    check_state_dict(specimen, run)


def check_deterministic(specimen: Specimen, run: Run) -> None:
    """``eval()`` must switch every draw off; dropout options are tried at 0.5 too."""
    for options in ({}, specimen.dropouts(0.5)):
        network = specimen.network(**options)
        with torch.no_grad():
            specimen.expect(
                same(run(network), run(network)),
                "in eval() two runs on the same input differ. Draw only while self.training (nn.Dropout, or "
                "F.dropout(x, p, self.training)).",
            )


def check_gradients(specimen: Specimen, run: Run) -> None:
    """Every parameter must get a gradient, at the initial weights or near them, and a finite one."""
    dead: set[str] | None = None
    for distance in (0.0, 0.02):
        network = specimen.network()
        _move(network, distance)
        silent = _without_gradient(specimen, network, run)
        dead = silent if dead is None else dead & silent
        if not dead:
            return
    specimen.expect(
        not dead,
        f"no gradient reaches {', '.join(sorted(dead or ()))}: the outputs don't depend on it. Use it in forward, "
        "remove it, or make a constant a buffer.",
    )


def _without_gradient(specimen: Specimen, network: nn.Module, run: Run) -> set[str]:
    check_finite_gradients(specimen, network, run)
    sizes = {
        name: 0.0 if p.grad is None or not p.numel() else float(p.grad.abs().max())
        for name, p in network.named_parameters()
        if p.requires_grad
    }
    # Rounding leaves a trace where a gradient cancels (a bias before a softmax): so far below the others it is none.
    least = 1e-11 * max(sizes.values(), default=0.0)
    return {name for name, size in sizes.items() if size <= least}


def check_finite_gradients(specimen: Specimen, network: nn.Module, run: Run, where: str = "") -> None:
    """No gradient may be NaN or infinite; ``where`` says what is special about the input."""
    draw = torch.Generator().manual_seed(7)
    outputs = [t for t in tensors(run(network)) if t.requires_grad]
    if not outputs:
        return
    weighted = [(t * torch.randn(t.shape, generator=draw, dtype=t.dtype)).sum() for t in outputs]
    torch.stack(weighted).sum().backward()
    for name, p in network.named_parameters():
        specimen.expect(
            p.grad is None or finite(p.grad),
            f"the gradient of {name} is NaN or infinite{where}. Replace what isn't real with masked_fill before "
            "computing "
            "with it: NaN times 0 is NaN.",
        )


def check_state_dict(specimen: Specimen, run: Run) -> None:
    """A loaded state dict must be all that decides the outputs."""
    with torch.no_grad():
        saved = specimen.network(seed=1)
        _move(saved, 0.05)
        wanted = run(saved)
        state = {name: value.clone() for name, value in saved.state_dict().items()}
        for assign in (False, True):
            network = specimen.network(seed=2)
            before = run(network)
            with specimen.trying(f"load_state_dict(..., assign={assign})"):
                network.load_state_dict(copy.deepcopy(state), assign=assign)
            after = run(network)
            specimen.expect(
                same(after, wanted),
                f"after load_state_dict(..., assign={assign}) its outputs "
                + ("are those from before" if same(after, before) else "aren't those of the saved network")
                + ". Register every weight as a parameter or buffer of the module, and compute with self.<name> in "
                "forward, "
                "not with a copy made earlier.",
            )


def check_dtypes(specimen: Specimen, run: Callable[[nn.Module, torch.dtype], Any]) -> None:
    """Float32 and float64 inputs must give finite outputs of their own type."""
    for dtype in (torch.float32, torch.float64):
        network = specimen.network().to(dtype)
        with specimen.trying(f"running in {dtype}"), torch.no_grad():
            outputs = tensors(run(network, dtype))
        specimen.expect(
            all(t.dtype == dtype for t in outputs if t.is_floating_point()),
            f"a {dtype} input gives another type. Make constants with x.new_tensor or register them as buffers.",
        )
        specimen.expect(finite(outputs), f"in {dtype} an ordinary input gives NaN or infinite outputs.")


def check_statistics(specimen: Specimen, plain: Run, padded: Run) -> None:
    """Running statistics of a training step must not depend on how much padding stands behind the windows."""
    first = specimen.network(**specimen.dropouts(0.0)).train()
    second = copy.deepcopy(first)
    with specimen.trying("a training step"), torch.no_grad():
        plain(first)
        padded(second)
    for (name, one), (_, other) in zip(first.named_buffers(), second.named_buffers(), strict=True):
        specimen.expect(
            same(one.double(), other.double()),
            f"the running statistics {name} change with the amount of padding. Use insula.MaskedBatchNorm with the "
            "mask, "
            "or a norm without running statistics.",
        )


def _move(network: nn.Module, distance: float) -> None:
    draw = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for p in network.parameters():
            noise: Tensor = torch.randn(p.shape, generator=draw, dtype=p.dtype)
            p.add_(distance * noise)
