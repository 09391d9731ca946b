"""``insula audit RUN|FOLDS.csv``: what a protocol is worth, of a run or of folds that were made elsewhere."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from insula.windows.audit import Audit

TOO_LOW = 3
"""The exit code of a grade below what ``--fail-below`` asks for."""


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "audit",
        help="what a run or a table of folds is worth: leaks, grade, claim",
        description="Grade leakage from A to F, and say what is new in the test rows and what could not be looked for. "
        "A run is audited by the files in its folder; a table of folds has the columns row, fold, role (train, "
        "validation, test, adapt) and any of subject (speaker), session, recording, trial, stimulus (sentence), "
        "parent, t0, t1, label, dataset.",
        epilog="For example: insula audit folds.csv --claim 'new people' --fail-below B",
    )
    parser.add_argument("path", metavar="RUN|FOLDS.csv", type=Path, help="the folder of a run, or a table of folds")
    parser.add_argument("--json", action="store_true", dest="as_json", help="print it as JSON")
    parser.add_argument("--html", metavar="PAGE", type=Path, help="write it as a page, too")
    parser.add_argument(
        "--claim",
        nargs="+",
        action="extend",
        default=[],
        metavar="CLAIM",
        help="what the protocol promises, e.g. 'new people': rows that break it are a leak",
    )
    parser.add_argument(
        "--fail-below",
        choices=tuple("ABCDEF"),
        metavar="GRADE",
        help=f"end with exit code {TOO_LOW} if the grade is lower",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the audit; the exit code says nothing of the grade unless it is asked to."""
    audit = _audit(args.path, args.claim)
    if args.html is not None:
        from insula.report.audit import write_audit

        write_audit(audit, args.path, args.html)
    print(json.dumps(audit.to_json(), indent=1, ensure_ascii=False) if args.as_json else page(audit, args.path))
    return TOO_LOW if args.fail_below is not None and audit.grade > args.fail_below else 0


def _audit(path: Path, claims: list[str]) -> "Audit":
    from insula.errors import SplitError
    from insula.windows.audit import audit_folds
    from insula.windows.fold_file import read_folds
    from insula.windows.run_audit import audit_of_run

    path = path.expanduser()
    if not path.exists():
        raise SplitError(f"{path}: there is no such file or folder")
    if path.is_dir():
        return audit_of_run(path, claims)
    table = read_folds(path)
    return audit_folds(table.index, table.folds, label=table.label, claims=claims, names=table.names)


def page(audit: "Audit", path: Path) -> str:
    """Return an audit as text."""
    from insula.windows.finding import GRADES

    lines = [f"{path}: grade {audit.grade}, {GRADES[audit.grade]}", f"claim: {', '.join(audit.claim) or 'none'}"]
    if audit.promised:
        lines.append(f"held against: {', '.join(audit.promised)}")
    names = audit.facts["names"]
    for finding in audit.findings:
        where = "all folds" if len(finding.folds) == len(names) else f"folds {', '.join(map(str, finding.folds))}"
        lines += ["", f"{finding.kind} (at best {finding.cap}), {where}", *_wrapped(finding.reason)]
    if not audit.findings:
        lines += ["", "no finding"]
    lines += ["", *_sizes(audit)]
    for needs, title in (("column", "not looked for:"), ("run", "only the folder of a run tells:")):
        there = [item for item in audit.not_checked if item.needs == needs]
        lines += ["", title] if there else []
        lines += [line for item in there for line in _wrapped(f"{item.kind}: {item.reason}")]
    return "\n".join(lines)


def _wrapped(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, 100, initial_indent="  ", subsequent_indent="    ")


def _sizes(audit: "Audit") -> list[str]:
    """Return a line per fold: windows, trials and people of every role that has any."""
    folds, names = audit.facts["folds"], [str(name) for name in audit.facts["names"]]
    roles = [role for role in folds[0] if any(fold[role]["windows"] for fold in folds)]
    cells = [[" / ".join(str(number) for number in fold[role].values()) for role in roles] for fold in folds]
    table = [["fold", *roles], *([name, *row] for name, row in zip(names, cells, strict=True))]
    widths = [max(len(row[place]) for row in table) for place in range(len(roles) + 1)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return [lines[0] + "   (rows / trials / people)", *lines[1:]]
