"""Drops: the fall of a metric between two answers to the same rows, with an interval over the unit."""

import numpy as np
import pytest

from insula.evaluation.drop import Drops
from insula.evaluation.metrics import summarise
from made_index import CLASSES
from made_predictions import CLASS_TARGET, NUMBER_TARGET, made_numbers, made_predictions

SHARES = [f"p_{name}" for name in CLASSES]


def worse(rows, seed):
    """Return the rows with the answers of a third of them dealt out anew."""
    rng = np.random.default_rng(seed)
    shares = rows[SHARES].to_numpy(copy=True)
    some = rng.choice(len(rows), len(rows) // 3, replace=False)
    shares[some] = shares[rng.permutation(some)]
    return rows.assign(**dict(zip(SHARES, shares.T, strict=True)))


@pytest.mark.parametrize("seeds", [1, 2])
def test_the_fall_is_the_difference_of_the_metrics_averaged_over_the_other_answers(seeds):
    rows = made_predictions(seeds=seeds)
    others = [worse(rows, seed) for seed in range(3)]
    drops = Drops(rows, CLASS_TARGET, "subject")
    found = drops.of([other[SHARES].to_numpy() for other in others])
    before, *after = (
        summarise(table, CLASS_TARGET, "subject")["metrics"]["balanced_accuracy"]["value"] for table in (rows, *others)
    )
    assert drops.value == pytest.approx(before)
    assert found["value"] == pytest.approx(before - np.mean(after))
    low, value, high = (float(found[name] or 0) for name in ("low", "value", "high"))
    assert low < value < high


def test_the_interval_is_of_the_difference_and_leaves_out_units_in_both():
    """By hand: the delete-one-person jackknife of the difference."""
    from scipy.stats import t

    rows = made_predictions()
    other = worse(rows, 0)

    def fall(kept):
        values = [
            summarise(table.loc[kept], CLASS_TARGET, "subject")["metrics"]["balanced_accuracy"]["value"]
            for table in (rows, other)
        ]
        return values[0] - values[1]

    people = rows["subject"].unique()
    without = np.array([fall((rows["subject"] != person).to_numpy()) for person in people])
    n = len(people)
    error = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    found = Drops(rows, CLASS_TARGET, "subject").of([other[SHARES].to_numpy()])
    reach = np.diff([float(found[name] or 0) for name in ("value", "high")])
    assert reach == pytest.approx(t.ppf(0.975, n - 1) * error)


def test_the_same_answers_fall_by_nothing_and_one_person_has_no_interval():
    rows = made_predictions()
    same = Drops(rows, CLASS_TARGET, "subject").of([rows[SHARES].to_numpy()])
    assert same == {"value": 0.0, "low": 0.0, "high": 0.0}
    alone = made_predictions(1)
    found = Drops(alone, CLASS_TARGET, "subject").of([worse(alone, 0)[SHARES].to_numpy()])
    assert (found["low"], found["high"]) == (None, None)


def test_numbers_fall_by_ccc():
    rows = made_numbers()
    shuffled = np.random.default_rng(0).permutation(rows["prediction"].to_numpy())
    drops = Drops(rows, NUMBER_TARGET, "subject")
    assert drops.metric == "ccc"
    assert drops.of([shuffled[:, None]])["value"] == pytest.approx(drops.value, abs=0.15)
