"""``insula check``: compose, validate, and run one trial per stream in memory; nothing is written."""

import argparse
import sys
from typing import Any


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
    from insula.plugin.manager import installed
    from insula.trial_run import try_run

    runs = preflight(args.overrides)
    if len(runs) > 1:
        print(f"{len(runs)} combinations are valid; the first one:")
    print(try_run(runs[0][1], installed()))
    return 0
