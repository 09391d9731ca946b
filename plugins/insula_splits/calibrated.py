"""calibrated: new people, of whom a few trials are known."""

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int
from pydantic import Field

from insula import Fold, InsulaWarning, Split, SplitError
from insula_splits.leave_one_subject_out import LeaveOneSubjectOut
from insula_splits.unit_split import Seed
from insula_splits.units import first_label, named, with_parents


class Calibrated(Split):
    """Leaves one person out, adapts the model on their first k trials, and tests it on the trials after those.

    Trials count by their position in their group where they have one, else by recording, time and name. Who has no more
    than k trials isn't tested, which is said; such a person still trains for others. The epoch is chosen by another
    person, before adaptation.

    Parameters
    ----------
    k
        How many trials adapt.
    per
        ``session``: the first k trials of every session of the person adapt, as where a device is put on anew.
        ``subject``: the first k of all, session after session by name.
    labels
        False: the labels of these trials are withheld, and nothing is trained on them. The same trials are tested as
        with labels, so that the difference is what the labels were worth.
    validation
        ``same``: one other person validates. ``session``: the other people of the test person's session. ``none``:
        everybody else trains, for a fixed number of epochs.
    seed
        Says who validates for whom; it is independent of the run's seed.
    """

    claims = ("new trials",)

    def __init__(
        self,
        *,
        k: Annotated[int, Field(ge=1)] = 5,
        per: Literal["session", "subject"] = "session",
        labels: bool = True,
        validation: Literal["same", "session", "none"] = "same",
        seed: Seed = 0,
    ) -> None:
        self.k, self.per, self.labels = k, per, labels
        self.people = LeaveOneSubjectOut(validation=validation, seed=seed)
        self.claims = ("new trials",) if labels else LeaveOneSubjectOut.claims

    def folds(self, index: pd.DataFrame) -> Iterator[Fold]:
        """Yield a fold for every person who has more than k trials.

        Raises
        ------
        SplitError
            If there are too few people, or nobody has more than k trials.
        """
        number, enough = self._numbered(index)
        adapts = number < self.k
        found = [
            replace(fold, adapt=own[adapts[own]], test=own[~adapts[own]], adapt_labels=self.labels)
            for fold in self.people.folds(index)
            if len(own := fold.test[enough[fold.test]])
        ]
        if not found:
            where = " in a session" if self.per == "session" else ""
            raise SplitError(f"split.k={self.k}: nobody has more trials than that{where}; type a smaller split.k")
        self._tell(index, enough, found)
        yield from found

    def _numbered(self, index: pd.DataFrame) -> tuple[Int[np.ndarray, " rows"], Bool[np.ndarray, " rows"]]:
        """Return the number of every row's trial among its person's (in its session), and whether there are enough."""
        trial = with_parents(index, named(index, "trial")).to_numpy()
        person = with_parents(index, named(index, "subject")).to_numpy()
        session = index["session"].fillna("").astype(str).to_numpy() if self.per == "session" else np.array([""])
        table = pd.DataFrame({"person": person, "session": np.resize(session, len(index)), "trial": trial})
        number = np.zeros(len(index), np.int64)
        enough = np.zeros(len(index), bool)
        for rows in table.groupby(["person", "session"], sort=False).indices.values():
            order = _in_order(index.iloc[rows], trial[rows])
            number[rows] = [order[name] for name in trial[rows]]
            enough[rows] = len(order) > self.k
        return number, enough

    def _tell(self, index: pd.DataFrame, enough: Bool[np.ndarray, " rows"], folds: Sequence[Fold]) -> None:
        """Say who isn't tested, and which tested classes are in nobody's trials that adapt."""
        if not enough.all():
            by_session = self.per == "session" and index["session"].notna().to_numpy().any()
            names = ["subject", "session"] if by_session else ["subject"]
            few = index.iloc[np.flatnonzero(~enough)][names].drop_duplicates()
            first = ", ".join(f"{name} {few[name].iloc[0]}" for name in names)
            what = "sessions" if by_session else "people"
            _warn(f"split.k={self.k}: {len(few)} {what} have no more trials than that and aren't tested: {first} first")
        lacking = self._lacking(index, folds)
        if lacking:
            person, missing = next(iter(lacking.items()))
            _warn(
                f"split.k={self.k}: for {len(lacking)} of {len(folds)} people the trials that adapt lack a class that "
                f"is tested, e.g. {person}: {', '.join(missing)}"
            )

    def _lacking(self, index: pd.DataFrame, folds: Sequence[Fold]) -> dict[str, list[str]]:
        """Return, by person, the classes that are tested and that no trial to adapt on has."""
        label = first_label(index)
        if not self.labels or label is None or pd.api.types.is_float_dtype(label.dtype):
            return {}
        classes = label.astype(str).where(label.notna(), "").to_numpy()
        missing = {
            str(index["subject"].iloc[fold.test[0]]): sorted({*classes[fold.test]} - {*classes[fold.adapt], ""})
            for fold in folds
        }
        return {person: names for person, names in missing.items() if names}


def _in_order(rows: pd.DataFrame, trial: np.ndarray) -> dict[str, int]:
    """Return the place of every trial in time, as far as it is known."""
    first = rows.assign(trial=trial).sort_values("t0", kind="stable").drop_duplicates("trial")
    if first["position"].notna().to_numpy().all():
        outer, inner = first["group"], first["position"]
    else:
        outer, inner = first["recording"], first["t0"]
    keys = zip(map(natural, first["session"]), map(natural, outer), inner, map(natural, first["trial"]), strict=True)
    return {name: number for number, (_, name) in enumerate(sorted(zip(keys, first["trial"], strict=True)))}


def natural(name: str | float | None) -> tuple[tuple[str, float], ...]:
    """Return a key by which T2 stands before T10; nothing, which may be NaN, stands first."""
    parts = re.split(r"(\d+)", name if isinstance(name, str) else "" if name is None or name != name else str(name))
    return tuple(("", float(part)) if place % 2 else (part, 0.0) for place, part in enumerate(parts))


def _warn(text: str) -> None:
    warnings.warn(text, InsulaWarning, stacklevel=3)
