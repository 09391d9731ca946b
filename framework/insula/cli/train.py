"""``insula train``: one run, or a sweep with ``-m``."""

import argparse
import logging
import sys
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the command; its arguments are Hydra's."""
    parser = commands.add_parser(
        "train",
        help="prepare, train every fold, evaluate, report",
        description="Prepare, train every fold, evaluate and report. Arguments are Hydra overrides.",
        epilog="For example: insula train experiment=demo cell=gru; -m sweeps; --cfg job shows the composed run",
        add_help=False,
    )
    parser.set_defaults(run=run, takes_overrides=True)


def run(args: argparse.Namespace) -> int:
    """Validate every combination, then let Hydra run them."""
    from insula.cli.compose import asks_help, asks_hydra, preflight, usage
    from insula.cli.launch import launch

    if asks_help(args.overrides) or not args.overrides:
        asked = bool(args.overrides)
        print(usage("train", "Prepare, train every fold, evaluate and report."), file=None if asked else sys.stderr)
        return 0 if asked else 2
    launch(job, args.overrides, () if asks_hydra(args.overrides) else preflight(args.overrides))
    return 0


def job(composed: Any) -> None:
    """Run one composed run in the folder that Hydra made for it."""
    from pathlib import Path

    from hydra.core.hydra_config import HydraConfig
    from omegaconf import OmegaConf

    from insula import pipeline
    from insula.config import resolve
    from insula.plugin.manager import installed

    plain = OmegaConf.to_container(composed, resolve=True)
    folder = Path(HydraConfig.get().runtime.output_dir)
    metrics = pipeline.run(resolve(plain, installed()), folder, installed())  # type: ignore[arg-type]
    name, first = next(iter(metrics["metrics"].items()))
    log = logging.getLogger("insula")
    log.info(
        "%s %.3f, leakage grade %s; the report: %s", name, first["value"], metrics["grade"], folder / "report.html"
    )
