"""TemporalLayer and Cell: from steps to steps, with a state."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypeVar

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

State = Tensor | tuple[Any, ...]
"""What a layer carries from one step or window to the next: a tensor ``(batch, ...)``, or a nested tuple of such."""

S = TypeVar("S", bound=State)


class TemporalLayer(nn.Module, ABC):
    """A layer over a sequence of steps.

    A subclass sets ``output_size`` in its constructor, which takes ``input_size`` and, after ``*``, its options,
    among them ``hidden_size``. It may offer ``time_constants() -> (units,)`` in seconds, for the analysis of neuron
    dynamics.

    Parameters
    ----------
    input_size
        Features per step.
    """

    output_size: int
    """Features per output step."""
    causal: bool = True
    """False if an output may depend on later steps."""

    def __init__(self, input_size: int) -> None:
        super().__init__()
        self.input_size = input_size

    @abstractmethod
    def forward(
        self,
        x: Float[Tensor, "batch steps features"],
        elapsed: Float[Tensor, "batch steps"],
        mask: Bool[Tensor, "batch steps"],
        state: State | None = None,
    ) -> tuple[Float[Tensor, "batch steps hidden"], State]:
        """Run over a sequence.

        ``elapsed`` is the time since the previous step in seconds. ``state=None`` is the initial state. A masked step
        leaves the state unchanged, its input and elapsed time are not read, and its output is 0. The returned state
        is the one after the last real step.
        """


class Cell(TemporalLayer):
    """A layer that is known by one step; the loop and the masks are written once, here.

    A subclass sets ``state_size`` and ``output_size`` and writes :meth:`step`.
    """

    state_size: int
    """Width of the state."""

    def __init__(self, input_size: int | None = None) -> None:
        # A cell's own constructor may call super().__init__() without arguments: its step knows the width.
        nn.Module.__init__(self)
        if input_size is not None:
            self.input_size = input_size

    @abstractmethod
    def step(
        self, x: Float[Tensor, "batch features"], state: State, elapsed: Float[Tensor, "batch 1"]
    ) -> tuple[Float[Tensor, "batch hidden"], State]:
        """Advance by one step of ``elapsed`` seconds; return the output and the new state."""

    def initial_state(self, batch: int, like: Tensor) -> State:
        """Return the state before the first step: zeros unless overridden; ``like`` gives device and dtype."""
        return like.new_zeros(batch, self.state_size)

    def forward(
        self,
        x: Float[Tensor, "batch steps features"],
        elapsed: Float[Tensor, "batch steps"],
        mask: Bool[Tensor, "batch steps"],
        state: State | None = None,
    ) -> tuple[Float[Tensor, "batch steps hidden"], State]:
        """Run :meth:`step` over the sequence (see :meth:`TemporalLayer.forward`)."""
        if state is None:
            state = self.initial_state(len(x), x)
        whole = bool(mask.all())
        outputs = []
        # NaN may stand where nothing is real; `where` below would let it into the gradient.
        x, elapsed = (
            (x, elapsed) if whole else (x.masked_fill(~mask.unsqueeze(-1), 0.0), elapsed.masked_fill(~mask, 1.0))
        )
        for t in range(x.shape[1]):
            output, new = self.step(x[:, t], state, elapsed[:, t : t + 1])
            if whole:
                state = new
            else:
                real = mask[:, t]
                state = where(real, new, state)
                output = where(real, output, torch.zeros_like(output))
            outputs.append(output)
        if not outputs:
            return x.new_zeros(len(x), 0, self.output_size), state
        return torch.stack(outputs, dim=1), state


def where(real: Bool[Tensor, " batch"], new: S, old: S) -> S:
    """Choose per row between two states."""
    return combine(lambda a, b: torch.where(real.view(-1, *[1] * (a.dim() - 1)), a, b), new, old)


def combine(function: Callable[..., Tensor], *states: S) -> S:
    """Apply a function to the tensors of states, part by part."""
    if isinstance(states[0], Tensor):
        return function(*states)  # type: ignore[return-value]
    return tuple(combine(function, *parts) for parts in zip(*states, strict=True))  # type: ignore[return-value]
