"""Validation: what the rows that chose the epochs said of a whole run."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from insula.windows.audit import Audit

SEES_TEST = ("selection_on_test", "validation_shares_test")
"""Findings that make a validation figure a test figure."""


def validation_figures(summaries: Sequence[Mapping[str, Any]], audit: Audit) -> dict[str, float]:
    """Return the mean of every figure over folds and seeds, at the epochs whose weights were taken.

    Parameters
    ----------
    summaries
        ``fold.json`` of every fold of every seed.
    audit
        Of the run: where validation rows are test rows, or share something with them, nothing is validation.

    Returns
    -------
    dict
        ``loss`` and the figures of the first target (:data:`insula.stages.FIGURES`) that every fold has; nothing where
        a fold validated nothing.
    """
    if any(finding.kind in SEES_TEST for finding in audit.findings):
        return {}
    each = [summary.get("validation") or {} for summary in summaries]
    names = [name for name in each[0] if all(name in found for found in each)]
    return {name: float(np.mean([found[name] for found in each])) for name in names}


def run_cost(summaries: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    """Return what a window costs (:func:`insula.evaluation.window_cost.window_cost`) and how long a model trained.

    ``train_seconds`` is the mean over folds and seeds; None where a model was trained before this was measured.
    """
    seconds = [summary.get("seconds") for summary in summaries]
    known = [value for value in seconds if value is not None]
    return {
        "macs": summaries[0].get("macs"),
        "elementwise": summaries[0].get("elementwise"),
        "train_seconds": float(np.mean(known)) if len(known) == len(seconds) else None,
        "latency_ms": summaries[0].get("latency_ms"),
    }
