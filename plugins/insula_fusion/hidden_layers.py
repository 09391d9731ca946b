"""HiddenLayers: what may stand between a vector and the outputs."""

from torch import nn


class HiddenLayers(nn.Sequential):
    """Hidden layers on a vector (linear, ReLU, dropout); without one, dropout of the vector itself.

    Parameters
    ----------
    width
        Width of the vector.
    hidden
        Width of every hidden layer; empty: none.
    dropout
        Dropout after every hidden layer; without one, of the vector.
    """

    output_size: int
    """Width of what comes out."""

    def __init__(self, width: int, hidden: tuple[int, ...], dropout: float) -> None:
        super().__init__()
        for size in hidden:
            self.extend([nn.Linear(width, size), nn.ReLU(), nn.Dropout(dropout)])
            width = size
        if not hidden:
            self.append(nn.Dropout(dropout))
        self.output_size = width
