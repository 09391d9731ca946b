"""How fast cells are: a forward pass and a training step of each, beside torch's LSTM and GRU, ncps and torch.compile.

``python benchmarks/cells.py [--quick] [--threads N] [--json OUT]``. All run in turn in every round, so that a busy
machine slows them down alike; a figure is the median of its rounds, between quartiles, and a ratio is the median of the
ratios within a round. A training step is a forward pass and the gradients of inputs and parameters. ``OUT`` gets a list
of ``{"cell", "shape", "pass", "ratio_to_lstm", "ratio_to_ncps"}``, ours divided by the peer's; ncps is its LTC of the
same size, with the same wiring.
"""

import argparse
import gc
import json
import math
import os
import random
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from contenders import CELLS, Contender, Shape, cell, contenders, work
from machine import Ceiling, ceiling

SETTINGS = {
    # torch's LSTM makes large tensors at every call. glibc would give each back to the system, and the pages of the
    # next one would be zeroed and mapped again, which takes it as long as computing.
    "MALLOC_MMAP_THRESHOLD_": str(2**32),
    "MALLOC_TRIM_THRESHOLD_": str(2**34),
    # Threads of torch's that wait for work would else go round in circles on the core that a kernel's thread needs.
    "GOMP_SPINCOUNT": "10000",
}
"""What must be set before torch is imported, for a fair race."""
SHAPES: tuple[Shape, ...] = ((64, 500, 39, 16), (64, 500, 39, 64), (32, 160, 64, 64), (32, 640, 64, 128))
PASSES = ("forward", "training")
SLOW = 0.5
"""Seconds; what takes longer doesn't run in every round."""
BUSY = 0.5
"""Load before the race from which its figures aren't worth much, those of torch's threads least of all."""
GRADIENTS = 3
"""A matrix product has one of its own size for each of its two gradients."""

Times = dict[str, dict[int, float]]
"""Of every contender, the seconds of the rounds that it ran in."""


def seconds(contender: Contender, which: str) -> float:
    """Time a pass; where fewer steps run than the shape has, as many times longer."""
    contender.clear()
    begin = time.perf_counter()
    getattr(contender, which)()
    return (time.perf_counter() - begin) / contender.part


