"""Metrics of one target: pooled over folds, averaged over seeds, with intervals over what the protocol holds out."""

from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from insula.evaluation.answers import Answers, firsts
from insula.evaluation.intervals import interval
from insula.evaluation.scores import ClassScores, Scores, mean_of_defined, per_class
from insula.specs import TargetSpec


def summarise(predictions: pd.DataFrame, target: TargetSpec, unit: str) -> dict[str, Any]:
    """Return everything that ``metrics.json`` says of one target.

    ``metrics`` has name to ``value, low, high``, per window: pooled over folds within a seed, then averaged over seeds.
    ``trial`` is the same per trial, whose prediction is the mean over its windows within one fold. ``folds`` has the
    metrics of every fold and seed, ``fold_mean`` their mean and standard deviation over folds (seeds averaged within a
    fold). ``per_class`` and ``per_subject`` are tables with seeds averaged. ``unit`` is what intervals are over, and
    ``units`` how many there are. What isn't defined is None.

    Parameters
    ----------
    predictions
        Held-out windows that have a label: ``fold, seed, dataset, subject, session, recording, trial, stimulus, t0, t1,
        target, y`` and ``p_<class>`` for every class, or ``prediction`` for a number.
    target
        Whose rows these are.
    unit
        The column that the protocol holds out (:attr:`insula.windows.audit.Audit.unit`).

    Raises
    ------
    DataError
        If no row has a label, or a label is no class of the target.
    """
    windows = Answers.of(predictions, target)
    folds = _per_fold(windows)
    return {
        "metrics": _with_intervals(windows, unit),
        "trial": _with_intervals(windows.per_trial(), unit),
        "folds": folds,
        "fold_mean": _fold_mean(folds, windows.scores),
        "per_class": _per_class(windows),
        "per_subject": _per_subject(windows),
        "unit": unit,
        "units": int(windows.units(unit).max()) + 1,
    }


def plain(value: float) -> float | None:
    """Return a number that JSON knows: None where it isn't defined."""
    return float(value) if np.isfinite(value) else None


def named(names: tuple[str, ...], values: Float[np.ndarray, " metrics"]) -> dict[str, float | None]:
    """Return plain values by name."""
    return {name: plain(value) for name, value in zip(names, values, strict=True)}


def _with_intervals(answers: Answers, unit: str) -> dict[str, dict[str, float | None]]:
    scores, sums = answers.scores, answers.sums(answers.units(unit))
    value = answers.statistic(sums.sum(0, keepdims=True))[0]
    low, high = interval(sums, answers.statistic)
    low, high = np.maximum(low, scores.lower), np.minimum(high, scores.upper)
    ends = np.stack([value, low, high], axis=-1)
    return {name: named(("value", "low", "high"), row) for name, row in zip(scores.names, ends, strict=True)}


def _per_fold(answers: Answers) -> list[dict[str, Any]]:
    fold = answers.codes("seed", "fold")
    sums = answers.scores.sums(answers.y, answers.predicted, fold, int(fold.max()) + 1)
    values, windows = answers.scores.values(sums), np.bincount(fold)
    heads = answers.rows.iloc[firsts(fold)]
    return [
        {"seed": int(seed), "fold": int(number), "windows": int(n), **named(answers.scores.names, row)}
        for seed, number, n, row in zip(heads["seed"], heads["fold"], windows, values, strict=True)
    ]


def _fold_mean(folds: list[dict[str, Any]], scores: Scores) -> dict[str, dict[str, float | None]]:
    names = list(scores.names)
    table = pd.DataFrame(folds).astype(dict.fromkeys(names, float)).groupby("fold")[names].mean()
    both = table.agg(["mean", "std"])
    return {name: {"mean": plain(both.at["mean", name]), "sd": plain(both.at["std", name])} for name in names}


def _per_class(answers: Answers) -> list[dict[str, Any]]:
    if not isinstance(answers.scores, ClassScores):
        return []
    confusion = answers.sums(np.zeros(len(answers.y), np.int64))[0]
    columns = np.stack([column.mean(axis=0) for column in per_class(confusion)], axis=-1)
    names = ("precision", "recall", "f1", "support")
    return [{"class": c, **named(names, row)} for c, row in zip(answers.scores.target.classes, columns, strict=True)]


def _per_subject(answers: Answers) -> list[dict[str, Any]]:
    subject = answers.codes("dataset", "subject")
    values = mean_of_defined(np.moveaxis(answers.scores.values(answers.sums(subject)), 1, -1))
    # macro and weighted F1 say little of one person, who may lack classes
    names = ("accuracy", "balanced_accuracy") if isinstance(answers.scores, ClassScores) else answers.scores.names
    people = answers.rows["subject"].iloc[firsts(subject)]
    windows = np.bincount(subject) / answers.seeds
    return [
        {"subject": str(person), "windows": float(n), **named(names, row[: len(names)])}
        for person, n, row in zip(people, windows, values, strict=True)
    ]
