"""PermutedModel: the run's own model, trained on permuted trial labels as often as was asked for."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from insula.evaluation.answers import Answers
from insula.evaluation.controls.retrained import forget, kept, retrained
from insula.evaluation.controls.shuffle import Shuffle, labels_of
from insula.evaluation.fold import FoldRun
from insula.evaluation.null import null_summary
from insula.evaluation.predict import join
from insula.evaluation.scores import named, scores_for
from insula.specs import TargetSpec
from insula.types import Target
from insula.windows.index import Rows
from insula.windows.split import Fold
from insula.windows.targets import decode
from insula.windows.windows import Windows

log = logging.getLogger("insula")
Figures = dict[str, float | None]


def permuted_model(
    runs: Sequence[FoldRun],
    windows: Windows,
    targets: Mapping[str, TargetSpec],
    shuffles: Mapping[str, Shuffle],
    times: int,
    folder: Path,
) -> dict[str, dict[str, Any]]:
    """Train the model on permuted labels and score it by permuted test labels; return figures per target, with p.

    Labels of training and of validation rows are permuted alike, so that the epoch is chosen by permuted labels, too.
    Beside it stands the run's model of the first seed. What a permutation has given is kept in ``folder``, from where
    the next run in the same folder goes on.
    """
    if all(shuffle.why for shuffle in shuffles.values()):
        return {name: {"why": shuffle.why} for name, shuffle in shuffles.items()}
    drawn = []
    for time in range(1, times + 1):

        def once(time: int = time) -> dict[str, Figures]:
            return _once(runs, windows, targets, shuffles, time, folder)

        drawn.append(kept(folder / f"permuted-{time:04}.json", None, once))
        log.info("controls: the model on permuted labels, %d of %d", time, times)
    true = _figures(join(run.predictions() for run in runs), targets)
    return {
        name: {"why": why} if (why := shuffles[name].why) else _against(target, true[name], [d[name] for d in drawn])
        for name, target in targets.items()
    }


def _against(target: TargetSpec, true: Figures, drawn: Sequence[Figures]) -> dict[str, Any]:
    scores = scores_for(target)
    values = np.array([[figures[name] for name in scores.names] for figures in (true, *drawn)], np.float64)
    found = null_summary(scores, values[0], values[1:])
    return {"times": len(drawn), "metrics": {name: {**found[name], "value": true[name]} for name in scores.names}}


def _once(
    runs: Sequence[FoldRun],
    windows: Windows,
    targets: Mapping[str, TargetSpec],
    shuffles: Mapping[str, Shuffle],
    time: int,
    folder: Path,
) -> dict[str, Figures]:
    def change(fold: Fold) -> Windows:
        rows = windows.rows.recut(list(map(int, fold.train)))
        return replace(windows, rows=permuted(rows, targets, windows.targets, shuffles, time))

    name = f"permuted-{time:04}"
    figures = _figures(retrained(runs, change, folder, name), targets)
    forget(runs, folder, name)
    return figures


def permuted(
    rows: Rows,
    targets: Mapping[str, TargetSpec],
    kinds: Mapping[str, Target],
    shuffles: Mapping[str, Shuffle],
    time: int,
) -> Rows:
    """Return the rows with the labels that a permutation gives their trials; a trial's windows have one label then."""
    index, labels = rows.index.copy(), dict(rows.targets)
    for name, target in targets.items():
        shuffle = shuffles[name]
        if shuffle.why:
            continue
        own = labels_of(rows, target, shuffle.family)[shuffle.given[time]].astype(np.float32)
        vectors = own[:, 1:] if target.kind == "binary" else own
        labels[name] = [None if trial < 0 else vectors[trial] for trial in shuffle.family]
        index[name] = pd.Series([decode(value, kinds[name]) for value in labels[name]], index.index, object)
    return replace(rows, index=index, targets=labels, rules={})


def _figures(predictions: pd.DataFrame, targets: Mapping[str, TargetSpec]) -> dict[str, Figures]:
    found = {}
    for name, target in targets.items():
        answers = Answers.of(predictions, target)
        sums = answers.scores.sums(answers.y, answers.predicted, np.zeros(len(answers.y), np.int64), 1)
        found[name] = named(answers.scores.names, answers.scores.values(sums)[0])
    return found
