"""The default architecture: streams joined by a fusion head."""

from torch import nn

from insula.model.architecture import Architecture, Parts
from insula.model.fusion import Fused
from insula.model.stream import StreamPath
from insula.specs import DataSpec
from insula.windows.batch import Batch


class StreamsAndFusion(Architecture):
    """Every stream's encoder, cell and pooling, then one fusion head."""

    def __init__(self, data: DataSpec, parts: Parts) -> None:
        super().__init__(data, parts)
        # The prefix keeps any name of a stream apart from the attributes of a ModuleDict ("keys", "type").
        self.streams = nn.ModuleDict({f"stream_{name}": parts.stream(name) for name in parts.streams()})
        self.fusion = parts.fusion({name: path.output_size for name, path in self.paths.items()})

    @property
    def paths(self) -> dict[str, StreamPath]:
        """The paths by stream."""
        return {name.removeprefix("stream_"): path for name, path in self.streams.items()}  # type: ignore[misc]

    def forward(self, batch: Batch) -> Fused:
        """Run every stream on the rows that have it, and fuse."""
        features, present = {}, {}
        for name, path in self.paths.items():
            features[name], present[name] = path(batch.streams[name], batch.present[name])
        return self.fusion(features, present)
