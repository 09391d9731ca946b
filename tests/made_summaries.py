"""Window summaries made for tests: numbers per window, with a known effect of the label and of trial and person."""

import numpy as np
import torch

from insula import DataSpec, SignalSpec
from insula.evaluation.controls.fold_summary import FoldSummary
from insula.windows.index import Rows
from insula.windows.protocol import trained
from made_index import CLASSES
from made_predictions import CLASS_TARGET, NUMBER_TARGET

TARGETS = {"emotion": CLASS_TARGET}


def made_rows(index):
    """Return the rows of an index of classes (and of numbers, where it has a column of them), with encoded labels."""
    encoded = {
        "emotion": [
            None if label is None else np.eye(4, dtype=np.float32)[CLASSES.index(label)] for label in index["emotion"]
        ]
    }
    if "valence" in index:
        encoded["valence"] = [None if np.isnan(v) else np.array([v], np.float32) for v in index["valence"]]
    return Rows(index, [], encoded, [])


def made_values(index, *, effect=0.0, trial=0.0, features=6, seed=0):
    """Return noise per window, moved by the label and by a constant mark of every trial."""
    rng = np.random.default_rng(seed)
    label = np.array([CLASSES.index(name) if name is not None else 0 for name in index["emotion"]])
    marks = rng.normal(size=(index["trial"].nunique(), features))[index.groupby("trial").ngroup()]
    moved = rng.normal(size=(4, features))[label]
    return (rng.normal(size=(len(index), features)) + trial * marks + effect * moved).astype(np.float32)


def made_summary(index, fold, values, streams=None):
    """Return a fold's summaries; ``streams`` cuts the columns into streams."""
    widths = streams or {"eeg": values.shape[1]}
    cuts = np.cumsum([0, *widths.values()])
    parts = {
        name: torch.from_numpy(values[:, a:b].copy()) for name, a, b in zip(widths, cuts[:-1], cuts[1:], strict=True)
    }
    specs = {
        name: SignalSpec(tuple(f"{name}{k}" for k in range(w)), ("1",) * w, 0.0, 1, True) for name, w in widths.items()
    }
    targets = {"emotion": CLASS_TARGET, **({"valence": NUMBER_TARGET} if "valence" in index else {})}
    return FoldSummary(
        made_rows(index), trained(fold), fold.test, DataSpec(specs, targets), parts, np.arange(len(index))
    )
