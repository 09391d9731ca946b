"""Floors: what is reached without looking at a signal, and by chance."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from insula.evaluation.answers import Answers, means
from insula.evaluation.null import null_summary
from insula.evaluation.scores import ClassScores, Scores, named, scores_for
from insula.specs import TargetSpec
from insula.windows.protocol import Ints, Protocol, trained
from insula.windows.split import Fold

Vectors = Float[np.ndarray, "_ outputs"]
IDENTITIES = ("subject", "stimulus")
LENGTHS = 10
"""Into so many parts, of about as many training rows each, durations are cut."""
VARIES = 0.01
"""Durations that differ by less than this share are one length: the last sample of a window, say."""


def floors(
    index: pd.DataFrame, folds: Sequence[Fold], target: TargetSpec, terms: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Score rules that know the training labels and no signal, pooled over the test rows of all folds.

    For classes: the majority class, guessing by the class prior (its expected score), and what a person's or a
    stimulus's own training rows say most often (the majority class where there is none); what the training window of
    the same trial says that is nearest in time; where windows differ in length, what the training rows of about a
    window's length say. For numbers: means, likewise.

    Parameters
    ----------
    index, folds, target
        Of the run.
    terms
        What the corpus calls columns of the index: the floor of ``stimulus`` may be called ``scenario only``.

    Returns
    -------
    list of dict
        ``name``, the metrics of the target's kind, and for an identity ``seen``: the share of test rows whose person,
        stimulus or trial was in training.
    """
    labelled = index[target.name].notna().to_numpy()
    y, scores = _truth(index, target), scores_for(target)
    protocol = Protocol(index, folds)
    sides = [(trained(fold), fold.test) for fold in folds]
    pairs = [(train[labelled[train]], test[labelled[test]]) for train, test in sides]
    pairs = [(train, test) for train, test in pairs if len(train) and len(test)]
    if not pairs:
        return []
    prior = [np.repeat(y[train].mean(axis=0, keepdims=True), len(test), axis=0) for train, test in pairs]
    found = [_floor("training mean", y, prior, pairs, scores)]
    if target.kind != "number":
        found = [
            _floor("majority class", y, [_likeliest(p) for p in prior], pairs, scores),
            _floor("class prior", y, prior, pairs, scores),
        ]
    for identity in IDENTITIES:
        codes = protocol.codes(identity)
        if (codes >= 0).any():
            said, seen = _by_identity(y, [codes] * len(pairs), prior, pairs, target)
            name = (terms or {}).get(identity, identity)
            found.append({**_floor(f"{name} only", y, said, pairs, scores), "seen": seen})
    if (protocol.trial >= 0).any():
        said, seen = _by_trial(y, protocol, prior, pairs, target)
        found.append({**_floor("trial only", y, said, pairs, scores), "seen": seen})
    if lengths := _lengths(protocol, pairs):
        said, _ = _by_identity(y, lengths, prior, pairs, target)
        found.append(_floor("duration only", y, said, pairs, scores))
    return found


def _lengths(protocol: Protocol, pairs: Sequence[tuple[Ints, Ints]]) -> list[Ints]:
    """Return, per fold, which part of the training rows' durations every row's falls into; none if all are alike."""
    begin, end = protocol.intervals(widened=False)
    length = end - begin
    if not np.isfinite(length).all() or np.ptp(length) <= VARIES * length.max():
        return []
    parts = np.arange(1, LENGTHS) / LENGTHS
    return [np.searchsorted(np.unique(np.quantile(length[train], parts)), length, side="right") for train, _ in pairs]


def label_permutation(
    predictions: pd.DataFrame, target: TargetSpec, times: int = 1000, seed: int = 0
) -> dict[str, Any]:
    """Score the held-out predictions against trial labels that are permuted among the trials.

    A trial keeps its windows (and its augmented copies) together and its predictions; its label (the most frequent
    class of its windows, or their mean) goes to another trial.

    Parameters
    ----------
    predictions, target
        As for :func:`insula.evaluation.metrics.summarise`.
    times
        How many permutations.
    seed
        Of the permutations.

    Returns
    -------
    dict
        Metric to ``mean``, ``low``, ``high`` and ``p``: :func:`insula.evaluation.null.null_summary`.
    """
    answers = Answers.of(predictions, target)
    trial = answers.units("trial")
    label = answers.scores.decide(means(answers.vectors[0], trial))
    rng = np.random.default_rng(seed)

    def score(labels: np.ndarray) -> Float[np.ndarray, " metrics"]:
        sums = answers.scores.sums(labels[trial], answers.predicted, answers.seed, answers.seeds)
        return answers.statistic(sums[None])[0]

    null = np.stack([score(rng.permutation(label)) for _ in range(times)])
    return null_summary(answers.scores, score(label), null)


