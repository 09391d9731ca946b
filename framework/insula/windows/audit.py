"""The leakage audit: what a protocol is worth, read off the folds themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

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
from insula.windows.finding import Finding, Grade
from insula.windows.leaks import train_test_leaks, validation_leaks
from insula.windows.protocol import Ints, Protocol, count, shared
from insula.windows.split import Fold


@dataclass(frozen=True)
class Audit:
    """Grade of leakage, and beside it what the protocol claims.

    A: nothing found. B: unlabelled data of people under test (or a median of their labels) are used, conversations are
    cut apart, augmented copies are tested, a step discloses something of itself, or validation is no check on training.
    C: an input says who a known person is. D: the stimulus tells the label, and stimuli are shared. E: test rows choose
    the model. F: training and test overlap.
    """

    grade: Grade
    claim: tuple[str, ...]
    findings: Sequence[Finding] = ()
    unit: str = "trial"
    """The index column whose values the protocol holds out: what intervals are over."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """``folds``: how many windows, trials and subjects each fold has in each role."""

    def to_json(self) -> dict[str, Any]:
        """Return plain values, as ``insula audit --json`` prints them."""
        findings = [{"kind": f.kind, "folds": list(f.folds), "reason": f.reason, "cap": f.cap} for f in self.findings]
        return {"grade": self.grade, "claim": list(self.claim), "findings": findings}


def audit_folds(
    index: pd.DataFrame,
    folds: Sequence[Fold],
    *,
    label: str | None = None,
    fitted: Mapping[str, str] | None = None,
    infinite: Sequence[str] = (),
    selects_on_test: bool = False,
    identity_streams: Sequence[str] = (),
    own_medians: Sequence[str] = (),
    disclosed: Mapping[str, str] | None = None,
) -> Audit:
    """Grade folds by what their rows share; nothing is taken from what the split says of itself.

    Parameters
    ----------
    index
        One row per window, with any of the columns of :class:`~insula.windows.split.Split`; ``raw_t0`` and ``raw_t1``
        default to ``t0`` and ``t1``, and times are within the trial where there is no ``recording``.
    folds
        Positions in ``index``.
    label
        The column of the target: class names (or whole numbers), or floats.
    fitted
        Step to the scope it is fitted on: ``train``, ``subject``, ``recording`` or ``everything``.
    infinite
        Steps on the continuous signal whose reach is the whole recording.
    selects_on_test
        Whether the recipe stops training by the test rows.
    identity_streams
        Streams that are constant for each person, such as personality.
    own_medians
        Targets whose classes are cut at each person's median over all their trials, those under test included.
    disclosed
        Step to what it says of itself (:attr:`insula.Preprocessor.disclosure`).

    Raises
    ------
    SplitError
        If there is no fold.
    """
    protocol = Protocol(index, folds)
    findings = [
        *train_test_leaks(protocol),
        *selection_on_test(protocol, selects_on_test),
        *validation_leaks(protocol),
        *stimulus_determines_label(protocol, label),
        *known_people(protocol, identity_streams),
        *transductive_statistics(protocol, fitted or {}),
        *unbounded_reach(protocol, infinite),
        *thresholds_from_test(protocol, own_medians),
        *tested_copies(protocol),
        *shared_conversations(protocol),
        *declared(protocol, disclosed or {}),
        *missing_classes(protocol, label),
    ]
    caps: list[Grade] = ["A", *(finding.cap for finding in findings)]
    claim = _claim(protocol)
    return Audit(max(caps), claim, findings, _unit(claim), {"folds": _sizes(protocol)})


def _claim(protocol: Protocol) -> tuple[str, ...]:
    """Say what is new in the test rows of every fold, as far as the columns are known throughout."""
    people, stimuli = _new(protocol, protocol.subject), _new(protocol, protocol.stimulus)
    claims = {
        "new trials": _new(protocol, protocol.family),
        "new stimuli": stimuli,
        "new people": people,
        "new people and stimuli": people and stimuli,
        "new sessions": _new(protocol, protocol.codes("session")),
    }
    return tuple(name for name, holds in claims.items() if holds)


def _unit(claim: tuple[str, ...]) -> str:
    return "subject" if "new people" in claim else "stimulus" if "new stimuli" in claim else "trial"


def _new(protocol: Protocol, codes: Ints) -> bool:
    """Whether no fold has seen any of its test rows' values, in training or in validation."""
    if (codes < 0).any():
        return False
    return not any(len(shared(codes, np.concatenate([f.train, f.validation]), f.test)) for f in protocol.folds)


def _sizes(protocol: Protocol) -> list[dict[str, dict[str, int]]]:
    def size(rows: Ints) -> dict[str, int]:
        return {"windows": len(rows), "trials": count(protocol.trial[rows]), "subjects": count(protocol.subject[rows])}

    return [{role: size(fold.rows(role)) for role in Fold.ROLES} for fold in protocol.folds]
