"""identity and mlp: every sample by itself."""

import pytest
import torch
from torch import nn

from insula import SignalSpec
from insula_encoders.identity import Identity
from insula_encoders.mlp import MLP

SPEC = SignalSpec(("a", "b", "c"), ("1",) * 3, 4.0, None)


def test_identity_is_the_samples():
    x, valid = torch.randn(2, 3, 5), torch.ones(2, 3, 5, dtype=torch.bool)
    x[0, :, 4], valid[0, :, 4] = torch.nan, False
    encoder = Identity(SPEC)
    assert (encoder.hop, encoder.output_size) == (1, 3)
    assert torch.equal(encoder(x, valid), x.nan_to_num(0.0).transpose(1, 2))


def test_mlp_is_the_same_network_on_every_sample():
    encoder = MLP(SPEC, sizes=(8, 4))
    x, valid = torch.randn(2, 3, 5), torch.ones(2, 3, 5, dtype=torch.bool)
    first, second = (layer for layer in encoder.layers if isinstance(layer, nn.Linear))
    y = encoder(x, valid)
    assert (encoder.hop, encoder.output_size) == (1, 4)
    for t in range(5):
        torch.testing.assert_close(y[:, t], second(first(x[:, :, t]).relu()).relu())


def test_mlp_lets_no_nan_into_a_gradient():
    encoder = MLP(SPEC)
    x, valid = torch.randn(2, 3, 5), torch.ones(2, 3, 5, dtype=torch.bool)
    x[0, :, 3:], valid[0, :, 3:] = torch.nan, False
    encoder(x, valid)[:, :3].sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in encoder.parameters())


def test_mlp_dropout_only_in_training():
    encoder = MLP(SPEC, dropout=0.5)
    x, valid = torch.randn(2, 3, 5), torch.ones(2, 3, 5, dtype=torch.bool)
    assert not torch.equal(encoder(x, valid), encoder(x, valid))
    encoder.eval()
    assert torch.equal(encoder(x, valid), encoder(x, valid))


@pytest.mark.parametrize(("last_dropout", "places"), [(True, 2), (False, 1)])
def test_mlp_dropout_after_the_last_layer_is_optional(last_dropout, places):
    encoder = MLP(SPEC, sizes=(8, 4), dropout=0.5, last_dropout=last_dropout)
    assert sum(isinstance(layer, nn.Dropout) for layer in encoder.layers) == places
    assert isinstance(encoder.layers[-1], nn.Dropout if last_dropout else nn.ReLU)


def test_without_dropout_after_the_last_layer_one_layer_has_none():
    encoder = MLP(SPEC, sizes=(8,), dropout=0.5, last_dropout=False)
    x, valid = torch.randn(2, 3, 5), torch.ones(2, 3, 5, dtype=torch.bool)
    assert torch.equal(encoder(x, valid), encoder(x, valid))
