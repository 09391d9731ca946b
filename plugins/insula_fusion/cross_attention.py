"""CrossAttention: the streams of a row look at each other."""

from collections.abc import Mapping
from typing import Annotated

from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn

from insula import ConfigError, Fused, FusionHead
from insula_fusion.outputs import Outputs
from insula_fusion.stream_attention import StreamAttention
from insula_fusion.vectors import mean_of_real, real_vectors


class CrossAttention(FusionHead):
    """Multi-head attention among the streams, one token each, then one linear layer per target.

    The attention block of Vaswani et al. 2017 (arXiv:1706.03762, section 3), with a stream for a word::

        tᵢ = Wᵢ xᵢ + bᵢ,  hᵢ = LayerNorm(tᵢ + Attention(t)ᵢ),  h = mean over the streams that a row has of hᵢ

    A token looks at the streams that its row has, itself among them; bᵢ says which stream it is. One without any stream
    has h = 0. The tokens are pooled vectors, one per stream, so that streams of any rate, length and kind can meet, a
    static one as well; attention from every step of a stream to every step of another (Tsai et al. 2019,
    arXiv:1906.00295) is another thing.

    Parameters
    ----------
    width
        Width of a token and of h, which is the embedding.
    heads
        Number of attention heads, a divisor of ``width``.
    dropout
        Dropout of h.
    """

    def __init__(
        self,
        input_sizes: Mapping[str, int],
        output_sizes: Mapping[str, int],
        *,
        width: Annotated[int, Field(gt=0)] = 64,
        heads: Annotated[int, Field(gt=0)] = 4,
        dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
    ) -> None:
        super().__init__(input_sizes, output_sizes)
        if width % heads:
            raise ConfigError(f"fusion.heads={heads} doesn't divide fusion.width={width}: change one of them")
        self.attention = StreamAttention(input_sizes, width, heads)
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)
        self.heads = Outputs(width, output_sizes)

    def forward(
        self, features: Mapping[str, Float[Tensor, "batch ..."]], present: Mapping[str, Bool[Tensor, "batch ..."]]
    ) -> Fused:
        """Fuse ``(batch, width)`` vectors."""
        vectors, has = real_vectors(self.input_sizes, features, present)
        tokens, attended = self.attention(vectors, has)
        embedding = self.dropout(mean_of_real(self.norm(tokens + attended), has))
        return Fused(self.heads(embedding), embedding)
