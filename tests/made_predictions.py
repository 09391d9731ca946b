"""Predictions made for tests: people who are read better or worse."""

import numpy as np
import pandas as pd

from insula import TargetSpec
from made_index import CLASSES

CLASS_TARGET = TargetSpec("emotion", "classes", CLASSES)
NUMBER_TARGET = TargetSpec("valence", "number")


def made_predictions(
    subjects: int = 10, trials: int = 6, windows: int = 4, seeds: int = 1, folds: int = 5, seed: int = 0
) -> pd.DataFrame:
    """Noisy probabilities around each trial's class; subject i is tested in fold i modulo ``folds``."""
    rng = np.random.default_rng(seed)
    grid = pd.MultiIndex.from_product(
        [range(seeds), range(subjects), range(trials), range(windows)], names=["seed", "who", "n", "w"]
    ).to_frame(index=False)
    label = rng.integers(len(CLASSES), size=(subjects, trials))[grid["who"], grid["n"]]
    skill = rng.uniform(0.2, 1.6, subjects)[grid["who"]]
    logits = rng.normal(size=(len(grid), len(CLASSES))) + skill[:, None] * np.eye(len(CLASSES))[label]
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    who = "s" + grid["who"].astype(str).str.zfill(2)
    rows = pd.DataFrame({"fold": grid["who"] % folds, "seed": grid["seed"], "dataset": "made", "subject": who})
    rows["session"], rows["recording"] = None, who + grid["n"].astype(str)
    rows["trial"], rows["stimulus"] = rows["recording"], "v" + grid["n"].astype(str)
    rows["t0"], rows["t1"] = 2.0 * grid["w"], 2.0 * grid["w"] + 2
    rows["target"], rows["y"] = "emotion", np.array(CLASSES)[label]
    return rows.assign(**{f"p_{name}": p[:, i] for i, name in enumerate(CLASSES)})


def made_numbers(subjects: int = 10, seeds: int = 1, seed: int = 0) -> pd.DataFrame:
    """Predictions of a number that are right up to noise, a factor and a shift."""
    rows = made_predictions(subjects, seeds=seeds, seed=seed)
    rng = np.random.default_rng(seed)
    y = 5 + rng.normal(size=rows["trial"].nunique())[pd.factorize(rows["trial"])[0]]
    rows = rows.drop(columns=[f"p_{name}" for name in CLASSES])
    return rows.assign(target="valence", y=y, prediction=0.7 * y + 2 + 0.5 * rng.normal(size=len(rows)))
