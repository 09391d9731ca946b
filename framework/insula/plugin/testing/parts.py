"""Parts: the plainest encoder, pooling and fusion head, for checks of architectures and analyses."""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from insula.model.encoder import Encoder
from insula.model.fusion import Fused, FusionHead
from insula.model.pooling import Pooling
from insula.model.stream import StreamPath
from insula.specs import DataSpec, SignalSpec


class PlainEncoder(Encoder):
    """One linear map of the channels at every sample."""

    def __init__(self, spec: SignalSpec) -> None:
        super().__init__(spec)
        self.output_size, self.hop = 4, 1
        self.map = nn.Linear(spec.channels, 4)

    def forward(self, x: Tensor, valid: Tensor) -> Tensor:
        """Map every sample."""
        return torch.tanh(self.map(x.masked_fill(~valid, 0.0).transpose(1, 2)))


class PlainPooling(Pooling):
    """The mean over real steps."""

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Average."""
        return x.masked_fill(~mask.unsqueeze(-1), 0.0).sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)


class PlainFusion(FusionHead):
    """The streams side by side, and one linear map per target."""

    def __init__(self, input_sizes: Mapping[str, int], output_sizes: Mapping[str, int]) -> None:
        super().__init__(input_sizes, output_sizes)
        width = sum(self.input_sizes.values())
        self.maps = nn.ModuleDict({name: nn.Linear(width, size) for name, size in self.output_sizes.items()})

    def forward(self, features: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> Fused:
        """Concatenate and map."""
        joint = torch.cat([features[name] for name in self.input_sizes], dim=1)
        return Fused({name: head(joint) for name, head in self.maps.items()}, joint)


class PlainParts:
    """What a run would give an architecture, made of the plainest components."""

    def __init__(self, data: DataSpec) -> None:
        self.data = data

    def stream(self, name: str) -> StreamPath:
        """Build one stream without a cell."""
        encoder = PlainEncoder(self.data.streams[name])
        return StreamPath(encoder, None, PlainPooling(encoder.output_size))

    def fusion(self, input_sizes: Mapping[str, int]) -> FusionHead:
        """Build the fusion head."""
        return PlainFusion(input_sizes, self.data.output_sizes)

    def streams(self) -> Iterable[str]:
        """Return the streams' names."""
        return list(self.data.streams)
