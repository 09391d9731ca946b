"""Liquid: a cell of one equation and two ways to run it."""

from abc import abstractmethod
from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.autograd import forward_ad
from torch.utils._python_dispatch import _get_current_dispatch_mode

from insula import Cell, ConfigError, DataError, State

Path = Literal["auto", "kernel", "reference"]


class Liquid(Cell):
    """A cell whose sequences a compiled kernel runs, with its gradients, wherever that gives the same numbers.

    A subclass writes :meth:`step`, its equations in plain torch, which any device, precision and transform can run, and
    :meth:`run`, which hands the same to a kernel for float32 on a CPU.
    """

    path: Path = "auto"

    @abstractmethod
    def run(
        self,
        x: Float[Tensor, "batch steps features"],
        elapsed: Float[Tensor, "batch steps"],
        state: Float[Tensor, "batch hidden"],
    ) -> Float[Tensor, "batch steps hidden"]:
        """Return the state after every step by the kernel; below 0 seconds a step isn't there, and its input is 0."""

    def reference(
        self,
        x: Float[Tensor, "batch steps features"],
        elapsed: Float[Tensor, "batch steps"],
        mask: Bool[Tensor, "batch steps"],
        state: State | None,
    ) -> tuple[Float[Tensor, "batch steps hidden"], State]:
        """Run over a sequence in plain torch."""
        return super().forward(x, elapsed, mask, state)

    def forward(
        self,
        x: Float[Tensor, "batch steps features"],
        elapsed: Float[Tensor, "batch steps"],
        mask: Bool[Tensor, "batch steps"],
        state: State | None = None,
    ) -> tuple[Float[Tensor, "batch steps hidden"], State]:
        """Run over a sequence (see ``insula.TemporalLayer.forward``).

        Raises
        ------
        DataError
            If the time of a step that is there runs backwards or is undefined.
        ConfigError
            If ``path=kernel`` and the kernel can't run this.
        """
        why = "path=reference" if self.path == "reference" else self._unfit(x, elapsed, state)
        if why:
            if self.path == "kernel":
                raise ConfigError(f"path=kernel: {why}; type path=auto")
            step, loop = (_owner(type(self), name) for name in ("step", "reference"))
            inherited = step is not loop and issubclass(step, loop)  # a loop that doesn't know the step
            return (super().forward if inherited else self.reference)(x, elapsed, mask, state)
        elapsed = elapsed.expand(x.shape[:2])  # a kernel would read past the end of what is too small
        if not bool(((elapsed >= 0) | ~mask).all()):
            least = elapsed[mask].min()
            what = "time runs backwards; sort the signal by time" if least < 0 else "mask what is undefined"
            raise DataError(f"the elapsed time of a step is {least:g} s: {what}")
        before = self.initial_state(len(x), x) if state is None else state
        assert isinstance(before, Tensor)
        masked, whole = ~mask, bool(mask.all())
        if not whole:
            x, elapsed = x.masked_fill(masked.unsqueeze(-1), 0.0), elapsed.masked_fill(masked, -1.0)
        before = before.expand(len(x), self.state_size)
        states = self.run(x, elapsed, before)
        return states if whole else states.masked_fill(masked.unsqueeze(-1), 0.0), states[:, -1]

    def _unfit(self, x: Tensor, elapsed: Tensor, state: State | None) -> str:
        """Say why the kernel doesn't run this; nothing if it does."""
        tensors = [x, elapsed, *([state] if isinstance(state, Tensor) else []), *self.parameters()]
        if not x.numel():
            return "there is no step"
        if any(tensor.device.type != "cpu" for tensor in tensors):
            return f"it is for the CPU, and the model is on {x.device.type}"
        if any(tensor.dtype != torch.float32 for tensor in tensors) or torch.is_autocast_enabled("cpu"):
            return "it computes in float32, and this is another precision"
        if elapsed.requires_grad:
            return "it gives no gradient of the elapsed time"
        transformed = torch._C._are_functorch_transforms_active() or forward_ad._current_level >= 0
        if transformed or torch.compiler.is_compiling() or torch.jit.is_tracing():
            return "a transform of torch (torch.func, torch.compile, export) needs the operations themselves"
        if _get_current_dispatch_mode() is not None:
            return "somebody watches torch's operations, and would miss the kernel's"
        if _owner(type(self), "step") is not _owner(type(self), "run"):
            return f"{type(self).__name__} has a step of its own"
        return ""

    @classmethod
    def here(cls) -> str:
        """Say what runs on this machine."""
        from insula_cells.kernels.lanes import VECTORS
        from insula_cells.kernels.rows import ROWS

        return (
            f"in float32 on the CPU a compiled kernel ({VECTORS}, {ROWS} samples at a time, {torch.get_num_threads()} "
            "threads); else plain torch. cell.path=kernel or cell.path=reference forces one"
        )


def _owner(cls: type, name: str) -> type:
    return next(base for base in cls.__mro__ if name in vars(base))