def _truth(index: pd.DataFrame, target: TargetSpec) -> Vectors:
    """Return classes one-hot, or numbers, as vectors; rows without label are never read."""
    if target.kind == "number":
        return index[[target.name]].to_numpy(np.float64)
    return np.eye(len(target.classes))[pd.Index(target.classes).get_indexer(pd.Index(index[target.name]))]


def _likeliest(probabilities: Vectors) -> Vectors:
    return np.eye(probabilities.shape[1])[probabilities.argmax(axis=1)]


def _by_identity(
    y: Vectors,
    several: Sequence[Ints],
    prior: Sequence[Vectors],
    pairs: Sequence[tuple[Ints, Ints]],
    target: TargetSpec,
) -> tuple[list[Vectors], float]:
    """Return what the training rows of each test row's person (or stimulus) say, and how many have any.

    ``several`` has a code per row for each fold.
    """
    said, seen = [], 0
    for (train, test), fallback, codes in zip(pairs, prior, several, strict=True):
        total, many = np.zeros((codes.max() + 2, y.shape[1])), np.zeros(codes.max() + 2)
        known = train[codes[train] >= 0]
        np.add.at(total, codes[known], y[known])
        np.add.at(many, codes[known], 1)
        # the last place, which -1 points to, stays empty; a whiff of the prior breaks ties
        n = many[codes[test]][:, None]
        said.append(
            np.where(n > 0, total[codes[test]] / np.maximum(n, 1) + 1e-9 * fallback * (y.shape[1] > 1), fallback)
        )
        seen += int((n > 0).sum())
    said = said if target.kind == "number" else [_likeliest(p) for p in said]
    return said, seen / sum(len(test) for _, test in pairs)


def _by_trial(
    y: Vectors,
    protocol: Protocol,
    prior: Sequence[Vectors],
    pairs: Sequence[tuple[Ints, Ints]],
    target: TargetSpec,
) -> tuple[list[Vectors], float]:
    """Return what the training window of the same trial says that is nearest in time, and how many have one.

    Trials are laid end to end on one axis, further apart than any is long; a copy stands where its trial stands.
    """
    begin, end = protocol.intervals(widened=False)
    middle = np.nan_to_num((begin + end) / 2)
    axis = protocol.family * (2 * np.ptp(middle) + 1) + middle
    said, seen = [], 0
    for (train, test), fallback in zip(pairs, prior, strict=True):
        ordered = train[np.argsort(axis[train], kind="stable")]
        after = np.searchsorted(axis[ordered], axis[test])
        two = ordered[np.stack([after - 1, after]).clip(0, len(ordered) - 1)]
        nearest = np.where(np.abs(axis[two[0]] - axis[test]) <= np.abs(axis[two[1]] - axis[test]), two[0], two[1])
        own = (protocol.family[nearest] == protocol.family[test]) & (protocol.family[test] >= 0)
        said.append(np.where(own[:, None], y[nearest], fallback if target.kind == "number" else _likeliest(fallback)))
        seen += int(own.sum())
    return said, seen / sum(len(test) for _, test in pairs)


def _floor(
    name: str, y: Vectors, said: Sequence[Vectors], pairs: Sequence[tuple[Ints, Ints]], scores: Scores
) -> dict[str, Any]:
    truth = np.concatenate([y[test] for _, test in pairs])
    answers = np.concatenate(said)
    if isinstance(scores, ClassScores):
        sums = (truth.T @ answers)[None]
    else:
        sums = scores.sums(truth[:, 0], answers[:, 0], np.zeros(len(truth), np.int64), 1)
    return {"name": name, **named(scores.names, scores.values(sums)[0])}
