"""Classes that a fold lacks: told where one misses in some fold, refused where nobody could learn it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from insula.errors import SplitError
from insula.specs import TargetSpec
from insula.windows.disclosures import is_number
from insula.windows.finding import Finding, over_folds
from insula.windows.protocol import Protocol
from insula.windows.split import Fold


def missing_classes(protocol: Protocol, label: str | None) -> list[Finding]:
    """Find classes that are in the data and not in the training or test rows of a fold. No leak, so it caps nothing."""
    if label is None or label not in protocol.index or is_number(protocol.index, label):
        return []
    code, names = pd.factorize(protocol.index[label].astype(object), sort=True)
    reasons = {}
    for number, fold in enumerate(protocol.folds):
        gone = {role: np.setdiff1d(np.arange(len(names)), code[fold.rows(role)]) for role in ("train", "test")}
        words = [f"{role} has no {', '.join(str(names[c]) for c in lost)}" for role, lost in gone.items() if len(lost)]
        if words:
            reasons[number] = " and ".join(words)
    return over_folds("missing_class", "A", reasons, protocol.titles)


def check_classes(index: pd.DataFrame, folds: Sequence[Fold], target: TargetSpec) -> None:
    """Refuse a target with a class that no training row of any fold has.

    Raises
    ------
    SplitError
        Names the classes, and says whether the data lack them or only the training rows do.
    """
    if target.kind == "number":
        return
    labels = index[target.name].to_numpy(object)
    learnt = {name for fold in folds for name in set(labels[fold.train])}
    missing = [name for name in target.classes if name not in learnt]
    if not missing:
        return
    if held := [name for name in missing if name in set(labels)]:
        why = f"{', '.join(held)} occurs only in rows that are never trained on: choose another split"
    else:
        why = "the data have no such row: choose a target without it (targets=...)"
    raise SplitError(f"no training set of any fold has class {', '.join(missing)} of target {target.name!r}; {why}")
