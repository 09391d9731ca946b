"""Answered: labels as vectors, and what a control answers as a table that is scored as a model's predictions are."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from insula.evaluation.metrics import summarise
from insula.evaluation.predict import HEAD, with_families
from insula.specs import TargetSpec
from insula.windows.index import Rows

Vectors = Float[np.ndarray, "_ outputs"]


def vectors(rows: Rows, target: TargetSpec) -> Vectors:
    """Return every row's label as shares of all classes (two of a binary target), or a number; NaN where unknown."""
    width = 1 if target.kind == "number" else max(len(target.classes), 2)
    found = np.full((len(rows.index), width), np.nan)
    for row, value in enumerate(rows.targets[target.name]):
        if value is not None:
            found[row] = (1 - value[0], value[0]) if target.kind == "binary" else value
    return found


def answered(index: pd.DataFrame, said: Vectors, target: TargetSpec, fold: int) -> pd.DataFrame:
    """Return a table as of predictions, for rows of an index that all have a label; of classes the largest decides."""
    table = index[HEAD].reset_index(drop=True).assign(fold=fold, seed=0, target=target.name)
    table["y"] = index[target.name].to_numpy()
    if target.kind == "number":
        return table.assign(prediction=said[:, 0])
    powers = np.exp(said - said.max(axis=1, keepdims=True))
    shares = powers / powers.sum(axis=1, keepdims=True)
    return table.assign(**{f"p_{name}": shares[:, place] for place, name in enumerate(target.classes)})


def scored(tables: Sequence[pd.DataFrame], index: pd.DataFrame, target: TargetSpec, unit: str) -> dict[str, Any]:
    """Return metrics with intervals, per window and per trial, by the function that scores the model."""
    table = with_families(pd.concat(tables, ignore_index=True), index)
    found = summarise(table, target, unit)
    return {"metrics": found["metrics"], "trial": found["trial"]}


def to_outputs(shares: Vectors, target: TargetSpec) -> Vectors:
    """Return shares as what :func:`answered` takes: their logarithms."""
    return shares if target.kind == "number" else np.log(np.clip(shares, 1e-7, None))
