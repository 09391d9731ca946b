"""Units: what a protocol keeps whole, as one name per row of the index."""

import numpy as np
import pandas as pd
from jaxtyping import Int

from insula import SplitError

NAMES = ("subject", "session", "recording", "trial", "stimulus", "group", "parent")


def named(index: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as texts; names of people, stimuli and the like hold within a dataset only.

    Raises
    ------
    SplitError
        If a row has no value: it could be put nowhere.
    """
    values = index[column]
    if missing := int(values.isna().sum()):
        raise SplitError(
            f"{missing} of {len(index)} windows have no {column}, so a split by it can't place them: "
            "choose a split by another column"
        )
    return _qualified(index, column)


def _qualified(index: pd.DataFrame, column: str) -> pd.Series:
    texts = pd.Series(index[column].astype(str))
    if column not in NAMES or "dataset" not in index:
        return texts
    return index["dataset"].fillna("").astype(str) + "/" + texts


def with_parents(index: pd.DataFrame, units: pd.Series) -> pd.Series:
    """Give a trial and the augmented copies made from it one unit: the first by name among them."""
    if "parent" not in index or index["parent"].isna().to_numpy().all():
        return units
    trials, parents = _qualified(index, "trial"), _qualified(index, "parent")
    is_copy = index["parent"].notna()
    parent_of = dict(zip(trials[is_copy], parents[is_copy], strict=True))
    roots = trials
    for _ in parent_of:  # a copy of a copy of a copy: at most as many steps as there are copies
        above = roots.map(parent_of).fillna(roots)
        if above.equals(roots):
            break
        roots = above
    return units.groupby(roots.to_numpy(), sort=False).transform("min")


def numbers(index: pd.DataFrame, column: str) -> Int[np.ndarray, " rows"]:
    """Return a number per row for its value in a column within its dataset; its trial's where it has none."""
    names = _qualified(index, column).where(index[column].notna(), "trial " + _qualified(index, "trial"))
    return pd.factorize(names, sort=True)[0].astype(np.int64)


def first_label(index: pd.DataFrame) -> pd.Series | None:
    """Return the labels of the first target, which is the column after ``raw_t1``; None where there is none."""
    after = list(index)[list(index).index("raw_t1") + 1 :] if "raw_t1" in index else []
    return pd.Series(index[after[0]]).infer_objects() if after else None


def label_codes(index: pd.DataFrame) -> Int[np.ndarray, " rows"]:
    """Return the class of every row for the first target; -1 where there is none, and for numbers."""
    label = first_label(index)
    if label is None or pd.api.types.is_float_dtype(label.dtype):
        return np.full(len(index), -1)
    return pd.factorize(label.astype(object), sort=True)[0].astype(np.int64)
