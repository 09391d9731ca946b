"""StreamAttention: what the streams of a row say about each other."""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from insula_fusion.classifier import xavier


class StreamAttention(nn.Module):
    """Multi-head attention (Vaswani et al. 2017) among the streams of a row.

    Every stream's vector becomes a token by a linear layer of its own. A row looks at the tokens of the streams that it
    has.

    Parameters
    ----------
    input_sizes
        Stream name to the width of its vector.
    width
        Width of a token, before and after attention.
    heads
        Number of attention heads, a divisor of ``width``.
    """

    def __init__(self, input_sizes: Mapping[str, int], width: int, heads: int) -> None:
        super().__init__()
        self.tokens = nn.ModuleList(xavier(nn.Linear(size, width)) for size in input_sizes.values())
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        xavier(self.attention.out_proj)

    def forward(
        self, vectors: Sequence[Float[Tensor, "batch ..."]], present: Bool[Tensor, "batch streams"]
    ) -> tuple[Float[Tensor, "batch streams width"], Float[Tensor, "batch streams width"]]:
        """Return the tokens, and what attention makes of each; those of streams that a row lacks mean nothing.

        Vectors and columns of ``present`` are in the order of ``input_sizes``.
        """
        tokens = torch.stack([layer(vector) for layer, vector in zip(self.tokens, vectors, strict=True)], dim=1)
        # A softmax over nothing is NaN: a row without any stream looks at all of them, and nobody reads what it sees.
        absent = ~present & present.any(dim=1, keepdim=True)
        attended, _ = self.attention(tokens, tokens, tokens, key_padding_mask=absent, need_weights=False)
        return tokens, attended
