"""Operations: what one pass through a model takes, counted and timed."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

WARM_UP, LEAST, LONG = 3, 3, 2.0
"""Passes that warm up, at most; passes that are timed in any case; seconds after which no further one is begun."""
_VECTORS: dict[Any, Callable[..., int]] = {
    torch.ops.aten.mv: lambda matrix, vector: matrix.numel(),
    torch.ops.aten.addmv: lambda bias, matrix, vector: matrix.numel(),
    torch.ops.aten.dot: lambda one, other: one.numel(),
}
"""Multiply-accumulates of the products with a vector, which torch's own counter leaves out."""


@dataclass
class Operations:
    """Multiply-accumulates of matrix products and convolutions, and numbers computed element by element."""

    macs: int = 0
    elementwise: int = 0


class Meter(TorchDispatchMode):
    """Counts every operation that runs inside, for the module whose ``forward`` it runs in.

    Parameters
    ----------
    modules
        The modules to count apart; what runs in none of them is counted under ``""``.
    """

    def __init__(self, modules: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.modules = modules
        self.costs = {name: Operations() for name in ("", *modules)}
        self._inside = [""]

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run an operation and count it."""
        out = func(*args, **(kwargs or {}))
        cost, packet = self.costs[self._inside[-1]], func._overloadpacket
        if packet in flop_registry:
            cost.macs += flop_registry[packet](*args, **(kwargs or {}), out_val=out) // 2
        elif packet in _VECTORS:
            cost.macs += _VECTORS[packet](*args[:3])
        elif torch.Tag.pointwise in func.tags and isinstance(out, torch.Tensor):
            cost.elementwise += out.numel()
        return out

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what runs inside the ``with``."""
        with ExitStack() as stack:
            for name, module in self.modules.items():
                before = module.register_forward_pre_hook(partial(self._enter, name))
                after = module.register_forward_hook(self._leave)
                stack.callback(before.remove)
                stack.callback(after.remove)
            stack.enter_context(_unfused())
            stack.enter_context(self)
            yield

    def _enter(self, name: str, *_: Any) -> None:
        self._inside.append(name)

    def _leave(self, *_: Any) -> None:
        self._inside.pop()


@contextmanager
def _unfused() -> Iterator[None]:
    """Let recurrent and attention layers run as plain matrix products: inside a fused kernel nothing is counted."""
    fast, (fused, *_) = torch.backends.mha.get_fastpath_enabled(), torch.backends.mkldnn.set_flags(False)
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH), torch.no_grad():
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        torch.backends.mkldnn.set_flags(fused)


def count_operations(run: Callable[[], Any], modules: Mapping[str, nn.Module]) -> dict[str, Operations]:
    """Count what a call computes, per module; ``""`` is the rest. Everything it touches must be on the CPU."""
    meter = Meter(modules)
    with meter.running():
        run()
    return meter.costs


def latency(
    run: Callable[[], Any], repetitions: int, synchronize: Callable[[], Any] = lambda: None, long: float = LONG
) -> tuple[float, int]:
    """Return the median seconds of a call and over how many calls; fewer where they take ``long`` seconds together."""

    def timed() -> float:
        begin = time.perf_counter()
        run()
        synchronize()
        return time.perf_counter() - begin

    times: list[float] = []
    with torch.no_grad():
        warm = [timed()]
        while len(warm) < WARM_UP and sum(warm) < long:
            warm.append(timed())
        while len(times) < repetitions and (len(times) < LEAST or sum(times) < long):
            times.append(timed())
    return statistics.median(times), len(times)
