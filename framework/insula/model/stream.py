"""StreamPath: encoder, cell and pooling of one stream, run only on the rows that have it."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from insula.model.encoder import Encoder
from insula.model.pooling import Pooling
from insula.model.temporal import State, TemporalLayer
from insula.windows.batch import StreamBatch


class Stack(TemporalLayer):
    """Several layers on top of each other, with dropout between them (``layers``, ``layer_dropout`` of any cell)."""

    def __init__(self, layers: list[TemporalLayer], dropout: float) -> None:
        super().__init__(layers[0].input_size)
        self.layers = nn.ModuleList(layers)
        self.dropout = nn.Dropout(dropout)
        self.output_size = layers[-1].output_size
        self.causal = all(layer.causal for layer in layers)

    def forward(
        self,
        x: Float[Tensor, "batch steps features"],
        elapsed: Float[Tensor, "batch steps"],
        mask: Bool[Tensor, "batch steps"],
        state: State | None = None,
    ) -> tuple[Float[Tensor, "batch steps hidden"], State]:
        """Run every layer over the outputs of the one below; the state is the tuple of the layers' states."""
        states = []
        for number, layer in enumerate(self.layers):
            before = None if state is None else state[number]
            x, after = layer(self.dropout(x) if number else x, elapsed, mask, before)
            states.append(after)
        return x, tuple(states)

    def time_constants(self) -> Tensor:
        """Return the time constants of all layers that have some, in seconds."""
        return torch.cat([layer.time_constants() for layer in self.layers if hasattr(layer, "time_constants")])  # type: ignore[operator]


class StreamPath(nn.Module):
    """One stream of a model: encoder, cell, pooling. Without a cell the steps go straight to the pooling."""

    def __init__(self, encoder: Encoder, cell: TemporalLayer | None, pooling: Pooling | None) -> None:
        super().__init__()
        self.encoder, self.cell, self.pooling = encoder, cell, pooling
        self.output_size = (pooling or cell or encoder).output_size

    def forward(
        self, stream: StreamBatch, present: Bool[Tensor, " batch"]
    ) -> tuple[Float[Tensor, "batch ..."], Bool[Tensor, "batch ..."]]:
        """Return features and where they are real: ``(batch, width)`` and ``(batch,)``, or per step without a pooling.

        Rows that lack the stream are not computed; their features are zeros.
        """
        rows = present.nonzero().squeeze(1)
        if len(rows) == len(present):
            features, mask = self._run(stream.x, stream.valid, stream.lengths, stream.elapsed)
        else:
            few = (stream.x[rows], stream.valid[rows], stream.lengths[rows], stream.elapsed[rows])
            some, few_mask = self._run(*few)
            features = some.new_zeros(len(present), *some.shape[1:]).index_copy(0, rows, some)
            mask = few_mask.new_zeros(len(present), *few_mask.shape[1:]).index_copy(0, rows, few_mask)
        return features, present if self.pooling is not None else mask

    def _run(self, x: Tensor, valid: Tensor, lengths: Tensor, elapsed: Tensor) -> tuple[Tensor, Tensor]:
        steps = self.encoder(x, valid)
        mask = step_mask(lengths, self.encoder.hop, steps.shape[1])
        if self.cell is not None:
            steps, _ = self.cell(steps, step_elapsed(elapsed, self.encoder.hop, steps.shape[1]), mask, None)
        if self.pooling is None:
            return steps * mask.unsqueeze(-1), mask
        return self.pooling(steps, mask), mask


def step_mask(lengths: Tensor, hop: float, steps: int) -> Bool[Tensor, "batch steps"]:
    """Return which steps are real: those whose samples all lie inside the window."""
    ends = torch.arange(1, steps + 1, device=lengths.device, dtype=torch.float64) * hop
    return ends <= lengths.unsqueeze(1) + 1e-9


def step_elapsed(elapsed: Float[Tensor, "batch time"], hop: float, steps: int) -> Float[Tensor, "batch steps"]:
    """Return the seconds from one step to the next: the sum over the step's samples, or a share of one sample's."""
    if hop == 1:
        return elapsed[:, :steps]
    if hop < 1:
        repeats = round(1 / hop)
        return (elapsed * hop).repeat_interleave(repeats, dim=1)[:, :steps]
    total = torch.nn.functional.pad(elapsed.double().cumsum(dim=1), (1, 0))
    ends = (torch.arange(steps + 1, device=elapsed.device) * hop).round().long().clamp(max=elapsed.shape[1])
    return total[:, ends].diff(dim=1).to(elapsed.dtype)
