"""BLSTM: long short-term memory in both directions."""

from torch import nn

from insula_cells.recurrent import Recurrent


class BLSTM(Recurrent):
    """Bidirectional long short-term memory (Graves & Schmidhuber 2005), as ``torch.nn.LSTM(bidirectional=True)``.

    One LSTM reads a row's real steps from the first to the last, the other from the last to the first; what both know
    at a step stands side by side, forward first, so that a step has twice ``hidden_size`` outputs. Each sees the whole
    stretch, so live use must wait for its end (``causal`` is False).

    The state is the forward LSTM's alone: hidden state and memory after the last real step, ``(batch, hidden)`` each. A
    stretch that continues another goes on from it. The backward LSTM has nothing to carry, because it comes from where
    the next stretch will be: it begins anew, with zeros, at the last real step of every stretch. A sequence that is run
    in two halves therefore differs from the whole in the backward outputs of its first half, and only there.

    There is no batch normalisation between inputs and gates, as some published bidirectional LSTMs have it.
    """

    layer_type = nn.LSTM
    state_parts = 2
    directions = 2
    causal = False
