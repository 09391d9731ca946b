"""Shown: how a page writes a metric's name, a number and an interval."""

import math
from collections.abc import Mapping
from typing import Any

NAMES = {
    "accuracy": "Accuracy (WA)",
    "balanced_accuracy": "Balanced accuracy (UA)",
    "macro_f1": "Macro F1",
    "weighted_f1": "Weighted F1",
    "parameters": "Parameters",
    "loss": "Loss",
}


def called(name: str) -> str:
    """Return how a reader calls a metric."""
    return NAMES.get(name) or name.upper()


def interval(metric: Mapping[str, Any]) -> str:
    """Return ``[low, high]`` or why there is none."""
    if metric.get("low") is None:
        return "no interval: too few units"
    return f"[{number(metric['low'])}, {number(metric['high'])}]"


def number(value: Any) -> str:
    """Return a figure with three decimals; what is undefined as a dash."""
    return "–" if value is None or (isinstance(value, float) and not math.isfinite(value)) else f"{value:.3f}"
