"""gated, cross_attention, low_rank, late: their formulas written out, and that a missing stream is nothing."""

import math

import numpy as np
import pytest
import torch

from insula import ConfigError
from insula_fusion.cross_attention import CrossAttention
from insula_fusion.gated import Gated
from insula_fusion.late import Late
from insula_fusion.low_rank import LowRank

INPUTS, OUTPUTS = {"eeg": 5, "hrv": 3, "type": 2}, {"emotion": 4, "table.valence": 1}
HEADS = [Gated, CrossAttention, LowRank, Late]


def made(cls, inputs=None, **options):
    torch.manual_seed(0)
    return cls(inputs or INPUTS, OUTPUTS, **options).double()


def batch(rows=5):
    torch.manual_seed(1)
    features = {name: torch.randn(rows, size, dtype=torch.float64) for name, size in INPUTS.items()}
    return features, {name: torch.ones(rows, dtype=torch.bool) for name in INPUTS}


def with_gaps(fill):
    """Row 1 lacks hrv, row 2 eeg and type, row 3 everything; ``fill`` stands in their place."""
    features, present = batch()
    present["hrv"][1] = present["eeg"][2] = present["type"][2] = False
    for mask in present.values():
        mask[3] = False
    return {name: value.masked_fill(~present[name].unsqueeze(1), fill) for name, value in features.items()}, present


def numbers(*tensors):
    return [tensor.detach().numpy() for tensor in tensors]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def outputs_of(head, fused):
    """The linear layers behind the embedding, written out."""
    return {name: head.heads[k](fused.embedding) for k, name in enumerate(OUTPUTS)}


@pytest.mark.parametrize("cls", HEADS)
def test_what_is_written_where_a_stream_is_missing_changes_nothing(cls):
    head = made(cls).eval()
    found = [head(*with_gaps(fill)) for fill in (0.0, 1e6, torch.nan)]
    for other in found[1:]:
        for name in OUTPUTS:
            assert torch.equal(found[0].outputs[name], other.outputs[name])
        assert torch.equal(found[0].embedding, other.embedding)
    assert all(torch.isfinite(values).all() for values in found[2].outputs.values())


@pytest.mark.parametrize("cls", HEADS)
def test_a_stream_that_all_rows_lack_teaches_and_is_taught_nothing(cls):
    head, (features, present) = made(cls), batch()
    features["hrv"] = features["hrv"].fill_(torch.nan).requires_grad_()
    features["eeg"].requires_grad_()
    present["hrv"][:] = False
    sum(values.sum() for values in head(features, present).outputs.values()).backward()
    assert not features["hrv"].grad.any()
    assert features["eeg"].grad.any()
    assert all(torch.isfinite(p.grad).all() for p in head.parameters() if p.grad is not None)


@pytest.mark.parametrize("cls", HEADS)
def test_streams_are_told_apart_by_name_not_by_place(cls):
    head, (features, present) = made(cls).eval(), with_gaps(0.0)
    again = head(dict(reversed(features.items())), dict(reversed(present.items())))
    assert torch.equal(head(features, present).outputs["emotion"], again.outputs["emotion"])


@pytest.mark.parametrize("cls", HEADS)
def test_a_row_without_any_stream_gets_what_the_head_says_of_nothing(cls):
    head = made(cls).eval()
    outputs = head(*with_gaps(0.0)).outputs["emotion"][3]
    if cls is Late:
        assert not outputs.any()
    else:
        joint = torch.full((1, head.heads[0].in_features), 4.0 if cls is LowRank else 0.0, dtype=torch.float64)
        torch.testing.assert_close(outputs, head.heads[0](joint)[0])


@pytest.mark.parametrize("cls", HEADS)
def test_dropout_only_in_training(cls):
    head, given = made(cls, dropout=0.5), batch()
    assert not torch.equal(head(*given).outputs["emotion"], head(*given).outputs["emotion"])
    head.eval()
    assert torch.equal(head(*given).outputs["emotion"], head(*given).outputs["emotion"])


def test_gates_written_out():
    head, (features, present) = made(Gated, width=6).eval(), with_gaps(0.0)
    x = numbers(*features.values())
    joined, has = np.concatenate(x, axis=1), numbers(*present.values())
    h = np.zeros((5, 6))
    for k in range(3):
        (w, b), (v, c) = (numbers(layer.weight, layer.bias) for layer in (head.maps[k], head.gates[k]))
        h += has[k][:, None] * sigmoid(joined @ v.T + c) * np.tanh(x[k] @ w.T + b)
    fused = head(features, present)
    np.testing.assert_allclose(fused.embedding.detach(), h, rtol=1e-10)
    torch.testing.assert_close(fused.outputs, outputs_of(head, fused))


