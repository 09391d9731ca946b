"""The default architecture: streams joined by a fusion head."""

from torch import nn

from insula.model.architecture import Architecture, Parts
from insula.model.fusion import Fused
from insula.specs import DataSpec
from insula.windows.batch import Batch


class StreamsAndFusion(Architecture):
    """Every stream's encoder, cell and pooling, then one fusion head."""

    def __init__(self, data: DataSpec, parts: Parts) -> None:
        super().__init__(data, parts)
        self.paths = nn.ModuleDict({name: parts.stream(name) for name in parts.streams()})
        self.fusion = parts.fusion({name: path.output_size for name, path in self.paths.items()})  # type: ignore[misc]

    def forward(self, batch: Batch) -> Fused:
        """Run every stream on the rows that have it, and fuse."""
        features, present = {}, {}
        for name, path in self.paths.items():
            features[name], present[name] = path(batch.streams[name], batch.present[name])
        return self.fusion(features, present)
