"""``insula diff``: what differs between two runs, of all that decides a result."""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

PARTS = {
    "options": "options",
    "data": "data and folds (digests)",
    "versions": "versions of packages and plugins",
    "commit": "commit of insula",
}
"""What decides a result."""
BESIDE = {"beside": "options that decide no result", "machine": "machine"}


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "diff",
        help="what differs between two runs",
        description="Show the options, the digests of data and folds, and the versions in which two runs differ.",
        epilog="For example: insula diff runs/a runs/b",
    )
    parser.add_argument("runs", nargs=2, metavar="RUN", type=Path, help="the folder of a run")
    parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what differs."""
    from insula.evaluation.finished import FinishedRun
    from insula.report.render import plain

    found = difference(*(FinishedRun.of(folder) for folder in args.runs))
    print(json.dumps(plain(found), indent=1) if args.as_json else "\n".join(_lines(found)))
    return 0


def difference(a: Any, b: Any) -> dict[str, Any]:
    """Return what differs between two finished runs: what it is to its two values, by part.

    ``same`` says whether nothing differs that decides a result; ``beside`` and ``machine`` don't count.
    """
    from insula.evaluation.run_folder import decides, flat

    options = _differing(*(flat(run.config) for run in (a, b)))
    deciding = {name: pair for name, pair in options.items() if decides(name) and not name.startswith("analyses")}
    environments = [run.environment for run in (a, b)]
    known = [{**(e.get("versions") or {}), "python": e.get("python")} for e in environments]
    plugins = [{f"plugin {name}": v for name, v in (run.bundle.get("plugins") or {}).items()} for run in (a, b)]
    machines = [{name: e.get(name) for name in ("platform", "device", "threads", "cores")} for e in environments]
    found = {
        "options": deciding,
        "data": _differing(a.digests, b.digests),
        "versions": _differing(*({**v, **p} for v, p in zip(known, plugins, strict=True))),
        "commit": _differing(*({"commit": e.get("commit")} for e in environments)),
    }
    same = not any(found.values())
    beside = {name: pair for name, pair in options.items() if name not in deciding}
    return {"same": same, **found, "beside": beside, "machine": _differing(*machines)}


def _differing(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [a.get(name), b.get(name)] for name in dict.fromkeys([*a, *b]) if a.get(name) != b.get(name)}


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    if found["same"]:
        yield "nothing that decides a result differs"
    for part, title in {**PARTS, **BESIDE}.items():
        if found[part]:
            yield f"{title}:"
            yield from (f"  {name}: {_text(a)} | {_text(b)}" for name, (a, b) in found[part].items())


def _text(value: Any) -> str:
    return "–" if value is None else value if isinstance(value, str) else json.dumps(value)
