"""``insula evaluate``: open the test rows of blind runs."""

import argparse
import logging
from pathlib import Path
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "evaluate",
        help="open the test rows of blind runs",
        description="Predict the test rows of runs that were trained with training.blind=true, by the models in their "
        "folders, and write metrics and report as other runs have them. The data must still be there.",
        epilog="For example: insula evaluate runs/mine. Choose by validation first, and open only what was chosen.",
    )
    parser.add_argument("runs", nargs="+", metavar="RUN", type=Path, help="the folder of a finished blind run")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check all runs, then open one after the other."""
    from insula import pipeline
    from insula.cli.train import said
    from insula.config import resolve
    from insula.plugin.manager import installed

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    composed = {folder: _blind(folder) for folder in args.runs}
    for folder, plain in composed.items():
        metrics = pipeline.run(resolve(plain, installed()), folder, installed(), opening=True)
        print(f"{folder}: {said(metrics)}; opened {metrics['opened']}; the report: {folder / 'report.html'}")
    return 0


def _blind(folder: Path) -> dict[str, Any]:
    """Return the composed options of a blind run that is finished and closed.

    Raises
    ------
    ConfigError
        If the folder holds none.
    """
    from insula.errors import ConfigError
    from insula.evaluation.blind import opened
    from insula.evaluation.finished import FinishedRun

    found = FinishedRun.of(folder)
    if not (found.config.get("training") or {}).get("blind", False):
        raise ConfigError(f"the run in {folder} isn't blind: its report shows the test rows already")
    if "opened" in found.metrics:
        raise ConfigError(f"the run in {folder} was opened on {opened(folder)}: its report shows the test rows")
    return dict(found.config)
