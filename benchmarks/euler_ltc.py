"""The Euler loop of the tiny liquid speech cell against its closed form: one forward and backward pass, beside an LSTM.

``python benchmarks/euler_ltc.py [--repeats N] [--json OUT]``. 64 utterances of 140 frames (the mean length of the
corpus, 4.5 s) with 39 features, one thread. The contestants take turns; a figure is the median of their ratios to the
closed form within a turn, which a busy machine slows down alike.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from insula_cells.euler_ltc import EulerLTC
from insula_cells.lstm import LSTM

BATCH, FRAMES, FEATURES, UNITS, CLASSES = 64, 140, 39, (8, 12, 16, 24, 32, 64, 128), 4


def literal(cell: EulerLTC, x: Tensor) -> Tensor:
    """Return the last state by the published loop, Euler step by Euler step."""
    h = x.new_zeros(len(x), cell.state_size)
    assert cell.c is not None
    assert cell.g is not None
    assert cell.dt is not None
    for frame in x.unbind(1):
        concat = torch.cat([frame, h], dim=-1)
        for _ in range(cell.unfolds):
            h = h + cell.dt * (torch.tanh(concat @ cell.weight.T + cell.bias) - h) / softplus(cell.tau)
        h = torch.clamp(torch.relu(h), max=cell.clip) * (10 * torch.sigmoid(cell.c)) / (10 * torch.sigmoid(cell.g))
    return h


def seconds(run: Callable[[], Tensor]) -> float:
    """Time one forward and backward pass."""
    begin = time.perf_counter()
    run().square().mean().backward()
    return time.perf_counter() - begin


def race(units: int, repeats: int) -> dict[str, float]:
    """Return size and relative times for a number of units, and how far loop and closed form are apart."""
    torch.manual_seed(0)
    cell, peer = EulerLTC(FEATURES, hidden_size=units), LSTM(FEATURES, hidden_size=units)
    x, elapsed = torch.randn(BATCH, FRAMES, FEATURES), torch.full((BATCH, FRAMES), 0.032)
    mask = torch.ones(BATCH, FRAMES, dtype=torch.bool)
    contestants: dict[str, Callable[[], Tensor]] = {
        "closed form": lambda: cell(x, elapsed, mask)[1],
        "literal loop": lambda: literal(cell, x),
        "torch's LSTM": lambda: peer(x, elapsed, mask)[0][:, -1],
    }
    turns = [{name: seconds(run) for name, run in contestants.items()} for _ in range(repeats + 1)][1:]
    double, wide = EulerLTC(FEATURES, hidden_size=units).double(), x.double()
    with torch.no_grad():
        apart = (double(wide, elapsed.double(), mask)[1] - literal(double, wide)).abs().max().item()
    parameters = sum(p.numel() for p in [*cell.parameters(), *nn.Linear(units, CLASSES).parameters()])
    ratios = {name: statistics.median(turn[name] / turn["closed form"] for turn in turns) for name in contestants}
    milliseconds = 1000 * statistics.median(turn["closed form"] for turn in turns)
    return {"parameters": parameters, "closed form, ms": milliseconds, **ratios, "apart in float64": apart}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--json", type=Path, help="write the figures there")
    args = parser.parse_args()
    torch.set_num_threads(1)
    found = {units: race(units, args.repeats) for units in UNITS}
    print("units  parameters  closed form  literal loop  torch's LSTM  apart in float64")
    for units, row in found.items():
        loop, peer = (f"{row[name]:.2f} ×" for name in ("literal loop", "torch's LSTM"))
        size, time_taken = f"{row['parameters']:,.0f}", f"{row['closed form, ms']:.1f} ms"
        print(f"{units:5}  {size:>10}  {time_taken:>11}  {loop:>12}  {peer:>12}  {row['apart in float64']:.1e}")
    if args.json:
        args.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
