"""``insula``: one command, one file each; exit code 0, 1 (a user's mistake, said without a traceback) or 2 (usage)."""

import argparse
import importlib
import sys
from collections.abc import Sequence

import insula
from insula.errors import InsulaError

COMMANDS = ("train", "check", "evaluate", "compare", "diff", "audit", "inspect", "plugins", "explain", "generate")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; nothing heavy is imported before one runs."""
    parser = argparse.ArgumentParser(
        prog="insula",
        description="Emotion models on bio-signals and speech, composed from plugins.",
        epilog="A first run on made-up data: insula train experiment=demo",
    )
    parser.add_argument("--version", action="version", version=f"insula {insula.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        importlib.import_module(f"insula.cli.{name}").add_parser(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    args, rest = build_parser().parse_known_args(arguments)
    if rest and not getattr(args, "takes_overrides", False):
        print(
            f"insula {args.command}: I don't know {' '.join(rest)}; see insula {args.command} --help", file=sys.stderr
        )
        return 2
    args.overrides = rest
    try:
        return args.run(args) or 0
    except InsulaError as error:
        print(f"insula {args.command}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output, `head` say, has seen enough
        sys.stderr.close()
        return 0
    except KeyboardInterrupt as stopped:
        print(f"insula {args.command}: interrupted{f'; {stopped}' if stopped.args else ''}", file=sys.stderr)
        return 130
