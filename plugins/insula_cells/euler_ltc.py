"""EulerLTC: the tiny liquid cell of the real-time speech system, with its Euler loop in closed form."""

from typing import Annotated

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import linear, softplus

from insula import State
from insula_cells.liquid import Liquid, Path


class EulerLTC(Liquid):
    """Liquid cell of *Real-Time Emotion Recognition Using Liquid Neural Networks*: Euler steps with a frozen input.

    In its code (Faldu, Parikh & Kumar) every frame makes ``unfolds`` Euler steps of ``dt`` seconds::

        a = tanh(W [x, h₀] + b),  h ← h + (dt / softplus(τ)) (a − h)   (N times),  h ← clip(relu(h)) σ(C) / σ(G)

    The concatenated input holds the state from before the first step, so a stands still over the loop, which is the
    same as one weighted mean, and that is what runs here::

        h ← k h + (1 − k) a,  k = (1 − dt / softplus(τ))ᴺ

    At the start (τ = 1, N = 6, dt = 0.01) k is 0.955: a leaky recurrent layer, whose step doesn't depend on how much
    time has passed. The refined value is the state that is carried. k σ(C)/σ(G) of a unit above 1 lets its state grow
    up to the clip. The cell has u² + u (inputs + 4) parameters for u units; with 39 inputs and a linear layer for four
    classes that is u² + 47 u + 4: 1,012 for 16 units, 712 for 12. W starts Xavier uniform, b at 0, τ, C and G at 1. For
    a double-stacked one type ``layers=2``.

    Parameters
    ----------
    hidden_size
        Number of units.
    unfolds
        Euler steps per step, N.
    dt
        Seconds of an Euler step, whatever time has passed; None: an ``unfolds``-th of the elapsed time.
    clip
        Largest absolute value of the state before the gates; None: none.
    rectify
        Whether negative states become 0.
    gates
        Whether there are C and G.
    path
        ``auto``: a compiled kernel where it gives the same numbers, else plain torch; ``kernel``: an error where it
        can't; ``reference``: plain torch.
    """

    def __init__(
        self,
        input_size: int,
        *,
        hidden_size: Annotated[int, Field(gt=0)] = 16,
        unfolds: Annotated[int, Field(gt=0)] = 6,
        dt: Annotated[float, Field(gt=0)] | None = 0.01,
        clip: Annotated[float, Field(gt=0)] | None = 20.0,
        rectify: bool = True,
        gates: bool = True,
        path: Path = "auto",
    ) -> None:
        super().__init__(input_size)
        self.path = path
        self.state_size = self.output_size = hidden_size
        self.unfolds, self.dt, self.clip, self.rectify = unfolds, dt, clip, rectify
        self.weight = nn.Parameter(nn.init.xavier_uniform_(torch.empty(hidden_size, input_size + hidden_size)))
        self.bias = nn.Parameter(torch.zeros(hidden_size))
        self.tau = nn.Parameter(torch.ones(hidden_size))
        self.c = nn.Parameter(torch.ones(hidden_size)) if gates else None
        self.g = nn.Parameter(torch.ones(hidden_size)) if gates else None

    def run(
        self,
        x: Float[Tensor, "batch steps features"],
        elapsed: Float[Tensor, "batch steps"],
        state: Float[Tensor, "batch hidden"],
    ) -> Float[Tensor, "batch steps hidden"]:
        """Return the state after every step by the kernel."""
        from insula_cells.kernels.relaxation import Relaxation

        sensory, recurrent = self.weights()
        scale, (low, high) = self._scale(), self._bounds()
        scale = torch.ones_like(self.tau) if scale is None else scale
        if self.dt is None:
            step, rate = Relaxation("euler", self.unfolds, low, high), 1 / self.time_constants()
        else:
            step, rate = Relaxation("given", low=low, high=high), 1 - self._kept(elapsed[:1, :1])
        return step.run(linear(x, sensory, self.bias), recurrent, rate, scale, elapsed, state)

    def reference(
        self,
        x: Float[Tensor, "batch steps features"],
        elapsed: Float[Tensor, "batch steps"],
        mask: Bool[Tensor, "batch steps"],
        state: State | None,
    ) -> tuple[Float[Tensor, "batch steps hidden"], State]:
        """Run over a sequence in plain torch; what doesn't depend on the state is computed for all steps at once."""
        h = self.initial_state(len(x), x) if state is None else state
        assert isinstance(h, Tensor)
        if x.shape[1] == 0:
            return x.new_zeros(len(x), 0, self.output_size), h
        masked, whole = ~mask.unsqueeze(-1), bool(mask.all())
        sensory, recurrent = self.weights()
        drive = linear(x.masked_fill(masked, 0.0), sensory, self.bias).unbind(1)
        kept = self._kept(elapsed.masked_fill(~mask, 0.0).unsqueeze(-1))
        shares = kept.unbind(1) if self.dt is None else (kept,) * len(drive)
        scale, outputs = self._scale(), []
        for driven, share, gone in zip(drive, shares, masked.unbind(1), strict=True):
            new = self._advance(driven, h, share, scale, recurrent)
            h = new if whole else torch.where(gone, h, new)
            outputs.append(h)
        return torch.stack(outputs, dim=1).masked_fill(masked, 0.0), h

    def step(
        self, x: Float[Tensor, "batch features"], state: State, elapsed: Float[Tensor, "batch 1"]
    ) -> tuple[Float[Tensor, "batch hidden"], State]:
        """Advance by one step; ``elapsed`` counts where ``dt`` is None."""
        assert isinstance(state, Tensor)
        sensory, recurrent = self.weights()
        drive = linear(x, sensory, self.bias)
        h = self._advance(drive, state, self._kept(elapsed), self._scale(), recurrent)
        return h, h

    def _kept(self, elapsed: Float[Tensor, "*times 1"]) -> Float[Tensor, "*times hidden"] | Float[Tensor, " hidden"]:
        """Return k, the share of the state that is left after all Euler steps."""
        dt = elapsed / self.unfolds if self.dt is None else self.dt
        return (1 - dt / self.time_constants()) ** self.unfolds

    def _scale(self) -> Tensor | None:
        return None if self.c is None or self.g is None else torch.sigmoid(self.c) / torch.sigmoid(self.g)

    def _bounds(self) -> tuple[float, float]:
        high = float("inf") if self.clip is None else self.clip
        return 0.0 if self.rectify else -high, high

    def _advance(self, drive: Tensor, h: Tensor, kept: Tensor, scale: Tensor | None, recurrent: Tensor) -> Tensor:
        target = torch.tanh(drive + linear(h, recurrent))  # of half precision in autocast, which k isn't
        new = torch.lerp(target.to(kept.dtype), h.to(kept.dtype), kept)
        if self.rectify or self.clip is not None:
            new = new.clamp(*self._bounds())
        return new if scale is None else new * scale

    def time_constants(self) -> Float[Tensor, " units"]:
        """Return softplus(τ) in seconds, of which ``unfolds · dt`` pass in a step; the gates are not in it."""
        return softplus(self.tau)

    def weights(self) -> tuple[Float[Tensor, "units inputs"], Float[Tensor, "units units"]]:
        """Return the two parts of W: what every unit makes of the inputs, and of the other units."""
        return self.weight[:, : -self.state_size], self.weight[:, -self.state_size :]
