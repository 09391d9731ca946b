"""``insula train``: one run, or a sweep with ``-m``."""

import argparse
import logging
import sys
from collections.abc import Mapping
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


def job(composed: Any) -> float | None:
    """Run one composed run in the folder that Hydra made for it; return what a sweeper may choose by: validation."""
    from pathlib import Path

    from hydra.core.hydra_config import HydraConfig
    from omegaconf import OmegaConf

    from insula import pipeline
    from insula.cli.sought import check_direction, sought
    from insula.config import resolve
    from insula.plugin.manager import installed

    plain = OmegaConf.to_container(composed, resolve=True)
    config = resolve(plain, installed())  # type: ignore[arg-type]
    check_direction(config.training.monitor)
    folder = Path(HydraConfig.get().runtime.output_dir)
    metrics = pipeline.run(config, folder, installed())
    logging.getLogger("insula").info("%s; the report: %s", said(metrics), folder / "report.html")
    return sought(metrics, config.training.monitor)


def said(metrics: Mapping[str, Any]) -> str:
    """Say a run's first figure in a line, with what it is worth; of a blind run what validation said."""
    blind = metrics.get("blind")
    named = metrics["validation"] if blind else {name: each["value"] for name, each in metrics["metrics"].items()}
    figures = [f"{name} {value:.3f}" for name, value in named.items() if name != "loss" and value is not None]
    what = (figures or ["no figure"])[0]
    return f"{what}{' on validation (blind)' if blind else ''}, leakage grade {metrics['grade']}"
