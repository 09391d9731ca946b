"""Unchecked: the leaks that a table of folds can't show, because a column is missing or only a run knows."""

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from insula.windows.held_out import UNITS
from insula.windows.protocol import Protocol

OF_A_RUN = {
    "fitted_on_test": "what scalers, filters and other learnt steps are fitted on",
    "transductive_statistics": "what is fitted on each person's or recording's own data",
    "selection_on_test": "which rows chose the epoch or the model",
    "tested_copies": "augmented copies that are made inside a run",
    "identity_stream": "inputs that say who a person is",
    "near_duplicates": "recordings under two names, which their signals tell",
    "unbounded_reach": "steps that look at a whole recording",
    "threshold_from_test": "classes that are cut at a median of labels under test",
    "disclosed_step": "what a step says of itself",
}
"""What needs a run rather than a table of folds."""
_COLUMNS = {
    "shared_trial": ("trial",),
    "augmented_copies": ("trial", "parent"),
    "overlapping_samples": ("t0", "t1"),
    "shared_subject": ("subject",),
    "shared_stimulus": ("stimulus",),
    "shared_session": ("session",),
    "shared_conversation": ("group",),
}
_OPTIONAL = ("parent", "group", "session", "stimulus")
"""Columns in which no value at all may say that there is nothing of the kind; so may some missing ones."""
_ALIASES = {"speaker": "subject", "sentence": "stimulus"}


@dataclass(frozen=True)
class Unchecked:
    """A kind of leak that wasn't looked for, what it needs, and why."""

    kind: str
    needs: Literal["run", "column"]
    reason: str


def unchecked(protocol: Protocol, label: str | None, promised: Collection[str], *, a_run: bool) -> list[Unchecked]:
    """Say what an audit couldn't look for."""
    found = []
    claimed = {kind for kind, unit in UNITS.items() if unit.claim in promised}
    wanted = {**_COLUMNS, **({"shared_dataset": ("dataset",)} if "shared_dataset" in claimed else {})}
    for kind, columns in wanted.items():
        why = [text for column in columns if (text := _lacking(protocol, column, strict=kind in claimed))]
        if kind == "overlapping_samples" and not why and (nowhere := int((protocol.recording < 0).sum())):
            why = [f"{nowhere} of {len(protocol.index)} rows have neither recording nor trial to count seconds from"]
        if why:
            found.append(Unchecked(kind, "column", "; ".join(why)))
    if "stimulus" not in protocol.index and label in protocol.index:
        found.append(Unchecked("stimulus_determines_label", "column", "no column stimulus"))
    if label is None or label not in protocol.index:
        of_labels = ("stimulus_determines_label", "missing_class")
        found += [Unchecked(kind, "column", "no column label") for kind in of_labels]
    if not a_run:
        found += [Unchecked(kind, "run", what) for kind, what in OF_A_RUN.items()]
    return found


def _lacking(protocol: Protocol, column: str, *, strict: bool) -> str | None:
    index = protocol.index
    if column not in index:
        others = {str(name).lower(): str(name) for name in index}
        near = difflib.get_close_matches(column, others, n=1, cutoff=0.75)
        return f"no column {column}" + (f" (is it {others[near[0]]!r}?)" if near else "")
    missing = int(index[column].isna().sum())
    if missing and column == "recording":
        return None
    if missing == len(index) and column == "parent":
        return None  # nothing is a copy
    if missing == len(index):
        return f"no row has a {column}"
    if missing and (strict or column not in _OPTIONAL):
        return f"{missing} of {len(index)} rows have no {column}"
    return None
