"""Held out: what a protocol promises of its test rows, or plainly does, against what its folds do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from insula.windows.finding import Finding, over_folds
from insula.windows.habit import holds_out
from insula.windows.protocol import Ints, Protocol, count, shared, trained
from insula.windows.split import Fold

_SHOWN = 3
"""How many names a reason gives."""


@dataclass(frozen=True)
class Unit:
    """What a claim is about: a column of the index, and what its values are called."""

    claim: str
    column: str
    one: str
    many: str


_PEOPLE = Unit("new people", "subject", "person", "people")
_STIMULI = Unit("new stimuli", "stimulus", "stimulus", "stimuli")
_SESSIONS = Unit("new sessions", "session", "session", "sessions")
_DATASETS = Unit("new datasets", "dataset", "dataset", "datasets")
UNITS = {
    "shared_subject": _PEOPLE,
    "shared_stimulus": _STIMULI,
    "shared_session": _SESSIONS,
    "shared_dataset": _DATASETS,
}


@dataclass(frozen=True, eq=False)
class _Side:
    """What stands opposite to the test rows of every fold."""

    role: str
    rows: Sequence[Ints]
    labelled: Sequence[Ints]
    """With rows of the people under test that a model is adapted on."""
    unexplained: Sequence[Ints]
    """Without test rows, test trials and copies of them: that is said already."""

    @classmethod
    def of(cls, protocol: Protocol, role: str) -> "_Side":
        rows = [fold.rows(role) for fold in protocol.folds]
        labelled = [trained(fold) for fold in protocol.folds] if role == "train" else rows
        return cls(role, rows, labelled, [_unexplained(protocol, fold, role) for fold in protocol.folds])


def _unexplained(protocol: Protocol, fold: Fold, role: str) -> Ints:
    side = fold.rows(role)
    both = shared(protocol.family, side, fold.test)
    return np.setdiff1d(side[~np.isin(protocol.family[side], both)], fold.test)


def held_out(protocol: Protocol, claims: Collection[str]) -> list[Finding]:
    """Find people, stimuli, sessions or datasets on both sides where a protocol holds them out.

    A protocol that claims something is held against that. Of one that claims nothing (a table of folds) it is asked
    what it plainly does: if nearly all it tests of a kind is in test alone, what isn't is a leak. What a shared trial
    or copy explains is not said again.
    """
    train, validation = _Side.of(protocol, "train"), _Side.of(protocol, "validation")
    found, choosing, easier = [], {}, {}
    for kind, unit in UNITS.items():
        found += over_folds(kind, "F", _shared(protocol, unit, claims, train), protocol.titles)
        for number, why in _shared(protocol, unit, claims, validation).items():
            choosing.setdefault(number, f"{why}, so that {unit.many} under test choose the epoch")
        if unit.claim in claims:
            easier = _known_to_both(protocol, unit) | easier
    return [
        *found,
        *over_folds("held_out_validates", "E", choosing, protocol.titles),
        *over_folds("easier_validation", "A", easier, protocol.titles),
    ]


def _shared(protocol: Protocol, unit: Unit, claims: Collection[str], side: _Side) -> dict[int, str]:
    if unit.claim in claims:
        rows, why = side.labelled, f"the protocol claims {unit.claim}, but "
    elif claims or unit is _DATASETS or not (habit := holds_out(protocol, unit.column, side.rows, side.unexplained)):
        return {}
    else:
        rows, kept = side.unexplained, f"{habit[0]} of {sum(habit)}"
        why = f"the folds hold {unit.many} out (of {kept} that are tested nothing is in {side.role}), but "
    codes = protocol.codes(unit.column)
    return {
        number: f"{why}{_some(protocol, unit, both, fold.test, 'under test')} in {side.role} too: "
        f"{_names(protocol, unit, both, fold.test)}"
        for number, fold in enumerate(protocol.folds)
        if len(both := shared(codes, rows[number], fold.test))
    }


def _known_to_both(protocol: Protocol, unit: Unit) -> dict[int, str]:
    """Say where training knows what validates, though the protocol holds it out from test."""
    if unit is _DATASETS:  # of two datasets none is left to validate
        return {}
    return {
        number: f"the protocol claims {unit.claim}, and "
        f"{_some(protocol, unit, both, fold.validation, 'in validation')} in train too: validation is easier than test"
        for number, fold in enumerate(protocol.folds)
        if len(both := shared(protocol.codes(unit.column), fold.train, fold.validation))
    }


def _some(protocol: Protocol, unit: Unit, codes: Ints, rows: Ints, where: str) -> str:
    total = count(protocol.codes(unit.column)[rows])
    verb = "is" if len(codes) == 1 else "are"
    return f"{len(codes)} of {total} {unit.one if total == 1 else unit.many} {where} {verb}"


def _names(protocol: Protocol, unit: Unit, codes: Ints, rows: Ints) -> str:
    column = protocol.codes(unit.column)
    first = [rows[column[rows] == code][0] for code in codes[:_SHOWN]]
    names = ", ".join(protocol.name(unit.column, row) for row in first)
    return f"{unit.column} {names}{' …' if len(codes) > _SHOWN else ''}"
