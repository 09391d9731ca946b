"""``insula compare``: runs side by side, with intervals, paired tests and what they cost."""

import argparse
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from insula.report.comparison import Comparison

FORMS = {
    "json": "print one JSON object",
    "csv": "print the rows as CSV",
    "latex": "print the table for LaTeX (booktabs)",
    "markdown": "print the tables as Markdown",
}
WIDTH = 100
TOLD = 3
"""Reasons that an error names."""
MADE_UP = "SYNTHETIC: the data are made up. These figures test the software; they say nothing about people."


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "compare",
        help="an ablation table of runs, with intervals, tests and costs",
        description="Compare runs that were measured on the same rows and folds: a table of what differs in their "
        "options, what they scored on test beside validation, and what they cost; paired tests against the row that "
        "validation chose. Runs that differ in nothing but their seeds are one row.",
        epilog="For example: insula compare multirun/2026-01-31/12-00-00 --html table.html; "
        "insula compare runs/a runs/b --latex > table.tex",
    )
    parser.add_argument("runs", nargs="+", metavar="RUN|SWEEP", type=Path, help="folders of runs, sweeps or studies")
    form = parser.add_mutually_exclusive_group()
    for name, text in FORMS.items():
        form.add_argument(f"--{name}", dest="form", action="store_const", const=name, help=text)
    parser.add_argument("--html", metavar="PATH", type=Path, help="write a page with figures, too")
    parser.add_argument("--metric", help="what to compare by (default: balanced_accuracy; ccc of a number)")
    parser.add_argument("--against", metavar="ROW", help="the row to test against: name, number or folder")
    parser.add_argument("--anyway", action="store_true", help="show what isn't comparable side by side, without tests")
    parser.set_defaults(run=run, form="text")


def run(args: argparse.Namespace) -> int:
    """Print the comparison.

    Raises
    ------
    ConfigError
        If a folder holds no finished run, or the runs aren't comparable.
    """
    from insula.errors import ConfigError
    from insula.report.comparison import compare
    from insula.report.comparison_json import to_json
    from insula.report.comparison_page import write_comparison
    from insula.report.render import plain

    rows, unfinished = _rows(args.runs)
    found = compare(rows, metric=args.metric, against=args.against)
    refused = bool(found.apart) and not args.anyway
    if args.form == "json":
        print(json.dumps(plain({**to_json(found), **({"unfinished": unfinished} if unfinished else {})}), indent=1))
    if refused:
        more = f". {len(found.apart) - TOLD} more differ from the first" if len(found.apart) > TOLD else ""
        raise ConfigError(
            f"these runs can't be compared. {'. '.join(found.apart[:TOLD])}{more}. Compare those of one protocol, or "
            "type --anyway to see them side by side, without tests"
        )
    if args.form != "json":
        print(_printed(found, args.form, unfinished))
    if args.html:
        write_comparison(found, args.html)
    return 0


def _rows(folders: list[Path]) -> tuple[list[Any], list[str]]:
    """Return the rows of finished runs, and the folders inside of sweeps whose runs aren't finished."""
    from insula.errors import ConfigError
    from insula.evaluation.finished import FinishedRun, find_runs
    from insula.report.compared_row import rows_of

    found, unfinished = [], []
    for folder in find_runs(folders):
        if folder in folders or (folder / "metrics.json").exists():
            found.append(FinishedRun.of(folder))
        else:
            unfinished.append(str(folder))
    if not found:
        raise ConfigError(f"no run in {', '.join(map(str, folders))} is finished ({len(unfinished)} begun)")
    return rows_of(found), unfinished


def _printed(found: "Comparison", form: str, unfinished: list[str]) -> str:
    from insula.report.comparison_json import to_csv_rows
    from insula.report.comparison_notes import notes
    from insula.report.comparison_tables import differences_table, rows_table
    from insula.report.formats import as_csv, as_latex, as_markdown, as_text

    if form == "csv":
        return as_csv(to_csv_rows(found))
    said = [*([MADE_UP] if found.made_up else []), *notes(found)]
    if unfinished:
        said.append(f"Not finished, and left out: {', '.join(unfinished)}.")
    tables = [table for table in (rows_table(found), differences_table(found)) if table]
    if form == "latex":
        return "\n\n".join([as_latex(tables[0], said), *map(as_latex, tables[1:])])
    if form == "markdown":
        return "\n\n".join([*map(as_markdown, tables), "\n".join(f"- {line}" for line in said)])
    width = min(shutil.get_terminal_size((WIDTH, 24)).columns, 160)
    return "\n\n".join([*(as_text(table, width) for table in tables), *_wrapped(said, width)])


def _wrapped(lines: list[str], width: int) -> list[str]:
    import textwrap

    return ["\n".join(textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) for line in lines)]
