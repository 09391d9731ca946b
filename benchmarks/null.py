"""Whether a protocol finds something where nothing is: least squares on made-up data that say nothing about the label.

``python benchmarks/null.py [--seeds N] [--json OUT]``. 10 people × 12 trials × 8 windows of 120 features. Every person
and every trial has a constant mark; labels are dealt out among the trials of a person. A protocol is honest if its
score lies above the 97.5 % point of its permutation null in 1 of 40 such data sets, so in half a one of 20.

Two nulls: the predictions stay, and labels are dealt out anew among the trials (what every report shows); or labels are
dealt out anew and the model is fitted again. The second can't see a leak: it leaks, too. A minute.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from insula import Fold, TargetSpec
from insula.evaluation.floors import label_permutation
from insula.evaluation.scores import ClassScores, mean_of_defined, per_class
from insula.plugin.manager import installed
from insula.windows.audit import audit_folds

PEOPLE, TRIALS, WINDOWS, FEATURES = 10, 12, 8, 120
CLASSES = ("anger", "joy", "sadness")
TARGET = TargetSpec("emotion", "classes", CLASSES)
REFITS = 200
PROTOCOLS = {
    "leave_trials_out": {},
    "group by stimulus": {"column": "stimulus", "k": 4},
    "subject_kfold": {},
    "leave_one_subject_out": {},
    "subject_and_stimulus": {"k": 4, "pairs": "all"},
    "random_windows": {},
}
HONEST = [name for name in PROTOCOLS if name != "random_windows"]


def made(seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the index of windows and their features, which depend on person and trial and not on the label."""
    rng = np.random.default_rng(seed)
    grid = [codes.ravel() for codes in np.indices((PEOPLE, TRIALS, WINDOWS))]
    person, trial, window = grid
    marks = rng.normal(size=(PEOPLE, 1, 1, FEATURES)) + rng.normal(size=(PEOPLE, TRIALS, 1, FEATURES))
    features = (marks + rng.normal(size=(PEOPLE, TRIALS, WINDOWS, FEATURES))).reshape(-1, FEATURES)
    who = np.char.add("s", np.char.zfill(person.astype(str), 2))
    index = pd.DataFrame({"dataset": "made", "subject": who, "session": None})
    index["trial"] = index["recording"] = who + pd.Series(trial).map("_{:02d}".format)
    index["stimulus"] = pd.Series(trial).map("v{:02d}".format)
    index = index.assign(group=None, position=None, parent=None, t0=2.0 * window, t1=2.0 * window + 2)
    index = index.assign(raw_t0=index["t0"], raw_t1=index["t1"], emotion=np.array(CLASSES)[dealt(rng)])
    return index, features


