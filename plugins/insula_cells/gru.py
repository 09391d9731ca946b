"""GRU: gated recurrent unit."""

from torch import nn

from insula_cells.recurrent import Recurrent


class GRU(Recurrent):
    """Gated recurrent unit (Cho et al. 2014), as ``torch.nn.GRU``.

    The state is the hidden state, ``(batch, hidden)``. Elapsed time isn't read.
    """

    layer_type = nn.GRU
    state_parts = 1
