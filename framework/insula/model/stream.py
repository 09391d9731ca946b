"""StreamPath: encoder, cell and pooling of one stream, run only on the rows that have it."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from insula.model.encoder import Encoder
from insula.model.pooling import Pooling
from insula.model.temporal import State, TemporalLayer
from insula.windows.batch import StreamBatch


class Stack(TemporalLayer):
    """Several layers on top of each other, with dropout between them (``layers``, ``layer_dropout`` of any cell)."""

    def __init__(self, layers: list[TemporalLayer], dropout: float, input_size: int) -> None:
        super().__init__(input_size)
        self.layers = nn.ModuleList(layers)
        self.dropout = nn.Dropout(dropout)
        self.output_size = layers[-1].output_size
        self.causal = all(layer.causal for layer in layers)
        if any(hasattr(layer, "time_constants") for layer in layers):
            self.time_constants = self._time_constants

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

    def _time_constants(self) -> Tensor:
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
        if self.pooling is None:
            return self.steps(stream, present)
        rows = present.nonzero().squeeze(1)
        return _spread(self.pooling(*self._run(stream, rows)), rows, len(present)), present

    def steps(
        self, stream: StreamBatch, present: Bool[Tensor, " batch"]
    ) -> tuple[Float[Tensor, "batch steps hidden"], Bool[Tensor, "batch steps"]]:
        """Return the steps before the pooling, zeros where they aren't real, and where they are."""
        rows = present.nonzero().squeeze(1)
        steps, mask = self._run(stream, rows)
        return _spread(steps * mask.unsqueeze(-1), rows, len(present)), _spread(mask, rows, len(present))

    def _run(self, stream: StreamBatch, rows: Int[Tensor, " few"]) -> tuple[Tensor, Tensor]:
        if len(rows) < len(stream.x):
            stream = StreamBatch(stream.x[rows], stream.valid[rows], stream.lengths[rows], stream.elapsed[rows])
        steps = self.encoder(stream.x, stream.valid)
        mask = step_mask(stream.lengths, self.encoder.hop, steps.shape[1])
        if self.cell is not None:
            elapsed = step_elapsed(stream.elapsed, self.encoder.hop, steps.shape[1])
            steps, _ = self.cell(steps, elapsed, mask, None)
        return steps, mask


def _spread(some: Tensor, rows: Int[Tensor, " few"], batch: int) -> Tensor:
    """Put the rows that were computed back among those that were not, which are zeros."""
    return some if len(rows) == batch else some.new_zeros(batch, *some.shape[1:]).index_copy(0, rows, some)


def step_mask(lengths: Tensor, hop: float, steps: int) -> Bool[Tensor, "batch steps"]:
    """Return which steps are real: those whose samples all lie inside the window."""
    ends = torch.arange(1, steps + 1, device=lengths.device, dtype=torch.float64) * hop
    return ends <= lengths.unsqueeze(1) + 1e-9


def step_elapsed(elapsed: Float[Tensor, "batch time"], hop: float, steps: int) -> Float[Tensor, "batch steps"]:
    """Return the seconds from one step to the next: the sum over the step's samples, or a share of one sample's."""
    if hop < 1:
        elapsed = (elapsed * hop).repeat_interleave(round(1 / hop), dim=1)
    elif hop > 1:
        total = torch.nn.functional.pad(elapsed.double().cumsum(dim=1), (1, 0))
        ends = (torch.arange(steps + 1, device=elapsed.device) * hop).round().long().clamp(max=elapsed.shape[1])
        elapsed = total[:, ends].diff(dim=1).to(elapsed.dtype)
    # An encoder may give a step more than the samples fill; it is masked, and no time passes in it.
    return torch.nn.functional.pad(elapsed, (0, max(steps - elapsed.shape[1], 0)))[:, :steps]
