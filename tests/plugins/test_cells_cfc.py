"""CfC against the authors' own cell, and under irregular time."""

import pytest
import torch
from ncps.torch import CfCCell

from insula_cells.cfc import CfC


def pair(layers):
    torch.manual_seed(0)
    mine, theirs = (
        CfC(3, hidden_size=4, backbone_size=6, backbone_layers=layers),
        CfCCell(3, 4, backbone_units=6, backbone_layers=layers),
    )
    names = {"start": "ff1", "end": "ff2", "time_a": "time_a", "time_b": "time_b"}
    for name, other in names.items():
        getattr(mine, name).load_state_dict(getattr(theirs, other).state_dict())
    linear = [[m for m in cell.backbone or () if isinstance(m, torch.nn.Linear)] for cell in (mine, theirs)]
    assert len(linear[0]) == len(linear[1]) == layers
    for a, b in zip(*linear, strict=True):
        a.load_state_dict(b.state_dict())
    return mine.double(), theirs.double()


@pytest.mark.parametrize("layers", [0, 1, 2])
@pytest.mark.parametrize("elapsed", [0.032, 1.0, 7.0])
def test_step_equals_the_oracle(layers, elapsed):
    mine, theirs = pair(layers)
    x, state = torch.randn(5, 3, dtype=torch.float64), torch.randn(5, 4, dtype=torch.float64)
    expected, _ = theirs(x, state, elapsed)
    got, after = mine.step(x, state, torch.full((5, 1), elapsed, dtype=torch.float64))
    torch.testing.assert_close(got, expected)
    assert torch.equal(got, after)


def test_every_row_has_its_own_time():
    mine, theirs = pair(1)
    x = torch.randn(2, 6, 3, dtype=torch.float64)
    elapsed = torch.rand(2, 6, dtype=torch.float64) * 3
    y, _ = mine(x, elapsed, torch.ones(2, 6, dtype=torch.bool), None)
    for row in range(2):
        h = torch.zeros(1, 4, dtype=torch.float64)
        for t in range(6):
            h, _ = theirs(x[row : row + 1, t], h, float(elapsed[row, t]))
            torch.testing.assert_close(y[row, t], h[0])


def test_dropout_only_in_training():
    cell = CfC(3, hidden_size=4, dropout=0.5)
    x, elapsed, mask = torch.randn(2, 6, 3), torch.ones(2, 6), torch.ones(2, 6, dtype=torch.bool)
    assert not torch.equal(cell(x, elapsed, mask)[0], cell(x, elapsed, mask)[0])
    cell.eval()
    assert torch.equal(cell(x, elapsed, mask)[0], cell(x, elapsed, mask)[0])
