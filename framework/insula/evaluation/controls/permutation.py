"""Permutation: a ridge classifier that is fitted anew to permuted trial labels, many times."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from insula.evaluation.controls.fold_summary import FoldSummary
from insula.evaluation.controls.ridge import Ridge, weighed
from insula.evaluation.controls.shuffle import Shuffle, labels_of
from insula.evaluation.null import null_summary
from insula.evaluation.scores import Scores, named, scores_for
from insula.specs import TargetSpec
from insula.windows.protocol import Ints

CELLS = 4_000_000
"""Numbers that are held at once; so many permutations are answered together."""


class Permutation:
    """Fits a ridge classifier to permuted labels of training windows, and scores it by permuted labels under test.

    A permutation is one for all folds: what it gives a trial, the trial has in training and under test. Beside it
    stands the same classifier on the true labels. In both a trial has one label (see :class:`Shuffle`).

    Parameters
    ----------
    targets
        Of the run.
    shuffles
        Target to its permutations.
    balance
        Whether the run balances classes.
    """

    def __init__(self, targets: Mapping[str, TargetSpec], shuffles: Mapping[str, Shuffle], *, balance: bool) -> None:
        self.targets, self.shuffles, self.balance = targets, shuffles, balance
        self._seen: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {name: [] for name in targets}

    def see(self, number: int, summary: FoldSummary) -> None:
        """Fit and answer one fold, if it has labels to learn from and labels to be scored by."""
        for name, target in self.targets.items():
            if not self.shuffles[name].why and all(map(len, summary.labelled(target))):
                self._seen[name].append(self._answers(summary, target, self.shuffles[name]))

    def found(self) -> dict[str, dict[str, Any]]:
        """Return, per target, the true figures and those under permutation."""
        return {
            name: {"why": shuffle.why} if shuffle.why else self._found(scores_for(self.targets[name]), shuffle, name)
            for name, shuffle in self.shuffles.items()
        }

    def _found(self, scores: Scores, shuffle: Shuffle, name: str) -> dict[str, Any]:
        true, said = (np.concatenate(parts, axis=1) for parts in zip(*self._seen[name], strict=True))
        rows = np.zeros(true.shape[1], np.int64)
        values = np.stack([scores.values(scores.sums(y, p, rows, 1))[0] for y, p in zip(true, said, strict=True)])
        found = null_summary(scores, values[0], values[1:])
        for metric, value in named(scores.names, values[0]).items():
            found[metric]["value"] = value
        return {"how": shuffle.how, "times": len(values) - 1, "trials": shuffle.trials, "metrics": found}

    def _answers(self, summary: FoldSummary, target: TargetSpec, shuffle: Shuffle) -> tuple[np.ndarray, np.ndarray]:
        """Return what is true and what is said of every test row, under the true labels and every permutation."""
        scores, (train, test) = scores_for(target), summary.labelled(target)
        label, own = labels_of(summary.rows, target, shuffle.family), shuffle.family[train]
        ridge, outputs = Ridge(summary.table(train)), label.shape[1]
        count, weights = np.bincount(own, minlength=len(label)), ridge.weights_of_groups(own, len(label))
        z, balance = ridge.scaled(summary.table(test)), self.balance and target.kind != "number"
        true, said = [], []
        for given in _pieces(shuffle.given, len(test) * outputs):
            labels = np.moveaxis(label[given], 1, 0)
            prior = np.tensordot(count / count.sum(), labels, axes=1)
            answers = (z @ (weights @ labels.reshape(len(label), -1))).reshape(len(test), len(given), outputs) + prior
            said.append(_decided(scores, weighed(answers, prior, balance=balance)))
            true.append(_decided(scores, labels[shuffle.family[test]]))
        return np.concatenate(true), np.concatenate(said)


def _decided(scores: Scores, answers: np.ndarray) -> np.ndarray:
    """Return one answer per permutation and row, in as few bytes as they need."""
    found = scores.decide(answers.reshape(-1, answers.shape[-1])).reshape(answers.shape[:-1]).T
    return found.astype(np.int16) if found.dtype.kind == "i" else found.astype(np.float32)


def _pieces(given: np.ndarray, each: int) -> Iterator[Ints]:
    size = max(1, CELLS // max(each, 1))
    for begin in range(0, len(given), size):
        yield given[begin : begin + size]
