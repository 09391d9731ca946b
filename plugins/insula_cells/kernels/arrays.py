"""Arrays: tensors as kernels take them: flat, float32, in whole blocks of rows and lanes."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from insula import ConfigError
from insula_cells.kernels.lanes import LANES
from insula_cells.kernels.rows import ROWS

MASKED = -1.0
"""The elapsed time of a step that isn't there: the state stays."""


def flat(*tensors: Tensor) -> list[np.ndarray[Any, np.dtype[np.float32]]]:
    """Return views of tensors, one-dimensional; those that aren't contiguous are copied."""
    return [tensor.detach().contiguous().numpy().reshape(-1) for tensor in tensors]


def first_derivative(gradients: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return gradients as they are, unless their own gradients are wanted too.

    ``torch.autograd.function.once_differentiable`` is no help: where weights, not gradients, are what the second
    derivative is by, it lets it become 0.

    Raises
    ------
    ConfigError
        If a second derivative is asked for (``create_graph=True``).
    """
    if torch.is_grad_enabled():
        raise ConfigError("a compiled kernel has first derivatives only: type cell.path=reference for second ones")
    return gradients


def whole_rows(tensor: Tensor, value: float = 0.0) -> Tensor:
    """Fill a batch up to whole blocks of rows, contiguous, so that what is made like it can be written to."""
    lacking = -len(tensor) % ROWS
    filled = pad(tensor, (0, 0) * (tensor.dim() - 1) + (0, lacking), value=value) if lacking else tensor
    return filled.contiguous()


def whole_lanes(tensor: Tensor, dims: int = 1, value: float = 0.0) -> Tensor:
    """Fill the last dimension, or the last two, up to whole registers."""
    lacking = -tensor.shape[-1] % LANES
    return pad(tensor, (0, lacking) * dims, value=value) if lacking else tensor
