"""autoencoder: the code, what is reconstructed and what isn't, the classifiers and the attention among streams."""

import math

import pytest
import torch
from torch import nn

from insula import ConfigError
from insula_fusion.autoencoder import Autoencoder
from insula_fusion.classifier import Classifier

INPUTS, OUTPUTS = {"eeg": 5, "hrv": 3, "type": 2}, {"emotion": 4, "table.valence": 1}
SMALL = {"sizes": (8, 6), "classifier_sizes": (7, 9)}


def made(**options):
    torch.manual_seed(0)
    return Autoencoder(INPUTS, OUTPUTS, **{**SMALL, **options}).double()


def batch(rows=5):
    torch.manual_seed(1)
    features = {name: torch.randn(rows, size, dtype=torch.float64) for name, size in INPUTS.items()}
    return features, {name: torch.ones(rows, dtype=torch.bool) for name in INPUTS}


def with_gaps(fill):
    """Row 1 lacks hrv, row 2 lacks eeg and type, row 3 everything; ``fill`` stands in their place."""
    features, present = batch()
    present["hrv"][1] = present["eeg"][2] = present["type"][2] = False
    for mask in present.values():
        mask[3] = False
    return {name: value.masked_fill(~present[name].unsqueeze(1), fill) for name, value in features.items()}, present


def linear(layers):
    return [layer for layer in layers.modules() if isinstance(layer, nn.Linear)]


def test_code_decoder_and_classifier_written_out():
    head, (features, present) = made().eval(), batch()
    fused = head(dict(reversed(features.items())), present)
    F = torch.cat([features["eeg"], features["hrv"], features["type"]], dim=1)
    first, second = linear(head.encoder)
    z = second(first(F).relu()).relu()
    torch.testing.assert_close(fused.embedding, z)
    up, out = linear(head.decoder)
    rebuilt = out(up(z).relu())
    assert up.weight.shape == (8, 6)
    torch.testing.assert_close(fused.losses["reconstruction"], (F - rebuilt).square().sum(dim=1).mean())
    for layers, (name, size) in zip(head.classifiers, OUTPUTS.items(), strict=True):
        one, two, last = linear(layers)
        flat = nn.BatchNorm1d(7).double().eval(), nn.BatchNorm1d(9).double().eval()
        torch.testing.assert_close(
            fused.outputs[name], last(flat[1](two(flat[0](one(z)).relu())).relu()), rtol=1e-6, atol=1e-9
        )
        assert fused.outputs[name].shape == (5, size)


@pytest.mark.parametrize("cross_attention", [False, True])
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_a_missing_stream_is_no_target(reduction, cross_attention):
    head = made(reduction=reduction, cross_attention=cross_attention, heads=3).eval()
    (features, present), (broken, _) = with_gaps(0.0), with_gaps(torch.nan)
    fused = head(broken, present)
    F = torch.cat(list(features.values()), dim=1)
    errors = (F - head.decoder(head.encoder(F))).square()
    kept = [errors[0], torch.cat([errors[1, :5], errors[1, 8:]]), errors[2, 5:8], torch.zeros(1), errors[4]]
    rows = torch.stack([row.sum() if reduction == "sum" else row.mean() for row in kept])
    torch.testing.assert_close(fused.losses["reconstruction"], rows.mean())
    torch.testing.assert_close(fused.outputs, head(features, present).outputs)
    sum(out.sum() for out in (*fused.outputs.values(), *fused.losses.values())).backward()
    assert all(torch.isfinite(p.grad).all() for p in head.parameters())


