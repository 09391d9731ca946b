"""Metrics of one target: pooled over folds, averaged over seeds, with intervals over what the protocol holds out."""

from typing import Any

import numpy as np
import pandas as pd

from insula.evaluation.answers import CROSSED, Answers, firsts
from insula.evaluation.intervals import fewest, interval
from insula.evaluation.per_subject import per_subject, worst_decile
from insula.evaluation.scores import ClassScores, Scores, named, per_class, plain
from insula.specs import TargetSpec

PLURAL = {"stimulus": "stimuli", "subject": "people", CROSSED: "people and stimuli"}


def summarise(predictions: pd.DataFrame, target: TargetSpec, unit: str) -> dict[str, Any]:
    """Return everything that ``metrics.json`` says of one target.

    ``metrics`` has name to ``value, low, high``, per window: pooled over folds within a seed, then averaged over seeds.
    ``trial`` is the same per trial, whose prediction is the mean over its windows within one fold. ``folds`` has the
    metrics of every fold and seed, ``fold_mean`` their mean and standard deviation over folds (seeds averaged within a
    fold). ``per_class`` and ``per_subject`` are tables with seeds averaged, ``worst_decile`` is the mean over the tenth
    of the people who are read worst. ``unit`` is what intervals are over, ``units`` how many there are (of people and
    stimuli that cross: of the fewer), and ``over`` says it in words. What isn't defined is None.

    Parameters
    ----------
    predictions
        Held-out windows that have a label: ``fold, seed, dataset, subject, session, recording, trial, stimulus, t0, t1,
        target, y`` and ``p_<class>`` for every class, or ``prediction`` for a number.
    target
        Whose rows these are.
    unit
        What the protocol holds out (:attr:`insula.windows.audit.Audit.unit`): a column, or ``subject and stimulus``
        (which counts where they cross: not where every stimulus is one person's own).

    Raises
    ------
    DataError
        If no row has a label, or a label is no class of the target.
    """
    windows = Answers.of(predictions, target)
    folds, people, unit = _per_fold(windows), per_subject(windows), windows.crossing(unit)
    return {
        "metrics": _with_intervals(windows, unit),
        "trial": _with_intervals(windows.per_trial(), unit),
        "folds": folds,
        "fold_mean": _fold_mean(folds, windows.scores),
        "per_class": _per_class(windows),
        "per_subject": people,
        "worst_decile": worst_decile(people, windows.scores),
        "unit": unit,
        "units": fewest(windows.cells(unit)[1]),
        "over": _over(windows, unit),
    }


def _with_intervals(answers: Answers, unit: str) -> dict[str, dict[str, float | None]]:
    cell, factors = answers.cells(unit)
    scores, sums = answers.scores, answers.sums(cell)
    value = answers.statistic(sums.sum(0, keepdims=True))[0]
    low, high = interval(sums, answers.statistic, factors=factors)
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


def _over(answers: Answers, unit: str) -> str:
    """Say what intervals are over: ``8 people``, or ``8 people and 20 stimuli``."""
    _, factors = answers.cells(unit)
    names = ("subject", "stimulus") if unit == CROSSED else (unit,)
    found = ((name, int(codes.max()) + 1) for name, codes in zip(names, factors, strict=True))
    return " and ".join(f"one {name}" if n == 1 else f"{n} {PLURAL.get(name, f'{name}s')}" for name, n in found)
