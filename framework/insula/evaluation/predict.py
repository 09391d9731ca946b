"""Predictions: one row per held-out window and target."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import torch
from torch import nn

from insula.evaluation.answers import FAMILY
from insula.model.architecture import Architecture
from insula.specs import DataSpec, TargetSpec
from insula.windows.batch import Batch
from insula.windows.windows import Windows

HEAD = ["dataset", "subject", "session", "recording", "trial", "stimulus", "t0", "t1"]


def predict(
    network: nn.Module, batches: Iterable[Batch], data: DataSpec, windows: Windows, *, fold: int, seed: int
) -> pd.DataFrame:
    """Run a trained model over windows; rows without a label for a target are left out of that target's rows."""
    return predict_rows(network, batches, data, windows.rows.index, fold=fold, seed=seed)


def predict_rows(
    network: nn.Module, batches: Iterable[Batch], data: DataSpec, index: pd.DataFrame, *, fold: int, seed: int
) -> pd.DataFrame:
    """Do the same with the index as a table."""
    rows: list[int] = []
    outputs: dict[str, list[np.ndarray]] = {name: [] for name in data.targets}
    network.eval()
    with torch.no_grad():
        for batch in batches:
            fused = network(batch)
            rows += batch.rows.tolist()
            for name in data.targets:
                outputs[name].append(fused.outputs[name].float().numpy())
    tables = [
        _table(target, np.concatenate(outputs[name]), index.iloc[rows], fold, seed)
        for name, target in data.targets.items()
    ]
    return join(tables)


def join(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Stack tables of predictions: several targets, folds or seeds.

    ``y`` is the class as text, or the number; where a run has both kinds of target, numbers are written as text.
    """
    tables = list(tables)
    if len({pd.api.types.is_numeric_dtype(table["y"]) for table in tables}) > 1:
        tables = [table.assign(y=table["y"].map(str)) for table in tables]
    return pd.concat(tables, ignore_index=True)


def with_families(table: pd.DataFrame, index: pd.DataFrame) -> pd.DataFrame:
    """Say whose copies trials are: a trial and its augmented copies are one unit, however many they are."""
    named = [name for name in ("dataset", "trial") if name in index]
    parents = index.loc[index["parent"].notna(), [*named, "parent"]].drop_duplicates()
    families = dict(zip(parents[named].itertuples(index=False, name=None), parents["parent"], strict=True))
    trials = table[named].itertuples(index=False, name=None)
    return table.assign(**{FAMILY: [families.get(trial, trial[-1]) for trial in trials]})


def probabilities(outputs: np.ndarray, target: TargetSpec) -> np.ndarray:
    """Return class probabilities ``(rows, classes)``: softmax of logits, or of (0, logit) for a binary target."""
    logits = outputs.astype(np.float64)
    if target.kind == "binary":
        logits = np.concatenate([np.zeros_like(logits), logits], axis=1)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _table(target: TargetSpec, outputs: np.ndarray, index: pd.DataFrame, fold: int, seed: int) -> pd.DataFrame:
    table = index[HEAD].reset_index(drop=True)
    table.insert(0, "seed", seed)
    table.insert(0, "fold", fold)
    table["target"] = target.name
    table["y"] = index[target.name].to_numpy()
    if target.kind == "number":
        table["prediction"] = outputs[:, 0].astype(np.float64)
    else:
        shares = probabilities(outputs, target)
        for number, name in enumerate(target.classes):
            table[f"p_{name}"] = shares[:, number]
    return pd.DataFrame(table.loc[index[target.name].notna().to_numpy()]).reset_index(drop=True)


def batched_by_group(network: nn.Module) -> bool:
    """Whether a model wants whole conversations."""
    return isinstance(network, Architecture) and network.batch_by == "group"
