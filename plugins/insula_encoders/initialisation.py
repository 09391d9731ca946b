"""Initialisation: how the weights of an encoder or pooling start."""

from typing import Literal

from torch import nn

Init = Literal["torch", "xavier"]


def initialise(module: nn.Module, init: Init) -> None:
    """Draw the weights of all linear and convolution layers anew, unless they shall stay as torch drew them.

    ``xavier``: uniform with the variance 2 / (inputs + outputs) (Glorot & Bengio 2010, eq. 16), biases 0.
    """
    if init == "torch":
        return
    for layer in module.modules():
        if isinstance(layer, nn.Linear | nn.Conv1d):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
