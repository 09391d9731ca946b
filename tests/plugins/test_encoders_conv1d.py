"""conv1d: its size, its steps, and that a batch equals its rows one by one, training included."""

import pytest
import torch
from torch import nn

from insula import ConfigError, SignalSpec
from insula_encoders.conv1d import Conv1d


def spec(channels=14, n_times=None):
    return SignalSpec(tuple(f"c{i}" for i in range(channels)), ("1",) * channels, 128.0, n_times)


def ragged(lengths, channels=3, time=None):
    torch.manual_seed(0)
    time = time or max(lengths)
    valid = (torch.arange(time) < torch.tensor(lengths).unsqueeze(1)).unsqueeze(1).repeat(1, channels, 1)
    # Padding holds what it must not: large numbers.
    return torch.randn(len(lengths), channels, time, dtype=torch.float64).masked_fill(~valid, 1e6), valid


def test_size():
    encoder = Conv1d(spec())
    assert [sum(p.numel() for p in block.parameters()) for block in encoder.blocks] == [4848, 21696, 21648]
    assert (encoder.hop, encoder.output_size) == (8, 48)
    assert encoder.eval()(torch.randn(2, 14, 256), torch.ones(2, 14, 256, dtype=torch.bool)).shape == (2, 32, 48)


@pytest.mark.parametrize("time", [0, 1, 7, 8, 9, 15, 16, 61])
@pytest.mark.parametrize("options", [{}, {"pool": 3, "channels": (4, 5)}, {"pool": 1}, {"kernel": 4}])
def test_steps_are_floor_of_time_by_hop(time, options):
    encoder = Conv1d(spec(3), **options)
    x, valid = torch.randn(2, 3, time), torch.ones(2, 3, time, dtype=torch.bool)
    assert encoder(x, valid).shape == (2, time // encoder.hop, encoder.output_size)


@pytest.mark.parametrize("options", [{}, {"pool": 3, "channels": (4, 5), "kernel": 4}])
def test_batched_equals_one_by_one(options):
    encoder = Conv1d(spec(3), **options).double()
    lengths = [40, 33, 9, 23]
    x, valid = ragged(lengths)
    encoder(x, valid)  # running statistics that aren't the initial ones
    y = encoder.eval()(x, valid)
    for row, length in enumerate(lengths):
        alone = encoder(x[row : row + 1, :, :length], valid[row : row + 1, :, :length])
        torch.testing.assert_close(y[row : row + 1, : alone.shape[1]], alone)
        assert (y[row, alone.shape[1] :] == 0).all()


def test_training_equals_rows_without_padding():
    """One block after the other: convolve and pool each row alone, normalise all rows side by side."""
    encoder = Conv1d(spec(3), dropout=0.0).double()
    lengths = [40, 33, 9, 23]
    x, valid = ragged(lengths)
    rows = [x[row : row + 1, :, :length] for row, length in enumerate(lengths)]
    for block in encoder.blocks:
        rows = [block.conv(row) for row in rows]
        norm = nn.BatchNorm1d(block.norm.num_features).double()
        joined = norm(torch.cat(rows, dim=2))
        rows = [
            nn.functional.max_pool1d(part.relu(), 2) for part in joined.split([row.shape[2] for row in rows], dim=2)
        ]
    y = encoder(x, valid)
    for row, expected in enumerate(rows):
        torch.testing.assert_close(y[row : row + 1, : expected.shape[2]], expected.transpose(1, 2))


def test_more_padding_changes_nothing_in_training():
    first, second = (Conv1d(spec(3), dropout=0.0).double() for _ in range(2))
    second.load_state_dict(first.state_dict())
    short, long = ragged([40, 33]), ragged([40, 33], time=64)
    x = torch.full_like(long[0], 1e6)
    x[:, :, :40] = short[0]
    torch.testing.assert_close(first(*short), second(x, long[1])[:, :5])
    for name, buffer in first.named_buffers():
        torch.testing.assert_close(second.get_buffer(name), buffer)


def test_undefined_samples_are_read_as_zero():
    encoder = Conv1d(spec(3)).double().eval()
    x, valid = ragged([40, 40])
    valid[0, 1, 10:20] = False
    torch.testing.assert_close(encoder(x, valid), encoder(x.masked_fill(~valid, 0.0), torch.ones_like(valid)))


def test_a_window_too_short_is_refused():
    with pytest.raises(ConfigError, match=r"one step of 8 samples, but a window has 5: .* encoder=mlp"):
        Conv1d(spec(3, n_times=5))
