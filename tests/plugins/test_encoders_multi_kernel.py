"""multi_kernel against torch's own convolutions on each row alone, training included."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from insula import ConfigError, SignalSpec
from insula.plugin.testing import check_encoder
from insula_encoders.multi_kernel import MultiKernel

LENGTHS = [40, 33, 9, 23]
OPTIONS = [{}, {"kernels": (1, 4), "channels": 5, "pool": 3}, {"kernels": (9,), "pool": 1}]


def spec(channels=3, n_times=None):
    return SignalSpec(tuple(f"c{i}" for i in range(channels)), ("1",) * channels, 31.25, n_times)


def ragged(lengths=LENGTHS, channels=3, time=None):
    torch.manual_seed(0)
    time = time or max(lengths)
    valid = (torch.arange(time) < torch.tensor(lengths).unsqueeze(1)).unsqueeze(1).repeat(1, channels, 1)
    # Padding holds what it must not: large numbers.
    return torch.randn(len(lengths), channels, time, dtype=torch.float64).masked_fill(~valid, 1e6), valid


def make(**options):
    torch.manual_seed(1)
    encoder = MultiKernel(spec(), **options).double()
    with torch.no_grad():
        encoder.norm.weight.uniform_(0.5, 1.5)
        encoder.norm.bias.uniform_(-0.5, 0.5)
    return encoder


def plain_norm(encoder):
    norm = nn.BatchNorm1d(encoder.output_size).double()
    norm.load_state_dict(encoder.norm.state_dict())
    return norm


def by_hand(encoder, rows, norm):
    """Convolve each row with each width by itself; ``norm`` normalises all rows together."""
    widths = [(conv.weight, conv.weight.shape[2]) for conv in encoder.convs]
    rows = [torch.cat([F.conv1d(F.pad(row, ((k - 1) // 2, k // 2)), w) for w, k in widths], dim=1) for row in rows]
    joined = norm(torch.cat(rows, dim=2)).relu()
    parts = joined.split([row.shape[2] for row in rows], dim=2)
    return [F.max_pool1d(part, encoder.hop)[0].T for part in parts]


def alone(x):
    return [x[row : row + 1, :, :length] for row, length in enumerate(LENGTHS)]


@pytest.mark.parametrize("options", OPTIONS)
def test_contract(options):
    check_encoder(MultiKernel, **options)


@pytest.mark.parametrize("options", OPTIONS)
def test_equals_torch_on_each_row_alone(options):
    encoder, (x, valid) = make(**options), ragged()
    encoder(x, valid)  # running statistics that aren't the initial ones
    y = encoder.eval()(x, valid)
    for row, expected in enumerate(by_hand(encoder, alone(x), plain_norm(encoder).eval())):
        torch.testing.assert_close(y[row, : len(expected)], expected)
        assert (y[row, len(expected) :] == 0).all()


@pytest.mark.parametrize("options", OPTIONS)
def test_training_equals_rows_without_padding(options):
    encoder, (x, valid) = make(**options), ragged()
    norm = plain_norm(encoder)
    y = encoder(x, valid)
    for row, expected in enumerate(by_hand(encoder, alone(x), norm)):
        torch.testing.assert_close(y[row, : len(expected)], expected)
    torch.testing.assert_close(encoder.norm.running_mean, norm.running_mean)
    torch.testing.assert_close(encoder.norm.running_var, norm.running_var)


@pytest.mark.parametrize("time", [0, 1, 2, 3, 4, 17])
@pytest.mark.parametrize("options", [*OPTIONS, {"kernels": (31,)}])
def test_steps_are_floor_of_time_by_hop(time, options):
    encoder = make(**options)
    x, valid = torch.randn(2, 3, time, dtype=torch.float64), torch.ones(2, 3, time, dtype=torch.bool)
    assert encoder(x, valid).shape == (2, time // encoder.hop, encoder.output_size)


def test_a_width_sees_so_many_samples():
    """Features stand in the order of the kernels, and each reaches half its width to both sides."""
    encoder = make(kernels=(3, 7), channels=4, pool=1).eval()
    x, valid = torch.randn(1, 3, 21, dtype=torch.float64), torch.ones(1, 3, 21, dtype=torch.bool)
    bump = x.clone()
    bump[:, :, 10] += 100.0
    changed = (encoder(x, valid) != encoder(bump, valid))[0]
    assert changed[:, :4].any(1).nonzero().flatten().tolist() == [9, 10, 11]
    assert changed[:, 4:].any(1).nonzero().flatten().tolist() == [7, 8, 9, 10, 11, 12, 13]


def test_no_padding_reaches_a_gradient():
    encoder, (x, valid) = make(), ragged()
    x = x.masked_fill(~valid, torch.nan).requires_grad_()
    encoder(x, valid).square().sum().backward()
    assert (x.grad[~valid] == 0).all()
    assert all(torch.isfinite(p.grad).all() and (p.grad != 0).any() for p in encoder.parameters())


def test_more_padding_changes_nothing_in_training():
    first, second = make(), make()
    short, long = ragged(), ragged(time=64)
    x = torch.full_like(long[0], 1e6)
    x[:, :, :40] = short[0]
    torch.testing.assert_close(first(*short), second(x, long[1])[:, :20])
    for name, buffer in first.named_buffers():
        torch.testing.assert_close(second.get_buffer(name), buffer)


def test_undefined_samples_are_read_as_zero():
    encoder, (x, valid) = make().eval(), ragged([40, 40])
    valid[0, 1, 10:20] = False
    torch.testing.assert_close(encoder(x, valid), encoder(x.masked_fill(~valid, 0.0), torch.ones_like(valid)))


def test_size():
    encoder = MultiKernel(spec(40), kernels=(3, 5), channels=8)
    assert sum(p.numel() for p in encoder.parameters()) == 40 * 8 * (3 + 5) + 2 * 16
    assert (encoder.hop, encoder.output_size) == (2, 16)


def test_a_window_too_short_is_refused():
    with pytest.raises(ConfigError, match=r"one step of 4 samples, but a window has 3: set pool=3 or less"):
        MultiKernel(spec(n_times=3), pool=4)
    assert MultiKernel(spec(n_times=3), pool=3).hop == 3