def test_the_reconstruction_trains_what_stands_before_the_head():
    head, (features, present) = made().eval(), batch()
    features = {name: value.requires_grad_() for name, value in features.items()}
    head(features, present).losses["reconstruction"].backward()
    held = {name: value.detach() for name, value in features.items()}
    F, fixed = (torch.cat(list(each.values()), dim=1) for each in (features, held))
    through_code = torch.autograd.grad(
        (fixed - head.decoder(head.encoder(F))).square().sum(1).mean(), list(features.values()), retain_graph=True
    )
    as_target = 2 * (fixed - head.decoder(head.encoder(fixed))).detach() / 5
    for name, part, target in zip(features, through_code, as_target.split(list(INPUTS.values()), dim=1), strict=True):
        torch.testing.assert_close(features[name].grad, part + target)


@pytest.mark.parametrize("options", [{}, {"cross_attention": True, "heads": 2}])
def test_a_training_batch_of_one_row(options):
    head, (features, present) = made(**options), batch(1)
    fused = head(features, present)
    (fused.outputs["emotion"].sum() + fused.losses["reconstruction"]).backward()
    assert all(torch.isfinite(p.grad).all() for p in head.parameters() if p.grad is not None)


def test_batch_norm_in_training_is_over_the_rows():
    torch.manual_seed(0)
    layers, x = Classifier(6, (7,), 2, 0.0), torch.randn(20, 6)
    y = layers[1](layers[0](x))
    torch.testing.assert_close(y.mean(dim=0), torch.zeros(7), atol=1e-5, rtol=0)
    torch.testing.assert_close(y.std(dim=0, unbiased=False), torch.ones(7), atol=1e-2, rtol=0)


def test_weights_start_xavier_uniform():
    torch.manual_seed(0)
    head = Autoencoder({"a": 200, "b": 112}, {"emotion": 7}, cross_attention=True)
    last = head.classifiers[0][-1]
    for layer in linear(head):
        limit = math.sqrt(6 / sum(layer.weight.shape)) * (0.1 if layer is last else 1.0)
        assert 0.98 * limit < layer.weight.abs().max() <= limit
        assert float(layer.weight.detach().std()) == pytest.approx(limit / math.sqrt(3), rel=0.05)
        assert not layer.bias.any()
    assert float(head.attention.attention.in_proj_weight.detach().abs().max()) <= math.sqrt(6 / (4 * 128))


def test_dropout_after_every_hidden_layer_only_in_training():
    head, (features, present) = made(dropout=0.5, sizes=(64, 64)), batch()
    assert sum(isinstance(m, nn.Dropout) for m in head.modules()) == 2 + 1 + 2 * 2
    assert not torch.equal(head(features, present).embedding, head(features, present).embedding)
    head.eval()
    assert torch.equal(head(features, present).embedding, head(features, present).embedding)


def test_streams_look_at_those_that_a_row_has():
    """Against softmax(Q Kᵀ / √d) V written out, per row and head, on the present tokens alone."""
    head, (features, present) = made(cross_attention=True, heads=2).eval(), with_gaps(0.0)
    z = head.encoder(torch.cat(list(features.values()), dim=1))
    fused, block = head(features, present), head.attention
    weights, biases = (p.view(3, 6, -1) for p in (block.attention.in_proj_weight, block.attention.in_proj_bias))
    for row in (0, 1, 2, 4):
        tokens = torch.stack(
            [layer(features[n][row]) for n, layer in zip(INPUTS, block.tokens, strict=True) if present[n][row]]
        )
        q, k, v = ((tokens @ w.T + b.squeeze(-1)).view(-1, 2, 3) for w, b in zip(weights, biases, strict=True))
        seen = [((q[:, h] @ k[:, h].T) / math.sqrt(3)).softmax(dim=1) @ v[:, h] for h in range(2)]
        added = block.attention.out_proj(torch.cat(seen, dim=1)).mean(dim=0)
        torch.testing.assert_close(fused.embedding[row], z[row] + added)
    torch.testing.assert_close(fused.embedding[3], z[3])


def test_heads_must_divide_the_code():
    with pytest.raises(ConfigError, match=r"fusion.heads=4 doesn't divide the code's width of 6: .* 1, 2, 3, 6$"):
        made(cross_attention=True)
    made(heads=4)  # not used
