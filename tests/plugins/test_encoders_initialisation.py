"""How the weights of encoders and poolings start."""

import math

import pytest
import torch
from torch import nn

from insula import SignalSpec
from insula_encoders.attention import Attention
from insula_encoders.conv1d import Conv1d
from insula_encoders.mlp import MLP

SPEC = SignalSpec(tuple(f"c{i}" for i in range(14)), ("1",) * 14, 128.0, None)
MAKE = {
    "conv1d": lambda **options: Conv1d(SPEC, **options),
    "mlp": lambda **options: MLP(SPEC, sizes=(64, 32), **options),
    "attention": lambda **options: Attention(128, bias=True, **options),
}


def layers(module):
    return [layer for layer in module.modules() if isinstance(layer, nn.Linear | nn.Conv1d)]


@pytest.mark.parametrize("name", MAKE)
def test_xavier(name):
    torch.manual_seed(0)
    for layer in layers(MAKE[name](init="xavier")):
        taps = layer.weight[0, 0].numel()
        limit = math.sqrt(6 / (taps * sum(layer.weight.shape[:2])))
        assert 0.9 * limit < layer.weight.abs().max() <= limit
        assert not layer.bias.any()


@pytest.mark.parametrize("name", MAKE)
def test_torch_is_the_default_and_draws_nothing_more(name):
    torch.manual_seed(0)
    plain = [layer.weight for layer in layers(MAKE[name]())]
    torch.manual_seed(0)
    for mine, layer in zip(plain, layers(MAKE[name](init="torch")), strict=True):
        assert torch.equal(mine, layer.weight)
        assert layer.weight.abs().max() <= 1 / math.sqrt(layer.weight[0].numel())
        assert layer.bias.any()
