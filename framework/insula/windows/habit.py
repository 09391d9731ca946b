"""Habit: what folds that claim nothing plainly hold out, judged against what random dealing would give."""

from collections.abc import Sequence

import numpy as np

from insula.windows.protocol import Ints, Protocol, count, shared

COLUMNS = ("dataset", "subject", "session", "recording", "stimulus", "group")
CHANCE = 0.01
"""How likely, at most, random dealing may leave so many whole."""
_SHARE, _BESIDE = 0.5, 0.75  # of all times: whole in test; more is asked where the folds hold out something else


def holds_out(
    protocol: Protocol, column: str, sides: Sequence[Ints], unexplained: Sequence[Ints]
) -> tuple[int, int] | None:
    """Return how often a value of a column that is tested is whole in test, and how often cut apart; None: by chance.

    Parameters
    ----------
    column
        Whose values may be held out.
    sides
        Per fold, the rows that a held-out value isn't in.
    unexplained
        Those of them that are there for no other reason: what is cut apart by the others alone doesn't count.

    Notes
    -----
    A value that consists of ``n`` pieces (trials; or sessions, say, if the folds keep those whole) is whole in a test
    set of the share ``p`` with chance ``pⁿ / (1 - (1 - p)ⁿ)``, given that a piece of it is there. The number of whole
    ones is then at most as spread as a Poisson variable. Values of a single piece say nothing.
    """
    codes = protocol.codes(column)
    apart = [shared(codes, plain, fold.test) for plain, fold in zip(unexplained, protocol.folds, strict=True)]
    whole = [_only(codes, fold.test, side) for side, fold in zip(sides, protocol.folds, strict=True)]
    cut = sum(map(len, apart))
    if not cut or sum(map(len, whole)) < _SHARE * cut:
        return None
    others = {name: protocol.codes(name) for name in COLUMNS if name != column}
    kept, trials = {name: by for name, by in others.items() if _kept_whole(protocol, by, sides)}, protocol.piece
    held, expected = 0, 0.0
    for fold, side, here, there in zip(protocol.folds, sides, whole, apart, strict=True):
        rows = np.union1d(side, fold.test)
        pieces = np.min([_pieces(codes, by, rows) for by in (trials, *kept.values())], axis=0)
        telling = here[pieces[here] > 1]
        n, p = pieces[np.append(there, telling)], count(trials[fold.test]) / max(count(trials[rows]), 1)
        expected += float((p**n / (1 - (1 - p) ** n)).sum())
        held += len(telling)
    every = np.arange(len(codes))
    # every protocol keeps recordings together
    coarser = any((_pieces(by, trials, every) > 1).any() for name, by in kept.items() if name != "recording")
    if held < (_BESIDE if coarser else _SHARE) * (held + cut) or _at_least(held, expected) > CHANCE:
        return None
    return held, cut


def _only(codes: Ints, rows: Ints, others: Ints) -> Ints:
    """Return the codes of some rows that no other rows have."""
    found = np.unique(codes[rows])
    return np.setdiff1d(found[found >= 0], codes[others])


def _at_least(number: int, expected: float) -> float:
    """Return the chance of a Poisson variable to be at least so large."""
    from scipy.special import gammainc

    return float(gammainc(number, expected)) if number else 1.0


def _kept_whole(protocol: Protocol, codes: Ints, sides: Sequence[Ints]) -> bool:
    """Whether no value of a column, known of all rows, is on a side and in test."""
    pairs = zip(sides, protocol.folds, strict=True)
    return bool((codes >= 0).all()) and not any(len(shared(codes, side, fold.test)) for side, fold in pairs)


def _pieces(codes: Ints, by: Ints, rows: Ints) -> Ints:
    """Return how many values of ``by`` each code has in some rows."""
    rows = rows[codes[rows] >= 0]
    pairs = np.unique(codes[rows] * (by.max(initial=0) + 1) + by[rows])
    return np.bincount(pairs // (by.max(initial=0) + 1), minlength=codes.max(initial=-1) + 1)