def race(field: Sequence[Contender], which: str, rounds: int) -> Times:
    """Let all run in turn, in an order that changes."""
    draw, times, every = random.Random(0), {each.name: {} for each in field}, {}
    for each in field:  # the first pass compiles, the second one is warm
        seconds(each, which)
        taken = seconds(each, which) * each.part
        every[each.name] = min(math.ceil(taken / SLOW), max(1, rounds // 2))
    gc.disable()
    for number in range(rounds):
        for each in draw.sample(field, len(field)):
            if number % every[each.name] == 0:
                times[each.name][number] = seconds(each, which)
        gc.collect()
    gc.enable()
    return times


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the lower quartile, the median and the upper quartile."""
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else list(values) * 3
    return low, middle, high


def ratios(times: Times, name: str, peer: str) -> list[float]:
    """Return how many times longer one takes than another, round by round."""
    return [taken / times[peer][number] for number, taken in times[name].items() if number in times.get(peer, {})]


def peer_of(name: str) -> str:
    """Return which of ncps' networks has a cell's wiring."""
    return "ncps_autoncp" if name == "ltc_autoncp" else "ncps"


def entries(times: Times, shape: Shape, which: str) -> list[dict[str, Any]]:
    """Return what scripts read, of our cells."""
    found = []
    for name in (name for name in CELLS if name in times):
        peers = {"ratio_to_lstm": ratios(times, name, "lstm"), "ratio_to_ncps": ratios(times, name, peer_of(name))}
        medians = {key: statistics.median(values) if values else None for key, values in peers.items()}
        found.append({"cell": name, "shape": list(shape), "pass": which, **medians})
    return found


def row(contender: Contender, times: Times, which: str, most: Ceiling) -> str:
    """Return a line of the table."""
    low, middle, high = (1000 * value for value in quartiles(list(times[contender.name].values())))
    text = f"{contender.name + ('*' if contender.part < 1 else ''):<26}"
    text += f"{middle:9.2f} ({low:.2f}–{high:.2f})".ljust(32)
    low, ratio, high = quartiles(ratios(times, contender.name, "lstm"))
    text += f"{ratio:8.3f} ({low:.3f}–{high:.3f})".ljust(28)
    faster = ratios(times, contender.name, peer_of(contender.name))
    text += f"{1 / statistics.median(faster):8.1f}" if faster else " " * 8
    if (done := work(contender)) is not None:
        flops, functions = (part * contender.shape[0] * contender.shape[1] / 1e9 for part in done)
        flops *= GRADIENTS if which == "training" else 1
        floor = flops / most.flops + functions / most.functions
        text += f"{flops:9.3f} {functions:9.4f} {1000 * floor:9.2f} {100_000 * floor / middle:6.1f} %"
    return text


def measure(shape: Shape, most: Ceiling, rounds: int, *, compiling: bool) -> list[dict[str, Any]]:
    """Race at a shape, print the tables, and return what scripts read."""
    field, found = list(contenders(shape, compiling=compiling)), []
    for which in PASSES:
        print(f"\n{which}, batch {shape[0]}, {shape[1]} steps, {shape[2]} features, {shape[3]} hidden units")
        head = "milliseconds".rjust(12).ljust(32) + "÷ LSTM".rjust(8).ljust(28)
        print(f"{'':<26}{head}{'ncps ÷':>8}{'GFLOP':>9} {'G funct.':>9} {'floor, ms':>9} {'of it':>8}")
        times = race(field, which, rounds)
        for contender in field:
            print(row(contender, times, which, most))
        found += entries(times, shape, which)
    for contender in (each for each in field if each.part < 1):
        print(f"* {contender.name}: {contender.steps} steps, times {1 / contender.part:g}; all would keep too much")
    kept = {contender.name: contender.kept() / contender.part for contender in field}
    print("a training step keeps, in MB: " + ", ".join(f"{name} {size / 1e6:.1f}" for name, size in kept.items()))
    return found


def unfolding(shape: Shape = (8, 10, 5, 16), several: int = 12) -> dict[str, tuple[int, int]]:
    """Return the bytes that a training step keeps with one unfold and with several, of all cells that have some."""
    found = {}
    for name in CELLS:
        made = [cell(name, *shape[2:])]
        if made[0] is not None and hasattr(made[0], "unfolds"):
            made = [cell(name, *shape[2:], unfolds=unfolds) for unfolds in (1, several)]
            found[name] = tuple(Contender(name, each, shape, ours=True).kept() for each in made)
    return found


def main() -> None:
    """Measure all shapes and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads, of torch's and of kernels")
    parser.add_argument("--json", type=Path, help="write the ratios there")
    args = parser.parse_args()
    if SETTINGS.keys() - os.environ.keys():
        os.execve(sys.executable, [sys.executable, *sys.argv], SETTINGS | dict(os.environ))
    busy = os.getloadavg()[0]
    if busy > BUSY:
        print(f"the machine is busy (load {busy:.1f}): threads that wait for each other wait long", file=sys.stderr)
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    one, most = ceiling(1), ceiling(args.threads)
    print(
        f"one core can do {one.flops:.0f} GFLOP/s or {one.functions:.2f} G sigmoids/s; {args.threads} threads: ", end=""
    )
    print(f"{most.flops:.0f}, {most.functions:.2f}. A floor is what is counted at these speeds, one after the other")
    found = [
        each for shape in SHAPES for each in measure(shape, most, 7 if args.quick else 31, compiling=not args.quick)
    ]
    for name, (once, often) in unfolding().items():
        grows = "doesn't grow" if often <= once else "grows"
        print(f"{name}: what a training step keeps {grows} with unfolds ({once:,} bytes with 1, {often:,} with 12)")
    if args.json:
        args.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
