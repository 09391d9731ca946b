"""Splits: checks of a Split."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from insula.errors import InsulaError
from insula.plugin.testing.specimen import Specimen, Tested
from insula.windows.split import CLAIMS, Fold


def check_split(component: Tested, *, index: pd.DataFrame | None = None, **options: Any) -> None:
    """Check a split against its contract, on ``index`` or on a made-up one of 12 subjects, 8 trials each, 4 windows "
    "each.
    """
    specimen = Specimen("splits", component, (), options)
    given = example_index() if index is None else index
    folds = _folds(specimen, given)
    specimen.expect(bool(folds), "it yields no fold.")
    promised = specimen.build().claims
    specimen.expect(
        isinstance(promised, tuple) and set(promised) <= set(CLAIMS),
        f"it claims {promised!r}. A claim is a tuple of: {', '.join(CLAIMS)}.",
    )
    for number, fold in enumerate(folds):
        _check_fold(specimen, fold, f"fold {number}", len(given))
    _check_same(
        specimen,
        folds,
        _folds(specimen, given),
        "asked twice it gives other folds. Draw from a generator seeded by an option.",
    )
    relabelled = given.set_axis(range(len(given))[::-1])
    _check_same(
        specimen,
        folds,
        _folds(specimen, relabelled),
        "other index labels give other folds. Return positions (np.flatnonzero), not labels.",
    )


def example_index(subjects: int = 12, trials: int = 8, windows: int = 4) -> pd.DataFrame:
    """Make an index in which trials are labelled, four people make a dataset, stimuli are shared by all subjects, and
    some texts are missing.
    """
    emotions = ("anger", "joy", "neutral", "sadness")
    rows = []
    for s in range(subjects):
        for k in range(trials):
            trial = f"s{s:02d}t{k}"
            fixed = {
                "dataset": f"made_up{s // 4}", "subject": f"s{s:02d}", "session": f"session{s % 4}", "recording": trial,
                "trial": trial, "stimulus": f"video{k}", "group": f"d{s}_{k // 4}", "position": k % 4, "parent": None,
                "emotion": emotions[(k + s) % 4], "arousal": float(k), "scenario": "a" if s % 2 else "b",
                "split": ("train", "train", "validation", "test")[s % 4], "fold": s % 4,
            }  # fmt: skip
            for t in 2.0 * np.arange(windows):
                rows.append({**fixed, "t0": t, "t1": t + 2.0, "raw_t0": t - 0.5, "raw_t1": t + 2.5})
    index = pd.DataFrame(rows)
    index.loc[index["trial"] == "s00t0", "emotion"] = None
    return index


def _folds(specimen: Specimen, index: pd.DataFrame) -> list[Fold]:
    before = index.copy()
    with specimen.trying("constructing it"):
        split = specimen.build()
    with specimen.trying("folds(index)"):
        try:
            folds = list(split.folds(index))
        except InsulaError as error:
            raise AssertionError(
                f"{specimen.name}: it refuses the index: {error}. Pass one that it can split (index=...), or other "
                "options."
            ) from error
    specimen.expect(before.equals(index), "it changed the index. Work on index.copy().")
    return folds


def _check_fold(specimen: Specimen, fold: Fold, name: str, rows: int) -> None:
    for role in Fold.ROLES:
        found = fold.rows(role)
        specimen.expect(
            isinstance(found, np.ndarray) and found.ndim == 1 and found.dtype.kind in "iu",
            f"{name}: {role} isn't an array of row numbers; it is {type(found).__name__}. Use np.flatnonzero(...).",
        )
        specimen.expect(
            not len(found) or 0 <= found.min() <= found.max() < rows, f"{name}: {role} holds rows out of 0…{rows - 1}."
        )
        specimen.expect(len(np.unique(found)) == len(found), f"{name}: {role} holds a row twice.")
    for role in ("train", "test"):
        specimen.expect(
            len(fold.rows(role)) > 0, f"{name}: {role} is empty. Raise SplitError where the data can't give a fold."
        )
    for one, other in combinations(Fold.ROLES, 2):
        shared = np.intersect1d(fold.rows(one), fold.rows(other))
        specimen.expect(
            not len(shared),
            f"{name}: {len(shared)} rows are in {one} and in {other}. Train, validation, test and adapt are different "
            "sets.",
        )


def _check_same(specimen: Specimen, first: list[Fold], second: list[Fold], message: str) -> None:
    same = len(first) == len(second) and all(
        np.array_equal(a.rows(role), b.rows(role)) for a, b in zip(first, second, strict=True) for role in Fold.ROLES
    )
    specimen.expect(same, message)
