"""Ranks: several systems over several datasets, or held-out people, and which of them differ (Demšar 2006).

Demšar, J. (2006). Statistical comparisons of classifiers over multiple data sets. JMLR 7:1-30.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from insula.errors import DataError
from insula.evaluation.analysis import Figure
from insula.evaluation.answers import CROSSED, Answers
from insula.evaluation.drawing import drawing
from insula.evaluation.scores import mean_of_defined
from insula.specs import TargetSpec

UNITS: Mapping[str, str] = {"dataset": "datasets", "subject": "people", CROSSED: "people"}
"""What systems may be ranked over: each was met by models that knew nothing of it."""
FEWEST = 6
"""With five units even the best in all of them isn't significant: a sign test of 5 has p = 0.06."""
_WHY = {
    "fold": "the training sets of folds overlap, so that folds aren't independent",
    "seed": "seeds repeat one measurement on the same people",
    "session": "sessions of a person are alike",
    "trial": "trials of a person are alike",
    "stimulus": "answers to a stimulus come from the same people",
    "window": "windows of a trial are alike",
}


@dataclass(frozen=True)
class CriticalDifference:
    """Mean ranks of systems (1 is best), and the difference from which on two of them differ.

    ``p`` is of the Friedman test in the form of Iman & Davenport (Demšar 2006, section 3.2.2), ``difference`` the
    critical difference of Nemenyi (ibid., eq. on p. 10) at ``level``. ``groups`` are the largest sets of systems
    within which no two differ; a system may be in several.
    """

    ranks: Mapping[str, float]
    unit: str
    units: int
    statistic: float
    p: float
    difference: float
    level: float
    groups: tuple[tuple[str, ...], ...]

    @property
    def over(self) -> str:
        """What the systems are ranked over: ``12 people``."""
        return f"{self.units} {UNITS[self.unit]}"


def critical_difference(
    scores: pd.DataFrame, unit: str, *, smaller_is_better: bool = False, level: float = 0.95
) -> CriticalDifference:
    """Rank systems within every unit, and say which mean ranks differ.

    Parameters
    ----------
    scores
        A row per unit, a column per system.
    unit
        What a row is: ``dataset``, or ``subject`` (``subject and stimulus``) where the protocol holds people out.
    smaller_is_better
        Whether the scores are errors.
    level
        One minus the chance of any false difference.

    Raises
    ------
    DataError
        If the unit is neither datasets nor held-out people, there are fewer than six of them or fewer than three
        systems, or a score is missing.
    """
    from scipy.stats import f, friedmanchisquare

    _check(scores, unit)
    n, k = scores.shape
    ranked = scores.rank(axis=1, ascending=smaller_is_better)
    ranks = pd.Series(ranked.to_numpy().mean(axis=0), index=ranked.columns).sort_values(kind="stable")
    if (ranked.nunique(axis=1) == 1).all():
        statistic, p = 0.0, 1.0
    else:
        chi = friedmanchisquare(*scores.to_numpy().T).statistic
        rest = n * (k - 1) - chi
        statistic = (n - 1) * chi / rest if rest > 1e-9 else np.inf
        p = f.sf(statistic, k - 1, (k - 1) * (n - 1))
    difference = _quantile(level, k) * np.sqrt(k * (k + 1) / (6 * n))
    named = {str(name): float(rank) for name, rank in ranks.items()}
    return CriticalDifference(
        named, unit, n, float(statistic), float(p), float(difference), level, _groups(named, difference)
    )


def scores_per_unit(
    runs: Mapping[str, pd.DataFrame], target: TargetSpec, unit: str, metric: str | None = None
) -> pd.DataFrame:
    """Return every system's metric for every person (or dataset), seeds averaged: what the ranks are of.

    Parameters
    ----------
    runs
        System to its predictions, with the columns of ``predictions.parquet``.
    target
        Whose rows are scored.
    unit
        As for :func:`critical_difference`.
    metric
        One of the target's kind; None: balanced accuracy, of numbers CCC.
    """
    metric = metric or ("ccc" if target.kind == "number" else "balanced_accuracy")
    found = {}
    for name, rows in runs.items():
        answers = Answers.of(rows, target)
        columns = ["dataset"] if unit == "dataset" else ["dataset", "subject"]
        values = answers.scores.values(answers.sums(answers.codes(*columns)))[..., answers.scores.names.index(metric)]
        who = answers.rows[columns].astype(str).agg("/".join, axis=1).groupby(answers.codes(*columns)).first()
        found[name] = pd.Series(mean_of_defined(values), index=who)
    return pd.DataFrame(found)


def _check(scores: pd.DataFrame, unit: str) -> None:
    n, k = scores.shape
    if unit not in UNITS:
        why = _WHY.get(unit, f"nothing says that one {unit} is independent of another")
        raise DataError(f"systems can't be ranked over {unit}s: {why}; rank them over datasets or held-out people")
    if k < 3:
        raise DataError(f"{k} systems make no ranking: compare two by a paired test")
    if n < FEWEST:
        raise DataError(f"{n} {UNITS[unit]} are too few to rank systems over: it takes {FEWEST}")
    if scores.isna().to_numpy().any():
        row, column = np.argwhere(scores.isna().to_numpy())[0]
        raise DataError(
            f"{scores.columns[column]!r} has no score for {scores.index[row]!r}: rank systems that were all measured "
            "on the same units, by a metric that is defined in each"
        )


@cache
def _quantile(level: float, systems: int) -> float:
    """Return q of Demšar's table 5: the studentized range over the square root of 2."""
    from scipy.stats import studentized_range

    return float(studentized_range.ppf(level, systems, np.inf) / np.sqrt(2))


def _groups(ranks: Mapping[str, float], difference: float) -> tuple[tuple[str, ...], ...]:
    names, places = list(ranks), np.array(list(ranks.values()))
    ends = np.searchsorted(places, places + difference - 1e-9)
    last = [0, *ends[:-1]]
    return tuple(tuple(names[i:end]) for i, end in enumerate(ends) if end > max(last[i], i + 1))


def rank_figure(found: CriticalDifference, metric: str) -> Figure:
    """Draw mean ranks with bars of the critical difference: systems whose bars don't overlap differ.

    Parameters
    ----------
    found
        What :func:`critical_difference` returned.
    metric
        What the systems are ranked by, as a reader calls it.
    """
    names, places = list(found.ranks), list(found.ranks.values())
    with drawing(7.2, 0.9 + 0.32 * len(names)) as it:
        axes = it.canvas.subplots()
        rows = range(len(names))
        axes.errorbar(places, rows, xerr=found.difference / 2, fmt="o", color="#3b82c4", ms=5, lw=2, capsize=3)
        axes.axvline(places[0] + found.difference / 2, color=axes.xaxis.label.get_color(), lw=0.8, ls=":")
        axes.set(yticks=rows, yticklabels=names, xlabel=f"mean rank by {metric} (1 is best)")
        axes.invert_yaxis()
        axes.spines[["top", "right", "left"]].set_visible(False)
    told = ", ".join(f"{name} {rank:.2f}" for name, rank in found.ranks.items())
    return it.figure(
        f"Mean ranks by {metric} over {found.over}, with bars of the critical difference, {found.difference:.2f}: "
        f"systems whose bars don't overlap differ (Nemenyi, {found.level:.0%}), and beyond the dotted line from "
        f"the best. Whether any differ at all: p = {found.p:.3g} (Friedman)",
        f"Mean ranks: {told}. Critical difference {found.difference:.2f}.",
    )
