"""Results: a made-up run of two folds, for checks of analyses."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from insula.evaluation.metrics import summarise
from insula.evaluation.predict import join
from insula.evaluation.results import FoldResult, Results
from insula.model.network import StreamsAndFusion
from insula.plugin.testing.batches import DATA, example_batch, perturbed_batch
from insula.plugin.testing.parts import PlainParts
from insula.plugin.testing.splits import example_index
from insula.specs import DataSpec
from insula.types import LeftOut
from insula.windows.audit import Audit
from insula.windows.split import Fold

HEAD = ["dataset", "subject", "session", "recording", "trial", "stimulus", "t0", "t1"]


def example_results(data: DataSpec = DATA) -> Results:
    """Make the results of two folds that hold out people, on guesses that are right more often than not."""
    index = example_index()
    classes = data.targets["emotion"].classes
    index = pd.DataFrame(index[index["emotion"].isin(list(classes))]).reset_index(drop=True)
    side = np.array([int(subject[1:]) % 2 for subject in index["subject"]])
    folds = [_fold(index, side, number, data) for number in range(2)]
    predictions = join(
        _predicted(index.iloc[fold.fold.test], fold.number, target, data) for target in data.targets for fold in folds
    )
    return Results(
        config={"seed": 0, "window": {"length": 2.0}, "streams": {name: {"modality": name} for name in data.streams}},
        data=data,
        index=index,
        predictions=predictions,
        folds=folds,
        audit=Audit("A", ("new people",), unit="subject"),
        metrics=_metrics(predictions, data),
        left_out=[LeftOut("trial s00t1", "no label for emotion", 2)],
        undefined={"eeg": {"AF3": 0.01}},
        unit="subject",
    )


def _fold(index: pd.DataFrame, side: np.ndarray, number: int, data: DataSpec) -> FoldResult:
    rest, test = np.flatnonzero(side != number), np.flatnonzero(side == number)
    last = index["subject"].iloc[rest].max()
    validating = (index["subject"].iloc[rest] == last).to_numpy()
    fold = Fold(rest[~validating], rest[validating], test)
    history = pd.DataFrame(
        {
            "epoch": [1, 2],
            "train_loss": [1.2, 1.0],
            "val_loss": [1.3, 1.2],
            "val_accuracy": [0.3, 0.4],
            "lr": [1e-3] * 2,
        }
    )
    windows = {role: len(fold.rows(role)) for role in Fold.ROLES}
    return FoldResult(
        seed=0,
        number=number,
        fold=fold,
        history=history,
        model=partial(_model, data, 1),
        untrained=lambda again=0: _model(data, 2 + again),
        batches=lambda role: iter([example_batch(data, fold.rows(role)[:16].tolist(), torch.float32)]),
        summary={"seed": 0, "fold": number, "windows": windows, "epochs": 2, "parameters": 100},
        perturbed=lambda role, change: iter([perturbed_batch(data, fold.rows(role)[:16].tolist(), change)]),
    )


def _metrics(predictions: pd.DataFrame, data: DataSpec) -> dict[str, Any]:
    targets = {
        name: summarise(pd.DataFrame(predictions[predictions["target"] == name]), target, "subject")
        for name, target in data.targets.items()
    }
    return {
        **next(iter(targets.values())),
        "targets": targets,
        "grade": "A",
        "claim": ["new people"],
        "parameters": 100,
    }


def _model(data: DataSpec, seed: int) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return StreamsAndFusion(data, PlainParts(data)).eval()


def _predicted(rows: pd.DataFrame, number: int, name: str, data: DataSpec) -> pd.DataFrame:
    rng = np.random.default_rng(number)
    target = data.targets[name]
    head: dict[str, Any] = {"fold": number, "seed": 0}
    table = rows[HEAD].reset_index(drop=True).assign(**head, target=name, y=rows[name].to_numpy())
    if target.kind == "number":
        table["prediction"] = rows[name].to_numpy(dtype=float) + rng.normal(size=len(rows))
    else:
        truth = rows[name].to_numpy()[:, None] == np.array(target.classes)
        shares = rng.dirichlet(np.ones(len(target.classes)), len(rows)) + 0.6 * truth
        for column, class_name in enumerate(target.classes):
            table[f"p_{class_name}"] = shares[:, column] / shares.sum(axis=1)
    return pd.DataFrame(table[["fold", "seed", *(column for column in table if column not in ("fold", "seed"))]])
