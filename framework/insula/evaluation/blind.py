"""Blind: test rows that stay closed until somebody opens them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from insula.errors import DataError, SplitError
from insula.evaluation.results import FoldResult
from insula.evaluation.validation import SEES_TEST
from insula.training.options import TrainingOptions
from insula.windows.audit import Audit
from insula.windows.batch import Batch

OPENED = "opened.json"
"""In a run's folder: when its test rows were opened."""


def stays_closed(options: TrainingOptions, audit: Audit, folder: Path, *, opening: bool) -> bool:
    """Whether the test rows of a run are to stay closed; that they are opened is written down.

    Raises
    ------
    SplitError
        If a blind run's validation rows are its test rows, or share something with them.
    """
    if not options.blind:
        return False
    if seen := [finding for finding in audit.findings if finding.kind in SEES_TEST]:
        raise SplitError(
            f"training.blind=true can't keep the test rows closed: {seen[0].reason}; type another split, or "
            "training.blind=false"
        )
    if opening and opened(folder) is None:
        (folder / OPENED).write_text(json.dumps({"opened": datetime.now(UTC).isoformat(timespec="seconds")}))
    return opened(folder) is None


def opened(folder: Path) -> str | None:
    """Return when a blind run's test rows were opened; None: they weren't."""
    path = folder / OPENED
    return json.loads(path.read_text())["opened"] if path.exists() else None


def closed_metrics(found: Sequence[FoldResult], unit: str) -> dict[str, Any]:
    """Return what ``metrics.json`` says of folds whose test rows are closed."""
    folds = [
        {
            **{"seed": result.seed, "fold": result.number, "epochs": result.summary["epochs"]},
            **{"sizes": result.summary["windows"], "validation": result.summary["validation"]},
        }
        for result in found
    ]
    return {"blind": True, "metrics": {}, "folds": folds, "unit": unit}


def closed_fold(result: FoldResult) -> FoldResult:
    """Return a fold that gives no test window to anybody."""

    def batches(role: str) -> Iterator[Batch]:
        return result.batches(_open(role))

    def perturbed(role: str, change: Any) -> Iterator[Batch]:
        return result.perturbed(_open(role), change)

    return replace(result, batches=batches, perturbed=perturbed)


def _open(role: str) -> str:
    if role not in ("train", "validation"):
        raise DataError(f"the run is blind, and its {role} windows are closed: insula evaluate RUN opens them")
    return role