def dealt(rng: np.random.Generator) -> np.ndarray:
    """Deal every class out equally often among the trials of each person, and return the label of every window."""
    balanced = np.tile(np.arange(len(CLASSES)), (PEOPLE, TRIALS // len(CLASSES)))
    return np.repeat(rng.permuted(balanced, axis=1).ravel(), WINDOWS)


def folds_of(name: str, index: pd.DataFrame, seed: int) -> list[Fold]:
    """Cut the folds of a protocol."""
    component = installed().get("splits", name.split(" ")[0])
    options = {"seed": seed, "validation": "none", **PROTOCOLS[name]}
    known = component.options.model_fields
    return list(component.cls(**{key: value for key, value in options.items() if key in known}).folds(index))


def fitted(features: np.ndarray, folds: Sequence[Fold], labels: np.ndarray) -> list[np.ndarray]:
    """Return what least squares (with a little ridge) says of every fold's test rows: ``(rows, labellings, classes)``.

    ``labels`` has a row per labelling: the linear map from training labels to test rows is the same for all.
    """
    one_hot, said = np.eye(len(CLASSES))[labels], []
    for fold in folds:
        mean, spread = features[fold.train].mean(axis=0), features[fold.train].std(axis=0)
        train, test = (np.c_[(features[rows] - mean) / spread, np.ones(len(rows))] for rows in (fold.train, fold.test))
        smoother = test @ np.linalg.solve(train.T @ train + np.eye(train.shape[1]), train.T)
        said.append(np.einsum("ij,ljc->ilc", smoother, one_hot[:, fold.train], optimize=True))
    return said


def score(folds: Sequence[Fold], said: Sequence[np.ndarray], labels: np.ndarray) -> np.ndarray:
    """Return the balanced accuracy of every labelling, pooled over folds."""
    test, answers = np.concatenate([fold.test for fold in folds]), np.concatenate(said).argmax(axis=-1).T
    group = np.repeat(np.arange(len(labels)), len(test))
    sums = ClassScores(TARGET).sums(labels[:, test].ravel(), answers.ravel(), group, len(labels))
    return mean_of_defined(per_class(sums)[1])


def predictions(index: pd.DataFrame, folds: Sequence[Fold], said: Sequence[np.ndarray]) -> pd.DataFrame:
    """Return the table of predictions of the first labelling."""
    parts = []
    for number, (fold, values) in enumerate(zip(folds, said, strict=True)):
        columns = {f"p_{name}": values[:, 0, i] for i, name in enumerate(CLASSES)}
        rows = index.iloc[fold.test].assign(fold=number, seed=0, target="emotion", **columns)
        parts.append(rows.assign(y=rows["emotion"]))
    return pd.concat(parts, ignore_index=True)


def measured(name: str, seed: int) -> dict[str, float | str]:
    """Return a protocol's score on one data set, and the 97.5 % points of its two nulls."""
    index, features = made(seed)
    folds, rng = folds_of(name, index, seed), np.random.default_rng(1000 + seed)
    true = pd.Index(CLASSES).get_indexer(pd.Index(index["emotion"]))
    labels = np.stack([true, *(dealt(rng) for _ in range(REFITS))])
    said = fitted(features, folds, labels)
    scores = score(folds, said, labels)
    fixed = label_permutation(predictions(index, folds, said), TARGET, seed=seed)["balanced_accuracy"]
    grade = audit_folds(index, folds, label="emotion").grade
    refitted = float(np.quantile(scores[1:], 0.975))
    return {"grade": grade, "score": float(scores[0]), "fixed": fixed["high"], "refitted": refitted}


def main() -> int:
    """Measure, and print the table; ends with 1 if an honest protocol exceeds a null in 3 data sets of 20 or more."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, help="how many data sets (default: 20)")
    parser.add_argument("--json", type=Path, help="write the figures there")
    args = parser.parse_args()
    begin, figures, honest = time.perf_counter(), {}, True
    print(f"{'protocol':<24}{'grade':>6}{'score':>8}{'null 97.5 %':>13}{'above':>9}{'refitted':>11}{'above':>9}")
    for name in PROTOCOLS:
        found = pd.DataFrame([measured(name, seed) for seed in range(args.seeds)])
        figures[name] = found.to_dict("list")
        above = [int((found["score"] > found[null]).sum()) for null in ("fixed", "refitted")]
        mean = {column: float(found[column].mean()) for column in ("score", "fixed", "refitted")}
        shown = [f"{n} of {args.seeds}" for n in above]
        print(
            f"{name:<24}{found['grade'].max():>6}{mean['score']:>8.3f}{mean['fixed']:>13.3f}{shown[0]:>9}"
            f"{mean['refitted']:>11.3f}{shown[1]:>9}",
            flush=True,
        )
        honest &= name not in HONEST or max(above) < 3  # 3 of 20 by chance: 1.3 %
    print(f"chance is {1 / len(CLASSES):.3f}; {time.perf_counter() - begin:.0f} s")
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1))
    return 0 if honest else 1


if __name__ == "__main__":
    sys.exit(main())
