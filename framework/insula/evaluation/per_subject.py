"""Per subject: how well each person is read, how well calibrated, and how it is for those who are read worst."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from insula.evaluation.answers import Answers, firsts
from insula.evaluation.scores import ClassScores, Scores, mean_of_defined, named, plain

CALIBRATION = "calibration"
ABOUT = ("subject", "windows")
BINS = 10
"""Confidences of a person are sorted into so many bins at most; each has as many windows, 10 or more."""
TENTH = 10


def per_subject(answers: Answers) -> list[dict[str, Any]]:
    """Return a row for every person, in order of their names: ``subject, windows`` and metrics, seeds averaged.

    A person's classes may be few, so that macro and weighted F1 are left out. ``calibration`` is the expected
    calibration error: over bins of equally many windows, sorted by the probability of the class answered, the mean
    distance of that probability from the share of right answers (Naeini et al. 2015, AAAI, section 2; bins of equal
    mass as in Nguyen & O'Connor 2015, EMNLP, section 3). 0 is calibrated; a handful of windows can't show much less
    than 1/sqrt(windows).
    """
    subject = answers.codes("dataset", "subject")
    values = mean_of_defined(np.moveaxis(answers.scores.values(answers.sums(subject)), 1, -1))
    names = ("accuracy", "balanced_accuracy") if isinstance(answers.scores, ClassScores) else answers.scores.names
    people = answers.rows["subject"].iloc[firsts(subject)]
    if "dataset" in answers.rows and answers.rows["dataset"].nunique() > 1:
        people = answers.rows["dataset"].iloc[firsts(subject)].astype(str) + "/" + people.astype(str)
    windows = np.bincount(subject) / answers.seeds
    rows = [
        {"subject": str(person), "windows": float(n), **named(names, row[: len(names)])}
        for person, n, row in zip(people, windows, values, strict=True)
    ]
    if isinstance(answers.scores, ClassScores):
        errors = mean_of_defined(_calibration(answers, subject))
        rows = [{**row, CALIBRATION: plain(error)} for row, error in zip(rows, errors, strict=True)]
    return rows


def worst_decile(rows: Sequence[Mapping[str, Any]], scores: Scores) -> dict[str, float | None]:
    """Return each figure's mean over the tenth of the people (one at least) for whom it is worst; None if undefined.

    Parameters
    ----------
    rows
        As :func:`per_subject` gives them.
    scores
        Say which figures are better when small; so is calibration.
    """
    found = {}
    for name in (name for name in rows[0] if name not in ABOUT):
        known = sorted(row[name] for row in rows if row[name] is not None)
        if name in (*scores.errors, CALIBRATION):
            known.reverse()
        worst = known[: max(1, len(known) // TENTH)]
        found[name] = float(np.mean(worst)) if worst else None
    return found


def calibration_error(confidence: Float[np.ndarray, " rows"], right: Bool[np.ndarray, " rows"]) -> float:
    """Return the expected calibration error over bins of equal mass; NaN if a confidence isn't a number.

    Equal confidences are never parted, so that the order of the rows doesn't count.
    """
    if not np.isfinite(confidence).all():
        return float("nan")
    bins = int(np.clip(len(confidence) // BINS, 1, BINS))
    edges = np.unique(np.quantile(confidence, np.arange(1, bins) / bins))
    place = np.searchsorted(edges, confidence, side="right")
    gaps = np.bincount(place, confidence - right)
    return float(np.abs(gaps).sum() / len(confidence))


def _calibration(answers: Answers, subject: Int[np.ndarray, " rows"]) -> Float[np.ndarray, "people seeds"]:
    sure, right = answers.vectors[1].max(axis=1), answers.y == answers.predicted
    found = np.full((int(subject.max()) + 1, answers.seeds), np.nan)
    group = subject * answers.seeds + answers.seed
    for mine in np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1]):
        if len(mine):
            found.flat[group[mine[0]]] = calibration_error(sure[mine], right[mine])
    return found
