"""A trial that stands beside those of other datasets: its names hold within its dataset only."""

from dataclasses import replace
from typing import Any

from insula.types import Trial

JOINED = "insula.dataset"
"""The key in a joined trial's ``context`` that holds what stands before its names."""
NAMES = ("id", "subject", "recording", "group", "parent")
"""What tells trials, people, recordings and dialogues apart wherever trials are grouped, without a look at their
dataset.
"""


def joined(trial: Trial, dataset: str) -> Trial:
    """Return a trial whose names begin with its dataset, so that those of two datasets are never the same."""
    names = {name: f"{dataset}/{value}" for name in NAMES if (value := getattr(trial, name))}
    return replace(trial, dataset=dataset, context={**trial.context, JOINED: dataset}, **names)


def own_name(trial: Trial, name: str) -> Any:
    """Return what a trial (or its subject, recording, ...) is called in its own dataset."""
    value, dataset = getattr(trial, name), trial.context.get(JOINED)
    return value.removeprefix(f"{dataset}/") if dataset is not None and name in NAMES and value else value