@pytest.mark.parametrize("rank", [1, 3])
def test_low_rank_is_the_full_tensor_applied_to_the_product_of_all_streams(rank):
    """W of every unit is built whole, and so is z₁ ⊗ z₂ ⊗ z₃."""
    head, (features, present) = made(LowRank, width=4, rank=rank).eval(), batch()
    z = [np.concatenate([x, np.ones((5, 1))], axis=1) for x in numbers(*features.values())]
    factors = []
    for layer in head.factors:
        weight, bias = numbers(layer.weight, layer.bias)
        factors.append(np.concatenate([weight, bias[:, None]], axis=1).reshape(rank, 4, -1))
    full = np.einsum("rha,rhb,rhc->habc", *factors)
    assert full.shape == (4, 6, 4, 3)
    fused = head(features, present)
    np.testing.assert_allclose(
        fused.embedding.detach(), np.einsum("habc,nabc->nh", full, np.einsum("na,nb,nc->nabc", *z)), rtol=1e-10
    )
    torch.testing.assert_close(fused.outputs, outputs_of(head, fused))


def test_without_a_stream_low_rank_is_the_tensor_of_the_others():
    head, (features, present) = made(LowRank, width=4, rank=2).eval(), batch()
    present["hrv"][:] = False
    fewer = made(LowRank, {name: size for name, size in INPUTS.items() if name != "hrv"}, width=4, rank=2).eval()
    state = head.state_dict()
    fewer.load_state_dict(
        {name.replace("factors.2", "factors.1"): state[name] for name in state if "factors.1" not in name}
    )
    torch.testing.assert_close(
        head(features, present).outputs, fewer({n: features[n] for n in fewer.input_sizes}, present).outputs
    )


def test_a_product_of_many_streams_starts_neither_at_nothing_nor_beyond_measure():
    inputs = {f"s{k}": 32 for k in range(12)}
    head = made(LowRank, inputs, rank=4)
    features = {name: torch.randn(200, 32, dtype=torch.float64) * 0.5 for name in inputs}
    fused = head(features, {name: torch.ones(200, dtype=torch.bool) for name in inputs})
    spread = fused.embedding.detach().std(dim=0).median()
    assert 0.1 < spread < 100
    fused.outputs["emotion"].square().mean().backward()
    sizes = [float(factor.weight.grad.abs().mean()) for factor in head.factors]
    assert max(sizes) < 100 * min(sizes)


def test_attention_among_streams_written_out():
    """Against LayerNorm(t + softmax(Q Kᵀ / √d) V) per row and head, on the tokens of present streams alone."""
    head, (features, present) = made(CrossAttention, width=6, heads=2).eval(), with_gaps(0.0)
    block, fused = head.attention, head(features, present)
    weights, biases = (p.view(3, 6, -1) for p in (block.attention.in_proj_weight, block.attention.in_proj_bias))
    for row in (0, 1, 2, 4):
        tokens = torch.stack(
            [layer(features[n][row]) for n, layer in zip(INPUTS, block.tokens, strict=True) if present[n][row]]
        )
        q, k, v = ((tokens @ w.T + b.squeeze(-1)).view(-1, 2, 3) for w, b in zip(weights, biases, strict=True))
        seen = [((q[:, h] @ k[:, h].T) / math.sqrt(3)).softmax(dim=1) @ v[:, h] for h in range(2)]
        new = tokens + block.attention.out_proj(torch.cat(seen, dim=1))
        normed = (new - new.mean(1, keepdim=True)) / (new.var(1, unbiased=False, keepdim=True) + 1e-5).sqrt()
        torch.testing.assert_close(fused.embedding[row], normed.mean(dim=0))
    torch.testing.assert_close(fused.outputs, outputs_of(head, fused))


def test_attention_heads_must_divide_the_width():
    with pytest.raises(ConfigError, match=r"fusion.heads=4 doesn't divide fusion.width=6: change one of them"):
        made(CrossAttention, width=6)


@pytest.mark.parametrize("hidden", [(), (7,)])
def test_late_averages_what_each_stream_says_by_itself(hidden):
    head, (features, present) = made(Late, hidden=hidden).eval(), with_gaps(0.0)
    fused = head(features, present)
    said = {name: np.zeros((5, size)) for name, size in OUTPUTS.items()}
    for k, stream in enumerate(INPUTS):
        (x,) = numbers(features[stream])
        for layer in [head.layers[k][0]] if hidden else []:
            weight, bias = numbers(layer.weight, layer.bias)
            x = np.maximum(x @ weight.T + bias, 0)
        for target, layer in zip(OUTPUTS, head.heads[k], strict=True):
            weight, bias = numbers(layer.weight, layer.bias)
            said[target] += present[stream].numpy()[:, None] * (x @ weight.T + bias)
    count = np.maximum(sum(mask.numpy().astype(int) for mask in present.values()), 1)[:, None]
    for target in OUTPUTS:
        np.testing.assert_allclose(fused.outputs[target].detach(), said[target] / count, rtol=1e-10, atol=1e-12)
    assert fused.embedding.shape == (5, 3 * 7 if hidden else 10)
    assert not fused.embedding[3].any()


def test_late_gives_the_geometric_mean_of_the_streams_probabilities():
    head, (features, present) = made(Late).eval(), batch()
    alone = []
    for stream in INPUTS:
        only = {name: torch.full((5,), name == stream) for name in INPUTS}
        alone.append(head(features, only).outputs["emotion"].softmax(dim=1))
    product = torch.stack(alone).prod(dim=0) ** (1 / 3)
    torch.testing.assert_close(
        head(features, present).outputs["emotion"].softmax(dim=1), product / product.sum(dim=1, keepdim=True)
    )
