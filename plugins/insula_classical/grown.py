"""Grown: a module whose tensors get their sizes when it is fitted, or loaded."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn


class Grown(nn.Module):
    """A module that takes over the sizes of whatever state dict is loaded into it."""

    def __init__(self) -> None:
        super().__init__()
        self.register_load_state_dict_pre_hook(_grow)

    def put(self, **values: Any) -> None:
        """Give parameters and buffers new values, of any size; each keeps its type."""
        for name, value in values.items():
            own = self.get_parameter(name) if name in self._parameters else self.get_buffer(name)
            own.data = torch.as_tensor(value).to(own)


def _grow(module: nn.Module, state_dict: Mapping[str, Tensor], prefix: str, *_: Any) -> None:
    for name, own in (*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)):
        if (given := state_dict.get(prefix + name)) is not None:
            own.data = own.new_empty(given.shape)
