"""Same rows: whether two runs tested the same windows, and against the same labels."""

import numpy as np
import pandas as pd

from insula.errors import DataError

WHERE = ("dataset", "subject", "session", "recording", "trial", "stimulus")
WHEN = ("t0", "t1")
_TIMES = "occurrence"  # a split may test a row in several folds


def check_same_rows(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """Check that two tables of predictions have the same rows and labels, in whatever order.

    Raises
    ------
    DataError
        If they haven't; it counts the rows that differ and names the first.
    """
    both = _side_by_side(a, b)
    for side, which, other in (("left_only", "first", "second"), ("right_only", "second", "first")):
        if len(alone := both.loc[both["_merge"] == side]):
            raise DataError(
                f"the two runs tested other rows: {len(alone)} rows of the {which} run aren't in the {other}, "
                f"{_called(alone.iloc[0])} first; compare runs of one dataset, window and split"
            )
    y, other = both["y_a"], both["y_b"]
    numbers = pd.api.types.is_numeric_dtype(y) and pd.api.types.is_numeric_dtype(other)
    differ = ~np.isclose(y, other) if numbers else y.astype(str).ne(other.astype(str)).to_numpy()
    if differ.any():
        row = both.loc[differ].iloc[0]
        raise DataError(
            f"the two runs have other labels in {int(differ.sum())} rows: {_called(row)} is {row['y_a']!r} in the "
            f"first and {row['y_b']!r} in the second"
        )


def same_folds(a: pd.DataFrame, b: pd.DataFrame) -> bool:
    """Whether the same rows are tested in the same folds."""
    both = _side_by_side(a, b)
    return bool((both["fold_a"] == both["fold_b"]).all())


def _side_by_side(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    key = [name for name in (*WHERE, *WHEN) if name in a and name in b]
    tables = [_of_one_seed(table, key) for table in (a, b)]
    return tables[0].merge(tables[1], how="outer", on=[*key, _TIMES], suffixes=("_a", "_b"), indicator=True)


def _of_one_seed(table: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Return key, fold and label of every row of the first seed (a run tests the same rows with every seed)."""
    rows = table.loc[table["seed"] == table["seed"].min()].sort_values("fold", kind="stable")
    texts = rows[[*key, "fold", "y"]].copy()
    for name in key:
        texts[name] = rows[name].round(6) if name in WHEN else rows[name].astype(str)
    return texts.assign(**{_TIMES: texts.groupby(key).cumcount()})


def _called(row: pd.Series) -> str:
    named = [f"{name} {row[name]!r}" for name in ("subject", "trial") if name in row]
    return f"{', '.join(named)}, {row['t0']:g} to {row['t1']:g} s" if "t0" in row else ", ".join(named)
