"""The leakage audit: what a protocol is worth, read off the folds themselves."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from insula.errors import SplitError
from insula.windows.classes import missing_classes
from insula.windows.disclosures import (
    declared,
    known_people,
    selection_on_test,
    shared_conversations,
    stimulus_determines_label,
    tested_copies,
    thresholds_from_test,
    transductive_statistics,
    unbounded_reach,
)
from insula.windows.finding import Finding, FoldName, Grade
from insula.windows.held_out import held_out
from insula.windows.leaks import train_test_leaks, validation_leaks
from insula.windows.protocol import Ints, Protocol, count, shared, trained
from insula.windows.run_facts import RunFacts
from insula.windows.split import CLAIMS, Fold
from insula.windows.unchecked import Unchecked, unchecked


@dataclass(frozen=True)
class Audit:
    """Grade of leakage, and beside it what the protocol claims.

    A: nothing found. B: unlabelled data of people under test (or a median of their labels) are used, conversations are
    cut apart, augmented copies are tested, a step discloses something of itself, or validation is no check on training.
    C: an input says who a known person is. D: the stimulus tells the label, and stimuli are shared. E: test rows, or
    what a protocol holds out for test, choose the model. F: training and test overlap, or what should be held out
    isn't.
    """

    grade: Grade
    claim: tuple[str, ...]
    findings: Sequence[Finding] = ()
    unit: str = "trial"
    """What the protocol holds out, and intervals are over: a column of the index, or ``subject and stimulus``."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """``folds``: how many windows, trials and subjects each fold has in each role; ``names``: what folds are called."""
    not_checked: Sequence[Unchecked] = ()
    """What couldn't be looked for: a column is missing, or only a run knows."""
    promised: tuple[str, ...] = ()
    """What the folds were held against."""
    known: RunFacts | None = None
    """What the run told; None of a table of folds."""

    def to_json(self) -> dict[str, Any]:
        """Return plain values, as ``insula audit --json`` prints them."""
        findings = [{"kind": f.kind, "folds": list(f.folds), "reason": f.reason, "cap": f.cap} for f in self.findings]
        left = [{"kind": item.kind, "needs": item.needs, "reason": item.reason} for item in self.not_checked]
        return {"grade": self.grade, "claim": list(self.claim), "findings": findings, "not_checked": left}


def audit_folds(
    index: pd.DataFrame,
    folds: Sequence[Fold],
    *,
    label: str | None = None,
    claims: Sequence[str] = (),
    facts: RunFacts | None = None,
    names: Sequence[FoldName] = (),
) -> Audit:
    """Grade folds by what their rows share.

    Parameters
    ----------
    index
        One row per window, with any of the columns of :class:`~insula.windows.split.Split`; ``raw_t0`` and ``raw_t1``
        default to ``t0`` and ``t1``, and times are within the trial where there is no ``recording``.
    folds
        Positions in ``index``.
    label
        The column of the target: class names (or whole numbers), or floats.
    claims
        What the protocol promises of its test rows, among :data:`~insula.windows.split.CLAIMS`: the folds are held
        against it. None: against what they plainly do.
    facts
        What a run knows beside its rows; None: this is a table of folds.
    names
        What the folds are called; by default they are numbered.

    Raises
    ------
    SplitError
        If there is no fold, or no such claim.
    """
    known, promised = facts or RunFacts(), _promised(claims)
    duplicates = [(pair.trial, pair.other) for pair in known.duplicates]
    protocol = Protocol(index, folds, names, duplicates, made_elsewhere=facts is None)
    findings = [
        *train_test_leaks(protocol),
        *held_out(protocol, promised),
        *selection_on_test(protocol, known.selects_on_test),
        *validation_leaks(protocol),
        *stimulus_determines_label(protocol, label),
        *known_people(protocol, known.identity),
        *transductive_statistics(protocol, known.fitted),
        *unbounded_reach(protocol, known.infinite),
        *thresholds_from_test(protocol, known.own_medians),
        *tested_copies(protocol),
        *shared_conversations(protocol),
        *declared(protocol, known.disclosed),
        *missing_classes(protocol, label),
    ]
    caps: list[Grade] = ["A", *(finding.cap for finding in findings)]
    claim = _claim(protocol)
    sizes = {"folds": _sizes(protocol), "names": list(protocol.titles)}
    left = unchecked(protocol, label, promised, a_run=facts is not None)
    return Audit(max(caps), claim, findings, _unit(protocol, claim), sizes, left, promised, facts)


def _promised(claims: Sequence[str]) -> tuple[str, ...]:
    """Return the claims one by one.

    Raises
    ------
    SplitError
        If there is no such claim.
    """
    found: list[str] = []
    for claim in claims:
        found += ["new people", "new stimuli"] if claim == "new people and stimuli" else [claim]
    for claim in found:
        if claim not in CLAIMS:
            near = difflib.get_close_matches(claim, CLAIMS, n=1)
            meant = f" (did you mean {near[0]!r}?)" if near else ""
            raise SplitError(f"there is no claim {claim!r}{meant}; a claim is one of {', '.join(CLAIMS)}")
    return tuple(dict.fromkeys(found))


def _claim(protocol: Protocol) -> tuple[str, ...]:
    """Say what is new in the test rows of every fold, as far as the columns are known throughout."""
    people, stimuli = _new(protocol, protocol.subject), _new(protocol, protocol.stimulus)
    claims = {
        "new trials": _new(protocol, protocol.family),
        "new stimuli": stimuli,
        "new people": people,
        "new people and stimuli": people and stimuli,
        "new sessions": _new(protocol, protocol.codes("session")),
        "new datasets": _new(protocol, protocol.codes("dataset", ())),
    }
    return tuple(name for name, holds in claims.items() if holds)


def _unit(protocol: Protocol, claim: tuple[str, ...]) -> str:
    """Return what is held out; people are, too, of whom only rows to adapt on are known."""
    if "new people and stimuli" in claim:
        return "subject and stimulus"
    calibrated = any(len(fold.adapt) for fold in protocol.folds) and _new(protocol, protocol.subject, adapted=False)
    if "new people" in claim or calibrated:
        return "subject"
    if "new stimuli" in claim:
        return "stimulus"
    return "session" if "new sessions" in claim else "trial"


def _new(protocol: Protocol, codes: Ints, *, adapted: bool = True) -> bool:
    """Whether no fold has seen any of its test rows' values, in training or in validation."""
    if (codes < 0).any():
        return False
    return not any(
        len(shared(codes, np.concatenate([trained(fold) if adapted else fold.train, fold.validation]), fold.test))
        for fold in protocol.folds
    )


def _sizes(protocol: Protocol) -> list[dict[str, dict[str, int]]]:
    def size(rows: Ints) -> dict[str, int]:
        return {"windows": len(rows), "trials": count(protocol.trial[rows]), "subjects": count(protocol.subject[rows])}

    return [{role: size(fold.rows(role)) for role in Fold.ROLES} for fold in protocol.folds]
