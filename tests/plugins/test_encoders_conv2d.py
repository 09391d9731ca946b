"""conv2d against torch's own layers on each row alone, as an image of frequency by time, training included."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from insula import ConfigError, SignalSpec
from insula.plugin.testing import check_encoder
from insula_encoders.conv2d import Conv2d

LENGTHS = [40, 33, 9, 23]
OPTIONS = [
    {},
    {"channels": (3, 4, 5), "kernel": (5, 3), "pool": ((2, 1), (1, 3), (3, 2))},
    {"channels": (4,), "kernel": (2, 4), "pool": ((3, 1),)},
]


def spec(bins=11, n_times=None):
    return SignalSpec(tuple(f"bin_{i}" for i in range(bins)), ("1",) * bins, 100.0, n_times)


def ragged(lengths=LENGTHS, bins=11, time=None):
    torch.manual_seed(0)
    time = time or max(lengths)
    valid = (torch.arange(time) < torch.tensor(lengths).unsqueeze(1)).unsqueeze(1).repeat(1, bins, 1)
    # Padding holds what it must not: large numbers.
    return torch.randn(len(lengths), bins, time, dtype=torch.float64).masked_fill(~valid, 1e6), valid


def make(**options):
    torch.manual_seed(1)
    encoder = Conv2d(spec(), **options).double()
    with torch.no_grad():
        for layer in encoder.layers:
            layer.norm.weight.uniform_(0.5, 1.5)
            layer.norm.bias.uniform_(-0.5, 0.5)
    return encoder


def pairs(options, layers):
    pool = options.get("pool", ((2, 2),))
    return pool * layers if len(pool) == 1 else pool


def by_hand(encoder, options, rows, norms):
    """Run rows ``(1, 1, frequency, time)`` one after the other; ``norms`` normalise all rows of a layer together."""
    frequency, time = options.get("kernel", (3, 3))
    sides = ((time - 1) // 2, time // 2, (frequency - 1) // 2, frequency // 2)
    for layer, norm, (bands, steps) in zip(encoder.layers, norms, pairs(options, len(encoder.layers)), strict=True):
        weight = layer.conv.weight.transpose(2, 3)
        rows = [F.conv2d(F.pad(row, sides), weight) for row in rows]
        joined = norm(torch.cat([row.flatten(2) for row in rows], dim=2)).relu()
        parts = joined.split([row.shape[2] * row.shape[3] for row in rows], dim=2)
        rows = [part.unflatten(2, row.shape[2:]) for part, row in zip(parts, rows, strict=True)]
        rows = [F.pad(row, (0, 0, 0, -row.shape[2] % bands), value=-math.inf) for row in rows]
        rows = [F.max_pool2d(row, (bands, steps)) for row in rows]
    return [row[0].flatten(0, 1).T for row in rows]


def images(x):
    return [x[row : row + 1, None, :, :length] for row, length in enumerate(LENGTHS)]


@pytest.mark.parametrize("options", OPTIONS)
def test_contract(options):
    check_encoder(Conv2d, **options)


@pytest.mark.parametrize("options", OPTIONS)
def test_equals_torch_on_each_row_alone(options):
    encoder, (x, valid) = make(**options), ragged()
    encoder(x, valid)  # running statistics that aren't the initial ones
    norms = []
    for layer in encoder.eval().layers:
        norms.append(nn.BatchNorm1d(layer.norm.num_features).double())
        norms[-1].load_state_dict(layer.norm.state_dict())
        norms[-1].eval()
    y = encoder(x, valid)
    for row, expected in enumerate(by_hand(encoder, options, images(x), norms)):
        torch.testing.assert_close(y[row, : len(expected)], expected)
        assert (y[row, len(expected) :] == 0).all()


@pytest.mark.parametrize("options", OPTIONS)
def test_training_equals_rows_without_padding(options):
    encoder, (x, valid) = make(**options), ragged()
    norms = [nn.BatchNorm1d(layer.norm.num_features).double() for layer in encoder.layers]
    for norm, layer in zip(norms, encoder.layers, strict=True):
        norm.load_state_dict(layer.norm.state_dict())
    y = encoder(x, valid)
    for row, expected in enumerate(by_hand(encoder, options, images(x), norms)):
        torch.testing.assert_close(y[row, : len(expected)], expected)
    for norm, layer in zip(norms, encoder.layers, strict=True):
        torch.testing.assert_close(layer.norm.running_mean, norm.running_mean)
        torch.testing.assert_close(layer.norm.running_var, norm.running_var)


@pytest.mark.parametrize("time", [0, 1, 2, 3, 4, 5, 17])
@pytest.mark.parametrize("options", [*OPTIONS, {"kernel": (7, 9)}])
def test_steps_are_floor_of_time_by_hop(time, options):
    encoder = make(**options)
    x, valid = torch.randn(2, 11, time, dtype=torch.float64), torch.ones(2, 11, time, dtype=torch.bool)
    assert encoder(x, valid).shape == (2, time // encoder.hop, encoder.output_size)


@pytest.mark.parametrize(("bins", "bands"), [(1, 1), (2, 1), (3, 1), (4, 1), (5, 2), (11, 3), (161, 41)])
def test_any_number_of_channels(bins, bands):
    encoder = Conv2d(spec(bins))
    x, valid = torch.randn(2, bins, 8), torch.ones(2, bins, 8, dtype=torch.bool)
    assert encoder.output_size == 32 * bands
    assert encoder(x, valid).shape == (2, 2, 32 * bands)


def test_more_padding_changes_nothing_in_training():
    first, second = make(), make()
    short, long = ragged(), ragged(time=64)
    x = torch.full_like(long[0], 1e6)
    x[:, :, :40] = short[0]
    torch.testing.assert_close(first(*short), second(x, long[1])[:, :10])
    for name, buffer in first.named_buffers():
        torch.testing.assert_close(second.get_buffer(name), buffer)


def test_no_padding_reaches_a_gradient():
    encoder, (x, valid) = make(), ragged()
    x = x.masked_fill(~valid, torch.nan).requires_grad_()
    encoder(x, valid).square().sum().backward()
    assert (x.grad[~valid] == 0).all()
    assert all(torch.isfinite(p.grad).all() and (p.grad != 0).any() for p in encoder.parameters())


def test_a_batch_without_a_real_sample_leaves_the_statistics():
    encoder, x = make(), torch.full((2, 11, 8), torch.nan, dtype=torch.float64)
    assert torch.equal(encoder(x, torch.zeros(2, 11, 8, dtype=torch.bool)), torch.zeros(2, 2, 96, dtype=torch.float64))
    assert all(layer.norm.num_batches_tracked == 0 for layer in encoder.layers)


def test_undefined_samples_are_read_as_zero():
    encoder, (x, valid) = make().eval(), ragged([40, 40])
    valid[0, 1, 10:20] = False
    torch.testing.assert_close(encoder(x, valid), encoder(x.masked_fill(~valid, 0.0), torch.ones_like(valid)))


def test_size():
    encoder = Conv2d(spec(), channels=(8, 16), kernel=(5, 3))
    assert [sum(p.numel() for p in layer.parameters()) for layer in encoder.layers] == [
        8 * 5 * 3 + 2 * 8,
        16 * 8 * 5 * 3 + 2 * 16,
    ]
    assert (encoder.hop, encoder.output_size) == (4, 16 * 3)


def test_a_window_too_short_is_refused():
    with pytest.raises(ConfigError, match=r"one step of 4 samples, but a window has 3: .* pool=\[\[2,1\]\]"):
        Conv2d(spec(n_times=3))
    assert Conv2d(spec(n_times=3), pool=((2, 1),)).hop == 1


def test_pairs_that_fit_no_layer_are_refused():
    with pytest.raises(ConfigError, match=r"3 layers \(channels\) and 2 pairs in pool: name one pair for all layers"):
        Conv2d(spec(), channels=(4, 4, 4), pool=((2, 2), (2, 1)))
