"""predefined: folds that somebody published."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from insula import Fold, Split, SplitError
from insula_splits.fold_lines import read_lines
from insula_splits.same_windows import matched


class Predefined(Split):
    """Takes its folds from a file, so that a published split is reproduced exactly.

    Every run writes such a file, ``folds.csv``. Lines are matched by name and time, so that another order of the
    windows doesn't matter; a label that isn't the data's is an error.

    Parameters
    ----------
    file
        A CSV or Parquet table with the columns ``fold``, ``role`` (``train``, ``validation``, ``test`` or ``adapt``)
        and ``trial``: one line for each trial in each fold that uses it. ``subject`` (or ``speaker``), ``session`` and
        ``dataset`` say whose trial it is; ``t0`` and ``t1`` (seconds in the recording, else in the trial; they may be
        rounded to milliseconds) name a single window; ``label`` is compared with the data's, and is left empty on
        ``adapt`` lines whose labels are withheld. Without ``trial``, ``row`` is a window's number in the run's order,
        from 0. Other columns say nothing.
    """

    def __init__(self, *, file: Path | None = None) -> None:
        self.file = file

    def folds(self, index: pd.DataFrame) -> Iterator[Fold]:
        """Yield the file's folds, in the order of their names.

        Raises
        ------
        SplitError
            If there is no such table, it lacks a column or has another role, it names nothing of the data or gives it
            other labels, or a fold has nothing to train or test on.
        """
        if self.file is None:
            raise SplitError("split=predefined needs a table of folds: type split.file=FOLDS.csv")
        path = self.file.expanduser()
        lines = matched(read_lines(path), index, path)
        known = "label" in lines and lines["label"].notna().to_numpy().any()
        for name in sorted(lines["fold"].unique(), key=_by_number):
            own = lines[lines["fold"] == name]
            rows = {role: np.unique(own.loc[own["role"] == role, "at"]).astype(np.int64) for role in Fold.ROLES}
            withheld = known and len(rows["adapt"]) and own.loc[own["role"] == "adapt", "label"].isna().to_numpy().all()
            fold = Fold(**rows, adapt_labels=not withheld)
            for role in ("train", "test"):
                if not len(fold.rows(role)):
                    raise SplitError(
                        f"{path}: fold {name} has no {role} row among the {len(index)} windows of this run"
                    )
            yield fold


def _by_number(name: str) -> tuple[float, str]:
    return (float(name), "") if name.isdigit() else (float("inf"), name)
