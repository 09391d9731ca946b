"""Recurrent: torch's own recurrent layers under any mask."""

from typing import Annotated, ClassVar

import torch
from jaxtyping import Bool, Float, Int
from pydantic import Field
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from insula import State, TemporalLayer
from insula_cells.compaction import compact, scatter_back

Parts = tuple[Tensor, ...]


class Recurrent(TemporalLayer):
    """One of torch's recurrent layers, run over the real steps of every row.

    A mask may have holes anywhere: the real steps are moved to the front, run as one sequence (packed where rows differ
    in length) and moved back. Elapsed time isn't read: these layers know the order of the steps, not their times.

    Parameters
    ----------
    hidden_size
        Number of units.
    """

    layer_type: ClassVar[type[nn.LSTM] | type[nn.GRU]]
    """The layer of torch."""
    state_parts: ClassVar[int]
    """Tensors in its state; one alone is carried as a tensor, more as a tuple."""
    directions: ClassVar[int] = 1
    """2: another layer reads the steps backwards; the state carried is the forward layer's."""

    def __init__(self, input_size: int, *, hidden_size: Annotated[int, Field(gt=0)] = 64) -> None:
        super().__init__(input_size)
        self.hidden_size, self.output_size = hidden_size, hidden_size * self.directions
        self.layer = self.layer_type(input_size, hidden_size, batch_first=True, bidirectional=self.directions == 2)

    def forward(
        self,
        x: Float[Tensor, "batch steps features"],
        elapsed: Float[Tensor, "batch steps"],
        mask: Bool[Tensor, "batch steps"],
        state: State | None = None,
    ) -> tuple[Float[Tensor, "batch steps hidden"], State]:
        """Run over a sequence (see ``insula.TemporalLayer.forward``)."""
        lengths = mask.sum(dim=1)
        longest = int(lengths.max()) if mask.numel() else 0
        before = self._parts(x, state)
        if longest == 0:
            return x.new_zeros(*mask.shape, self.output_size), self._state(before)
        y, after = self._run(compact(x, mask, longest), lengths, before)
        read = (lengths > 0).unsqueeze(-1)
        kept = tuple(torch.where(read, new, old) for new, old in zip(after, before, strict=True))
        return scatter_back(y, mask), self._state(kept)

    def _run(
        self, x: Float[Tensor, "batch longest features"], lengths: Int[Tensor, " batch"], before: Parts
    ) -> tuple[Float[Tensor, "batch longest hidden"], Parts]:
        anew = before[0].new_zeros(self.directions - 1, *before[0].shape)  # the backward layer starts where a row ends
        state = self._state(tuple(torch.cat([part.unsqueeze(0), anew]) for part in before))
        if int(lengths.min()) == x.shape[1]:
            y, after = self.layer(x, state)
        else:
            # A packed row has at least one step; what comes of it in a row without any is dropped by the caller.
            packed = pack_padded_sequence(x, lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False)
            y, after = self.layer(packed, state)
            y, _ = pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])
        return y, tuple(part[0] for part in self._tuple(after))

    def _parts(self, x: Tensor, state: State | None) -> Parts:
        if state is None:
            return (x.new_zeros(len(x), self.hidden_size),) * self.state_parts
        return self._tuple(state)

    def _tuple(self, state: State) -> Parts:
        return (state,) if isinstance(state, Tensor) else state

    def _state(self, parts: Parts) -> State:
        return parts[0] if self.state_parts == 1 else parts
