"""Build a model: the composed parts, sized from the data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch

from insula.errors import ConfigError
from insula.model.architecture import Architecture
from insula.model.fusion import FusionHead
from insula.model.stream import Stack, StreamPath
from insula.model.temporal import TemporalLayer
from insula.plugin.choice import Choice
from insula.randomness import draw
from insula.specs import DataSpec


@dataclass(frozen=True, eq=False)
class PathChoice:
    """The model's part of a stream: encoder, cell and pooling."""

    encoder: Choice
    cell: Choice | None
    pooling: Choice | None


@dataclass(frozen=True, eq=False)
class ModelChoice:
    """Everything that a model is built from, apart from the data's sizes."""

    architecture: Choice
    paths: Mapping[str, PathChoice]
    fusion: Choice


@dataclass(frozen=True, eq=False)
class ComposedParts:
    """The parts that an :class:`Architecture` asks for (see :class:`insula.Parts`)."""

    choice: ModelChoice
    data: DataSpec

    def streams(self) -> Iterable[str]:
        """Return the streams' names, in the run's order."""
        return self.choice.paths

    def stream(self, name: str) -> StreamPath:
        """Build encoder, cell and pooling of a stream."""
        path = self.choice.paths[name]
        encoder = path.encoder.build(self.data.streams[name])
        cell = path.cell and build_cell(path.cell, encoder.output_size)
        pooling = path.pooling and path.pooling.build((cell or encoder).output_size)
        return StreamPath(encoder, cell, pooling)

    def fusion(self, input_sizes: Mapping[str, int]) -> FusionHead:
        """Build the fusion head."""
        choice = self.choice.fusion
        wants_steps = issubclass(choice.cls, FusionHead) and choice.cls.takes_steps
        for name, path in self.choice.paths.items():
            if wants_steps and path.pooling is not None:
                raise ConfigError(f"fusion={choice.name} takes steps, so type streams.{name}.pooling=null")
            if not wants_steps and path.pooling is None:
                raise ConfigError(
                    f"fusion={choice.name} takes one vector per stream, so streams.{name} needs a pooling"
                )
        return choice.build(input_sizes, self.data.output_sizes)


def build_cell(choice: Choice, input_size: int) -> TemporalLayer:
    """Build a cell, or a stack of it."""
    layers: list[TemporalLayer] = []
    for _ in range(choice.options["layers"]):
        layers.append(choice.build(layers[-1].output_size if layers else input_size))
    return layers[0] if len(layers) == 1 else Stack(layers, choice.options["layer_dropout"], input_size)


def build_model(choice: ModelChoice, data: DataSpec, seed: int) -> Architecture:
    """Build the model with initial weights that depend on the seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(draw(seed, "init"))
        return choice.architecture.build(data, ComposedParts(choice, data))


def count_parameters(model: torch.nn.Module) -> int:
    """Return the number of learnable numbers."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
