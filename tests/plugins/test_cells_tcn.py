"""tcn against convolutions written out over the real steps of one row, in one piece and in several."""

import pytest
import torch
from torch import nn

from insula_cells.tcn import TCN

HOLES = torch.tensor(
    [[1, 1, 1, 1, 1, 1, 1], [0, 1, 0, 1, 1, 0, 1], [1, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0]], dtype=torch.bool
)
SHAPES = [{}, {"levels": 3}, {"kernel": 1}, {"kernel": 2, "levels": 2}, {"hidden_size": 3, "levels": 2}]


def made(**options):
    torch.manual_seed(0)
    layer = TCN(3, **{"hidden_size": 4, **options}).double()
    for norm in (norm for level in layer.levels for norm in level.norms):
        nn.init.uniform_(norm.weight, 0.5, 2.0), nn.init.normal_(norm.bias)
        norm.running_mean.normal_(), norm.running_var.uniform_(0.5, 2.0)
    return layer


def data(rows=4, steps=7):
    torch.manual_seed(1)
    return torch.randn(rows, steps, 3, dtype=torch.float64), torch.rand(rows, steps, dtype=torch.float64)


def whole(x):
    return torch.ones(x.shape[:2], dtype=torch.bool)


def by_hand(layer, kernel, steps):
    """Run the levels over the real steps ``(n, features)`` of one row, one step and one filter tap after the other."""
    for number, level in enumerate(layer.levels):
        out = []
        for t in range(len(steps)):
            y = 0
            for tap in range(kernel):
                before = t - (kernel - 1 - tap) * 2**number
                if before >= 0:
                    y = y + level.causal.weight[:, :, tap] @ steps[before]
            for norm, mix in zip(level.norms, (None, level.mix), strict=True):
                y = y if mix is None else mix.weight[:, :, 0] @ y
                y = (y - norm.running_mean) / (norm.running_var + norm.eps).sqrt() * norm.weight + norm.bias
                y = y.relu()
            out.append(y + steps[t] if y.shape == steps[t].shape else y)
        steps = torch.stack(out)
    return steps


@pytest.mark.parametrize("options", SHAPES, ids=str)
def test_equals_the_convolutions_written_out(options):
    layer, (x, elapsed) = made(**options).eval(), data()
    y, _ = layer(x.masked_fill(~HOLES.unsqueeze(-1), torch.nan), elapsed, HOLES, None)
    for row in range(3):
        expected = by_hand(layer, options.get("kernel", 3), x[row, HOLES[row]])
        torch.testing.assert_close(y[row, HOLES[row]], expected)
    assert (y[~HOLES] == 0).all()


@pytest.mark.parametrize("options", SHAPES, ids=str)
def test_state_continues_a_sequence_with_holes(options):
    layer, (x, elapsed) = made(**options).eval(), data()
    y, end = layer(x, elapsed, HOLES, None)
    state, parts = None, []
    for start, stop in ((0, 1), (1, 4), (4, 4), (4, 7)):
        part, state = layer(x[:, start:stop], elapsed[:, start:stop], HOLES[:, start:stop], state)
        parts.append(part)
    torch.testing.assert_close(torch.cat(parts, dim=1), y)
    torch.testing.assert_close(state, end)


@pytest.mark.parametrize("options", SHAPES, ids=str)
def test_a_step_sees_so_far_back_and_no_further(options):
    layer, x = made(**options).eval(), torch.randn(1, 20, 3, dtype=torch.float64, requires_grad=True)
    for norm in (norm for level in layer.levels for norm in level.norms):
        nn.init.constant_(norm.bias, 100.0)  # no ReLU is shut
    field = (options.get("kernel", 3) - 1) * (2 ** options.get("levels", 1) - 1)
    layer(x, torch.ones(1, 20).double(), whole(x), None)[0][0, 16].sum().backward()
    seen = x.grad[0].abs().sum(dim=1).nonzero().squeeze(1)
    assert (int(seen.min()), int(seen.max())) == (16 - field, 16)


def test_training_equals_rows_without_masked_steps():
    """The statistics are those of all real steps side by side, wherever the holes are."""
    first, second = made(), made()
    x, elapsed = data()
    y, _ = first(x.masked_fill(~HOLES.unsqueeze(-1), torch.nan), elapsed, HOLES, None)
    rows = [x[row, HOLES[row]] for row in range(3)]
    (level,) = second.levels
    convolved = [level.causal(nn.functional.pad(row.T.unsqueeze(0), (2, 0)))[0].T for row in rows]
    steps = torch.cat(convolved)
    for norm, mix in zip(level.norms, (None, level.mix), strict=True):
        steps = steps if mix is None else steps @ mix.weight[:, :, 0].T
        steps = nn.functional.batch_norm(
            steps, norm.running_mean, norm.running_var, norm.weight, norm.bias, training=True, eps=norm.eps
        ).relu()
    torch.testing.assert_close(y[HOLES], steps)
    for name, buffer in first.named_buffers():
        if not name.endswith("num_batches_tracked"):
            torch.testing.assert_close(second.get_buffer(name), buffer)


def test_a_training_batch_of_one_step():
    layer, (x, elapsed) = made(), data(1, 1)
    y, _ = layer(x, elapsed, whole(x), None)
    y.square().sum().backward()
    assert torch.isfinite(y).all()


@pytest.mark.parametrize("steps", [0, 7])
def test_nothing_real_keeps_the_state(steps):
    layer, (x, elapsed) = made(levels=2).eval(), data()
    _, state = layer(x, elapsed, HOLES, None)
    y, after = layer(x[:, :steps], elapsed[:, :steps], torch.zeros(4, steps, dtype=torch.bool), state)
    assert (y.shape, bool(y.any())) == ((4, steps, 4), False)
    torch.testing.assert_close(after, state, rtol=0, atol=0)


def test_size():
    """48·128·3 + 128·128 and two BatchNorms of 2·128: the count of Table XI less what isn't the cell."""
    assert sum(p.numel() for p in TCN(48, hidden_size=128).parameters()) == 18432 + 16384 + 512 == 35328


def test_dropout_only_in_training():
    layer, (x, elapsed) = made(dropout=0.5, hidden_size=32), data()
    first, second = (layer(x, elapsed, whole(x), None)[0] for _ in range(2))
    assert not torch.equal(first, second)
    assert (first == 0).double().mean() > 0.4
