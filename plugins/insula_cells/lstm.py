"""LSTM: long short-term memory."""

from torch import nn

from insula_cells.recurrent import Recurrent


class LSTM(Recurrent):
    """Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate of Gers et al. 2000), as ``torch.nn.LSTM``.

    The state is the tuple of hidden state and memory, ``(batch, hidden)`` each. Elapsed time isn't read.
    """

    layer_type = nn.LSTM
    state_parts = 2
