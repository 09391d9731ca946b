"""The protocol gap: what of a figure is the protocol's, told by proxies that are fitted under both."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from insula.evaluation.controls.proxies import NEAREST, RIDGE
from insula.evaluation.scores import scores_for
from insula.randomness import draw
from insula.specs import TargetSpec
from insula.windows.copies import SplitView
from insula.windows.protocol import Ints, Protocol
from insula.windows.split import Fold

FOLDS = 5
HERE, RANDOM = "this protocol", "random windows"


def random_windows(view: SplitView, folds: Sequence[Fold], size: int) -> list[Fold]:
    """Return five folds of the run's windows, dealt out at random whatever trial or person they are of.

    They train on ``size`` windows, or on four fifths where these are fewer. Copies that are made after the split aren't
    dealt out; those of training windows train, as in the run.
    """
    rows = _all_rows(view, folds)
    parts = np.array_split(np.random.default_rng(draw(0, RANDOM)).permutation(rows), min(FOLDS, len(rows)))
    return [_fold(view, rows, part, size) for part in parts]


def held_out(protocol: Protocol, view: SplitView) -> tuple[str, list[Fold]]:
    """Return five folds that hold out people, or trials where there is one person, and which of the two."""
    rows = _all_rows(view, protocol.folds)
    people = np.unique(protocol.subject[rows])
    name, codes = ("people", protocol.subject) if len(people) > 1 else ("trials", protocol.family)
    order = np.random.default_rng(draw(0, "held out")).permutation(np.unique(codes[rows]))
    parts = [rows[np.isin(codes[rows], part)] for part in np.array_split(order, min(FOLDS, len(order)))]
    return f"{name} held out", [_fold(view, rows, part, len(rows)) for part in parts]


def gap(sides: Mapping[str, Mapping[str, dict[str, Any]]], target: TargetSpec, honest: str) -> dict[str, Any]:
    """Return what the proxies show under every protocol, and how many points of the leaky figure are protocol.

    The proxy that counts is the one with the higher figure under the leaky protocol: what somebody would have shown.

    Parameters
    ----------
    sides
        Protocol to proxy to its figures; the leaky one first.
    honest
        The protocol to compare with.
    """
    leaky, metric = next(iter(sides)), scores_for(target).names[0 if target.kind == "number" else 1]

    def value(side: str, proxy: str) -> float:
        known = sides[side][proxy]["metrics"][metric]["value"]
        return -np.inf if known is None else known

    proxy = max((RIDGE, NEAREST), key=lambda name: value(leaky, name))
    points = value(leaky, proxy) - value(honest, proxy)
    return {
        **{"leaky": leaky, "honest": honest, "metric": metric, "proxy": proxy},
        "points": float(points) if np.isfinite(points) else None,
        "sides": {side: dict(proxies) for side, proxies in sides.items()},
    }


def _all_rows(view: SplitView, folds: Sequence[Fold]) -> Ints:
    """Return the rows that have a role in any fold, without copies that the split doesn't see."""
    used = np.unique(np.concatenate([fold.rows(role) for fold in folds for role in Fold.ROLES]))
    return used[~view.hidden[used]]


def _fold(view: SplitView, rows: Ints, test: Ints, size: int) -> Fold:
    rest = np.setdiff1d(rows, test)
    if len(rest) > size:
        rest = np.sort(np.random.default_rng(draw(0, "size", len(rest))).choice(rest, size, replace=False))
    return view.with_copies(Fold(train=rest, test=np.sort(test)))
