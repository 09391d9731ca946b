"""concat: which features reach which output."""

import pytest
import torch

from insula_fusion.concat import Concat

INPUTS, OUTPUTS = {"eeg": 3, "hrv": 2}, {"emotion": 4, "table.valence": 1}


def batch(rows=5):
    torch.manual_seed(0)
    features = {name: torch.randn(rows, size) for name, size in INPUTS.items()}
    return features, {name: torch.ones(rows, dtype=torch.bool) for name in INPUTS}


def test_without_hidden_layers_it_is_linear_in_the_vectors():
    head, (features, present) = Concat(INPUTS, OUTPUTS), batch()
    fused = head(dict(reversed(features.items())), present)
    joined = torch.cat([features["eeg"], features["hrv"]], dim=1)
    assert torch.equal(fused.embedding, joined)
    for (name, size), layer in zip(OUTPUTS.items(), head.heads, strict=True):
        torch.testing.assert_close(fused.outputs[name], joined @ layer.weight.T + layer.bias)
        assert fused.outputs[name].shape == (5, size)


def test_hidden_layers():
    head, (features, present) = Concat(INPUTS, OUTPUTS, hidden=(6, 7)), batch()
    fused = head(features, present)
    z = torch.cat([features["eeg"], features["hrv"]], dim=1)
    for layer in (head.layers[0], head.layers[3]):
        z = layer(z).relu()
    torch.testing.assert_close(fused.embedding, z)
    torch.testing.assert_close(fused.outputs["emotion"], head.heads[0](z))


@pytest.mark.parametrize("hidden", [(), (6,)])
def test_a_missing_stream_is_zeros(hidden):
    head, (features, present) = Concat(INPUTS, OUTPUTS, hidden=hidden), batch()
    present["hrv"][1:3] = False
    present["eeg"][2] = False
    zeros = {"eeg": features["eeg"].clone(), "hrv": features["hrv"].clone()}
    zeros["hrv"][1:3], zeros["eeg"][2] = 0, 0
    features["hrv"][1:3], features["eeg"][2] = torch.nan, torch.nan
    everything = {name: torch.ones_like(mask) for name, mask in present.items()}
    torch.testing.assert_close(head(features, present).outputs, head(zeros, everything).outputs)


def test_a_row_without_any_stream_has_outputs_and_gradients():
    head, (features, present) = Concat(INPUTS, OUTPUTS), batch(1)
    absent = {name: torch.zeros_like(mask) for name, mask in present.items()}
    outputs = head(features, absent).outputs
    torch.testing.assert_close(outputs["emotion"], head.heads[0].bias.unsqueeze(0))
    sum(out.sum() for out in outputs.values()).backward()
    assert all(p.grad is not None for p in head.parameters())


@pytest.mark.parametrize("hidden", [(), (64,)])
def test_dropout_only_in_training(hidden):
    head, (features, present) = Concat(INPUTS, OUTPUTS, hidden=hidden, dropout=0.5), batch()
    assert not torch.equal(head(features, present).embedding, head(features, present).embedding)
    head.eval()
    assert torch.equal(head(features, present).embedding, head(features, present).embedding)
