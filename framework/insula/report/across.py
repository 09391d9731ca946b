"""Across: what an analysis found in several runs, side by side."""

from collections.abc import Mapping
from typing import Any

from insula.errors import InsulaError
from insula.evaluation.analysis import Section
from insula.plugin.manager import installed
from insula.report.measured import Measured


def analyses_across(runs: Mapping[str, Measured]) -> list[Section]:
    """Return the sections of the analyses that have something to say of several runs at once.

    Parameters
    ----------
    runs
        By what they are called.
    """
    keys = dict.fromkeys(key for run in runs.values() for key in run.config.get("analyses") or {})
    found = [_section(key, runs) for key in keys]
    return [section for section in found if section is not None]


def _section(key: str, runs: Mapping[str, Measured]) -> Section | None:
    values: dict[str, Mapping[str, Any]] = {}
    for row, run in runs.items():
        if own := (run.metrics.get("analyses") or {}).get(key):
            values[row] = own
    if len(values) < 2:
        return None
    told = runs[next(iter(values))].config["analyses"][key]
    try:
        component = installed().get("analyses", told.get("name", key) if isinstance(told, Mapping) else key)
    except InsulaError:  # the runs were made where a plugin was installed that isn't here
        return None
    return component.cls.across(values)
