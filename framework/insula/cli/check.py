"""``insula check``: compose, validate, and run one trial per stream in memory; nothing is written."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from insula.cli.compose import Job


def add_parser(commands: Any) -> None:
    """Add the command; its arguments are Hydra's."""
    parser = commands.add_parser(
        "check",
        help="validate a run and size its model, writing nothing",
        description="Compose and validate (-m: every combination), run one trial per stream in memory, print its cost.",
        add_help=False,
    )
    parser.set_defaults(run=run, takes_overrides=True)


def run(args: argparse.Namespace) -> int:
    """Check the composed run; of a sweep, every combination is validated and the first one is sized."""
    from insula.cli.compose import asks_help, preflight, usage

    if asks_help(args.overrides) or not args.overrides:
        asked = bool(args.overrides)
        what = "Compose and validate (with -m: every combination), run one trial per stream, print sizes."
        print(usage("check", what), file=None if asked else sys.stderr)
        return 0 if asked else 2
    jobs = preflight(args.overrides)
    for line in sized(jobs):
        print(line, flush=True)
    return 0


def sized(jobs: "Sequence[Job]") -> "Iterator[str]":
    """Yield what a run is and costs, its parameters in the last line; of several, a line each and their sum."""
    from insula.plugin.manager import installed
    from insula.sources.memory import MemoryStore
    from insula.trial_run import try_run

    store, total = MemoryStore(), None
    if len(jobs) > 1:
        yield f"{len(jobs)} combinations are valid; a few steps of each:"
    for job in jobs:
        found = try_run(job.config, installed(), store)
        total = found.cost if total is None else total + found.cost
        if len(jobs) > 1:
            step = f"{1000 * found.cost.train:.0f} ms a step of {found.cost.windows} windows"
            yield f"{job.name}: {found.parameters:,} parameters, {step}, {found.cost}"
        else:
            yield from found.lines
            yield f"one training step of {found.cost.windows} windows: {1000 * found.cost.train:.1f} ms"
            yield f"the whole run: {found.cost}, {found.cost.beside()}"
            yield f"parameters: {found.parameters:,}"
    if total is not None and len(jobs) > 1:
        yield f"together: {total}, {total.beside()}"
