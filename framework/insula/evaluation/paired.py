"""Paired: two runs on the same held-out rows, and whether they differ by more than chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from insula.errors import DataError
from insula.evaluation.answers import CROSSED, Answers
from insula.evaluation.intervals import fewest, jackknife
from insula.evaluation.paired_tests import TINY, Outcome, corrected_t, mcnemar, student, wilcoxon
from insula.evaluation.same_rows import check_same_rows, same_folds
from insula.evaluation.scores import ClassScores, mean_of_defined
from insula.specs import TargetSpec


@dataclass(frozen=True)
class Paired:
    """How one run differs from another on the same rows: ``a - b``, so that of an error less than 0 is better.

    ``low`` and ``high`` are the ends of the 95 % interval of the difference over ``units`` units (NaN with fewer than
    two). ``tests`` maps a test's name to ``{"p", "statistic"}`` or, where it doesn't apply, to ``{"why"}``; ``primary``
    is the one that decides: it is of the same difference as the interval, and finds p < 0.05 where that leaves out 0.
    ``effects`` maps a name to a size, or to None.
    """

    metric: str
    unit: str
    units: int
    difference: float
    low: float
    high: float
    tests: Mapping[str, Mapping[str, Any]]
    effects: Mapping[str, float | None]
    primary: str = "t"

    @property
    def p(self) -> float | None:
        """The p value that decides; None where there is none (``tests[primary]["why"]`` says why)."""
        return self.tests[self.primary].get("p")


def compare_paired(
    a: pd.DataFrame,
    b: pd.DataFrame,
    target: TargetSpec,
    unit: str,
    *,
    metric: str | None = None,
    ratio: float | None = None,
) -> Paired:
    """Compare two runs by what they said of the same rows.

    The tests: ``t``, of the pooled difference over the held-out unit, by its jackknife error (see
    :func:`~insula.evaluation.intervals.jackknife`); ``corrected t`` over folds; ``wilcoxon`` over people; ``mcnemar``
    over clusters, which are the unit. The effects: ``d_z``, the difference in standard deviations over units (over
    people where these cross stimuli; Cohen 1988, section 2.3); ``rank_biserial`` over people; ``points``, the
    difference in percentage points, of a metric of classes.

    Parameters
    ----------
    a, b
        Predictions with the columns of ``predictions.parquet``. Each may have seeds of its own: they are averaged.
    target
        Whose rows are compared.
    unit
        What the protocol holds out, as in ``metrics.json``.
    metric
        One of the target's kind; None: balanced accuracy, of numbers CCC.
    ratio
        Test rows per training row of a fold, for the corrected t; None: that test doesn't apply.

    Raises
    ------
    DataError
        If there is no such metric, or the tables aren't of the same rows and labels: it names one that differs.
    """
    pair = _Pair(Answers.of(a, target), Answers.of(b, target), metric)
    check_same_rows(pair.a.rows, pair.b.rows)
    unit = pair.a.crossing(unit)
    _, factors = pair.a.cells(unit)
    found = jackknife(pair.sums(unit), pair.statistic, factors)
    (value,), (error,), (low,), (high,) = found.value, found.error, *found.interval()
    people = pair.by("subject")
    tests = {
        "t": student(value, error, found.freedom) if fewest(factors) > 1 else {"why": f"one {unit} is no sample"},
        "corrected t": corrected_t(pair.by("fold"), ratio)
        if same_folds(pair.a.rows, pair.b.rows)
        else {"why": "their folds differ"},
        "wilcoxon": wilcoxon(people),
        "mcnemar": pair.mcnemar(unit),
    }
    effects = {
        "d_z": pair.standardised("subject" if unit == CROSSED else unit),
        "rank_biserial": tests["wilcoxon"].pop("biserial", None),
        **({"points": 100 * float(value)} if pair.of_classes else {}),
    }
    return Paired(pair.metric, unit, fewest(factors), float(value), float(low), float(high), tests, effects)


class _Pair:
    """Two answers to the same rows, and one metric of them."""

    def __init__(self, a: Answers, b: Answers, metric: str | None) -> None:
        self.a, self.b = a, b
        self.of_classes = isinstance(a.scores, ClassScores)
        self.metric = metric or ("balanced_accuracy" if self.of_classes else "ccc")
        if self.metric not in a.scores.names:
            raise DataError(f"{self.metric!r} is no metric of this target: {', '.join(a.scores.names)}")

    @cached_property
    def place(self) -> int:
        return self.a.scores.names.index(self.metric)

    def sums(self, unit: str) -> Float[np.ndarray, "units seeds ..."]:
        """Return the sums of both over every unit, the seeds of b behind those of a."""
        return np.concatenate([one.sums(one.units(unit)) for one in (self.a, self.b)], axis=1)

    def statistic(self, sums: Float[np.ndarray, "draws seeds ..."]) -> Float[np.ndarray, "draws metrics"]:
        """Read the difference off such sums: each averaged over its own seeds."""
        values = self.a.scores.values(sums)[..., self.place]
        return (values[:, : self.a.seeds].mean(axis=1) - values[:, self.a.seeds :].mean(axis=1))[:, None]

    def by(self, unit: str) -> Float[np.ndarray, " units"]:
        """Return the difference of every fold, or person, by itself; NaN where the metric is undefined in it."""
        values = self.a.scores.values(self.sums(unit))[..., self.place]
        return mean_of_defined(values[:, : self.a.seeds]) - mean_of_defined(values[:, self.a.seeds :])

    def mcnemar(self, unit: str) -> Outcome:
        """Test by which share of a cluster's answers only one is right."""
        if not self.of_classes:
            return {"why": "a number is neither right nor wrong"}
        if unit == CROSSED:
            return {"why": "where people cross stimuli no cluster of answers is independent of the others"}
        right = _Pair(self.a, self.b, "accuracy")
        return mcnemar(right.by(unit))

    def standardised(self, unit: str) -> float | None:
        """Return the difference in standard deviations over units (of jackknife pseudo-values); None: not defined."""
        sums = self.sums(unit)
        found = jackknife(sums, self.statistic)
        spread = found.error[0] * np.sqrt(len(sums))
        return float(found.value[0] / spread) if spread > TINY else None


def holm(p: Sequence[float]) -> list[float]:
    """Adjust p values for their number (Holm 1979, Scandinavian Journal of Statistics 6:65), in the order given."""
    order = np.argsort(p, kind="stable")
    steps = np.asarray(p, dtype=float)[order] * np.arange(len(order), 0, -1)
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted.tolist()
