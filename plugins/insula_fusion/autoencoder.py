"""Autoencoder: the streams joined in a code from which they can be read back."""

import itertools
from collections.abc import Mapping
from typing import Annotated, Literal

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn

from insula import ConfigError, Fused, FusionHead
from insula_fusion.classifier import Classifier, xavier
from insula_fusion.stream_attention import StreamAttention
from insula_fusion.vectors import mean_of_real, real_vectors

Size = Annotated[int, Field(gt=0)]


class Autoencoder(FusionHead):
    """The streams' vectors side by side, F, made into a code z from which a decoder gives F̂, and a classifier on z.

    Bhattacharjee et al. 2026, arXiv:2602.06997: F → ``sizes`` → z with ReLU and dropout after every layer, the same
    widths back to F̂ with a linear last layer, and per target a classifier with BatchNorm, ReLU and dropout. Weights
    start Xavier uniform, biases at 0. The term ``reconstruction`` is ‖F − F̂‖², meant to be weighted by
    ``training.losses`` (there: 0.001, falling to 0 linearly). Only streams that a row has count: the zeros of a missing
    one are no target. As in the paper's formula F is not held fixed as a target: the term trains the encoders too, and
    could make them small.

    The embedding is what the classifiers read: z, plus what ``cross_attention`` adds.

    Parameters
    ----------
    sizes
        Width of every layer of the encoder; the last one is the code's.
    classifier_sizes
        Width of every hidden layer of a target's classifier.
    dropout
        Dropout after every hidden layer of encoder, decoder and classifiers.
    reduction
        Over the features of a row the squared errors are added (``sum``) or averaged (``mean``); over rows they are
        averaged. The paper doesn't say which; ‖·‖² is a sum.
    cross_attention
        Whether streams look at each other: every vector becomes a token as wide as the code, and what multi-head
        attention makes of them, averaged over the streams that a row has, is added to z for the classifiers. (The
        paper's "cross-modal attention"; how it is merged is not said there. The decoder reads z alone.)
    heads
        Number of attention heads, a divisor of the code's width; without ``cross_attention`` not used.
    """

    def __init__(
        self,
        input_sizes: Mapping[str, int],
        output_sizes: Mapping[str, int],
        *,
        sizes: Annotated[tuple[Size, ...], Field(min_length=1)] = (256, 128),
        classifier_sizes: tuple[Size, ...] = (256, 128),
        dropout: Annotated[float, Field(ge=0, lt=1)] = 0.3,
        reduction: Literal["sum", "mean"] = "sum",
        cross_attention: bool = False,
        heads: Annotated[int, Field(gt=0)] = 4,
    ) -> None:
        super().__init__(input_sizes, output_sizes)
        if cross_attention and sizes[-1] % heads:
            raise ConfigError(
                f"fusion.heads={heads} doesn't divide the code's width of {sizes[-1]}: set heads to one of "
                f"{', '.join(str(n) for n in range(1, sizes[-1] + 1) if sizes[-1] % n == 0)}"
            )
        width, self.reduction = sum(input_sizes.values()), reduction
        self.encoder = _hidden((width, *sizes), dropout)
        self.decoder = _hidden(sizes[::-1], dropout).append(xavier(nn.Linear(sizes[0], width)))
        self.attention = StreamAttention(input_sizes, sizes[-1], heads) if cross_attention else None
        # A list, not a ModuleDict: a target may have any name, a dict's keys may hold no dot.
        self.classifiers = nn.ModuleList(
            Classifier(sizes[-1], classifier_sizes, outputs, dropout) for outputs in output_sizes.values()
        )

    def forward(
        self, features: Mapping[str, Float[Tensor, "batch ..."]], present: Mapping[str, Bool[Tensor, "batch ..."]]
    ) -> Fused:
        """Fuse ``(batch, width)`` vectors."""
        vectors, has = real_vectors(self.input_sizes, features, present)
        joined, sizes = torch.cat(vectors, dim=1), list(self.input_sizes.values())
        real = torch.cat([column.expand(-1, size) for column, size in zip(has.split(1, 1), sizes, strict=True)], dim=1)
        code = self.encoder(joined)
        embedding = code
        if self.attention is not None:
            _, attended = self.attention(vectors, has)
            embedding = code + mean_of_real(attended, has)
        outputs = {name: layers(embedding) for name, layers in zip(self.output_sizes, self.classifiers, strict=True)}
        return Fused(outputs, embedding, {"reconstruction": self._error(joined, self.decoder(code), real)})

    def _error(
        self,
        joined: Float[Tensor, "batch width"],
        rebuilt: Float[Tensor, "batch width"],
        real: Bool[Tensor, "batch width"],
    ) -> Float[Tensor, ""]:
        """Return the squared error over the features of the streams that a row has, averaged over rows."""
        errors = ((joined - rebuilt).square() * real).sum(dim=1)
        if self.reduction == "mean":
            errors = errors / real.sum(dim=1).clamp(min=1)
        return errors.mean()


def _hidden(widths: tuple[int, ...], dropout: float) -> nn.Sequential:
    """Return linear layers between these widths, each followed by ReLU and dropout."""
    layers = nn.Sequential()
    for inputs, outputs in itertools.pairwise(widths):
        layers.extend([xavier(nn.Linear(inputs, outputs)), nn.ReLU(), nn.Dropout(dropout)])
    return layers
