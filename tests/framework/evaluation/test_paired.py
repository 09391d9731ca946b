"""Paired comparisons against scipy, formulas written out, and what they must refuse."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from insula import DataError
from insula.evaluation.metrics import summarise
from insula.evaluation.paired import compare_paired, holm
from insula.evaluation.paired_tests import corrected_t, mcnemar, student, wilcoxon
from made_index import CLASSES
from made_predictions import CLASS_TARGET, NUMBER_TARGET, made_numbers, made_predictions

P = [f"p_{name}" for name in CLASSES]


def other(rows, seed=1, share=0.3):
    """The same rows, of which some are answered anew."""
    rng = np.random.default_rng(seed)
    anew = rng.random(len(rows)) < share
    rows = rows.copy()
    rows.loc[anew, P] = rng.dirichlet(np.ones(len(P)), int(anew.sum()))
    return rows


def right(rows):
    return np.array(CLASSES)[rows[P].to_numpy().argmax(axis=1)] == rows["y"]


def test_the_difference_is_that_of_the_printed_values_and_its_p_goes_with_its_interval():
    a = made_predictions(12, seeds=2)
    for seed in range(6):
        b = other(a, seed, 0.05 * (seed + 1))
        found = compare_paired(a, b, CLASS_TARGET, "subject")
        values = [summarise(rows, CLASS_TARGET, "subject")["metrics"]["balanced_accuracy"]["value"] for rows in (a, b)]
        assert found.difference == pytest.approx(values[0] - values[1])
        assert found.low < found.difference < found.high
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0)
        assert (found.metric, found.unit, found.units) == ("balanced_accuracy", "subject", 12)
        assert found.effects["points"] == pytest.approx(100 * found.difference)


def test_of_equally_many_rows_per_person_t_is_the_paired_t_test():
    a = made_predictions(9)
    b = other(a)
    per_person = [rows.assign(right=right(rows)).groupby("subject")["right"].mean() for rows in (a, b)]
    oracle = stats.ttest_rel(*per_person)
    found = compare_paired(a, b, CLASS_TARGET, "subject", metric="accuracy")
    assert found.tests["t"] == pytest.approx({"p": oracle.pvalue, "statistic": oracle.statistic})
    assert (found.low, found.high) == pytest.approx(tuple(oracle.confidence_interval()))
    difference = per_person[0] - per_person[1]
    assert found.effects["d_z"] == pytest.approx(difference.mean() / difference.std())


def test_seeds_are_averaged_and_may_differ_in_number():
    a = made_predictions(10)
    several = pd.concat([other(a, 3).assign(seed=seed) for seed in (0, 1, 2)])
    one = other(a, 3)
    for flip in (False, True):
        pairs = [(a, several), (a, one)] if not flip else [(several, a), (one, a)]
        repeated, single = (compare_paired(*pair, CLASS_TARGET, "subject") for pair in pairs)
        assert repeated.difference == pytest.approx(single.difference)
        assert repeated.p == pytest.approx(single.p)
        assert repeated.tests["mcnemar"] == pytest.approx(single.tests["mcnemar"])


def test_rows_in_another_order_are_the_same_rows():
    a = made_predictions(8)
    b = other(a)
    shuffled = b.sample(frac=1, random_state=0)
    assert compare_paired(a, shuffled, CLASS_TARGET, "subject") == compare_paired(a, b, CLASS_TARGET, "subject")


def test_identical_runs_differ_by_nothing():
    rows = made_predictions(8)
    for unit in ("subject", "trial", "subject and stimulus"):
        found = compare_paired(rows, rows, CLASS_TARGET, unit, ratio=0.25)
        assert (found.difference, found.low, found.high) == (0, 0, 0)
        assert all(test["p"] == 1 for test in found.tests.values() if "p" in test)
        assert found.effects["rank_biserial"] == 0
        assert found.effects["d_z"] is None


def test_one_person_is_no_sample():
    rows = made_predictions(1)
    found = compare_paired(rows, other(rows), CLASS_TARGET, "subject", ratio=0.25)
    assert np.isnan([found.low, found.high]).all()
    assert found.p is None
    assert "one subject is no sample" in found.tests["t"]["why"]
    assert "two people" in found.tests["wilcoxon"]["why"]
    assert "two clusters" in found.tests["mcnemar"]["why"]
    assert "two folds" in found.tests["corrected t"]["why"]


def test_numbers():
    a = made_numbers(10)
    b = a.assign(prediction=a["prediction"] + np.random.default_rng(0).normal(size=len(a)))
    found = compare_paired(a, b, NUMBER_TARGET, "subject")
    assert found.metric == "ccc"
    assert found.low > 0
    assert found.p < 0.01
    assert "neither right nor wrong" in found.tests["mcnemar"]["why"]
    assert "points" not in found.effects
    worse = compare_paired(a, b, NUMBER_TARGET, "subject", metric="mae")
    assert worse.difference < 0  # a has the smaller error
    with pytest.raises(DataError, match="'accuracy' is no metric of this target: ccc, pearson, rmse, mae"):
        compare_paired(a, b, NUMBER_TARGET, "subject", metric="accuracy")


def test_people_and_stimuli_that_cross_are_both_drawn():
    a = made_predictions(10, trials=8)
    spoilt = a.assign(**dict.fromkeys(P, 0.25)).where(
        a["stimulus"].isin(["v3", "v4"]), a
    )  # two make all the difference
    over_people = compare_paired(a, spoilt, CLASS_TARGET, "subject")
    both = compare_paired(a, spoilt, CLASS_TARGET, "subject and stimulus")
    assert (both.unit, both.units) == ("subject and stimulus", 8)
    assert both.high - both.low > 1.5 * (over_people.high - over_people.low)
    assert both.p > over_people.p
    assert "cross" in both.tests["mcnemar"]["why"]
    assert both.tests["wilcoxon"] == over_people.tests["wilcoxon"]
    nested = [rows.assign(stimulus=rows["trial"]) for rows in (a, spoilt)]
    assert compare_paired(*nested, CLASS_TARGET, "subject and stimulus") == over_people


def test_other_rows_labels_and_folds():
    a = made_predictions(6)
    with pytest.raises(
        DataError, match=r"tested other rows: 24 rows of the first run aren't in the second, subject 's02'"
    ):
        compare_paired(a, a[a["subject"] != "s02"], CLASS_TARGET, "subject")
    with pytest.raises(
        DataError, match=r"1 rows of the second run aren't in the first, .* 2 to 4 s first; compare runs"
    ):
        compare_paired(a.drop(index=5), a, CLASS_TARGET, "subject")
    relabelled = a.copy()
    relabelled.loc[3, "y"] = next(name for name in CLASSES if name != a.loc[3, "y"])
    with pytest.raises(
        DataError, match=r"other labels in 1 rows: subject 's00', .* is '\w+' in the first and '\w+' in"
    ):
        compare_paired(a, relabelled, CLASS_TARGET, "subject")
    numbers = made_numbers(4)
    with pytest.raises(DataError, match="other labels in 96 rows"):
        compare_paired(numbers, numbers.assign(y=numbers["y"] + 1), NUMBER_TARGET, "subject")
    folds = compare_paired(a, a.assign(fold=0), CLASS_TARGET, "subject", ratio=0.25)
    assert folds.tests["corrected t"] == {"why": "their folds differ"}
    known = compare_paired(a, other(a), CLASS_TARGET, "subject")
    assert "isn't known" in known.tests["corrected t"]["why"]


def test_a_row_that_two_folds_test_counts_twice():
    a = made_predictions(6)
    twice = pd.concat([a, a.assign(fold=a["fold"] + 5)])
    assert compare_paired(twice, other(twice), CLASS_TARGET, "subject").units == 6
    with pytest.raises(DataError, match="144 rows of the first run"):
        compare_paired(twice, a, CLASS_TARGET, "subject")


def test_the_corrected_t_is_nadeau_and_bengios():
    rng = np.random.default_rng(0)
    differences = rng.normal(0.02, 0.03, 10)
    t = differences.mean() / np.sqrt((1 / 10 + 0.25) * differences.var(ddof=1))
    assert corrected_t(differences, 0.25) == pytest.approx({"statistic": t, "p": 2 * stats.t.sf(abs(t), 9)})
    plain = stats.ttest_1samp(differences, 0)
    assert corrected_t(differences, 0.0)["p"] == pytest.approx(plain.pvalue)


def by_enumeration(differences):
    """All choices of signs of Pratt's ranks."""
    size = np.abs(differences)
    ranks = stats.rankdata(size)[size > 0]
    signs = np.sign(differences[size > 0])
    sums = np.array([np.dot(ranks, choice) for choice in product((-1, 1), repeat=len(ranks))])
    return (np.abs(sums) >= abs(ranks @ signs) - 1e-9).mean()


@pytest.mark.parametrize(
    "differences",
    [
        [0.1, -0.2, 0.3, 0.4, 0.5],
        [0.1, 0.1, -0.1, 0.3, 0.2, 0.2],
        [0.0, 0.0, 0.1, 0.2, -0.3, 0.4, 0.4],
        [0.3, 0.2, 0.1, 0.4, 0.5, 0.6, 0.7, 0.8],
        [0.0, 0.1, -0.1],
    ],
)
def test_wilcoxon_counts_all_choices_of_signs(differences):
    found = wilcoxon(np.array(differences))
    assert found["p"] == pytest.approx(by_enumeration(np.array(differences)))
    oracle = stats.wilcoxon(differences, zero_method="pratt", method="approx")
    assert found["statistic"] == oracle.statistic


def test_wilcoxon_as_scipy_has_it_and_its_effect_size():
    differences = np.random.default_rng(0).normal(0.3, 1, 40)
    found = wilcoxon(differences)
    oracle = stats.wilcoxon(differences, method="exact")
    assert found["p"] == pytest.approx(oracle.pvalue)
    ranks = stats.rankdata(np.abs(differences))
    assert found["biserial"] == pytest.approx((ranks * np.sign(differences)).sum() / ranks.sum())
    assert wilcoxon(np.array([0.1, 0.2, np.nan, 0.3]))["biserial"] == 1
    assert wilcoxon(np.arange(1.0, 301))["p"] == pytest.approx(0, abs=1e-50)


def test_mcnemar_of_single_answers_is_the_exact_test():
    b, c = 9, 2
    alone = np.array([1.0] * b + [-1.0] * c + [0.0] * 30)
    found = mcnemar(alone)
    assert found["p"] == pytest.approx(stats.binomtest(b, b + c).pvalue)
    assert found["statistic"] == pytest.approx((b - c) ** 2 / (b + c))


def test_mcnemar_clustered():
    """Durkalski's statistic of five groups (b, c and size each), and its chi-squared p where there are many."""
    n, b, c = np.array([72, 139, 112, 128, 88]), np.array([51, 67, 44, 58, 47]), np.array([18, 26, 43, 21, 28])
    d = (b - c) / n
    assert mcnemar(d)["statistic"] == pytest.approx(((b - c) / n).sum() ** 2 / (((b - c) / n) ** 2).sum())
    assert mcnemar(d)["p"] == 2 / 2**5  # all five lean one way: chi-squared would say 0.04
    many = np.random.default_rng(0).normal(0.2, 1, 80)
    found = mcnemar(many)
    assert found["p"] == pytest.approx(stats.chi2.sf(found["statistic"], 1), abs=0.02)
    assert mcnemar(many) == found
    assert mcnemar(np.ones(40))["p"] == 1 / 10001


def test_answers_of_one_cluster_count_once():
    a = made_predictions(6)
    clusters = compare_paired(a, other(a), CLASS_TARGET, "subject").tests["mcnemar"]
    copies = pd.concat([a.assign(t0=a["t0"] + 100 * i) for i in range(5)], ignore_index=True)
    others = pd.concat([other(a).assign(t0=a["t0"] + 100 * i) for i in range(5)], ignore_index=True)
    assert compare_paired(copies, others, CLASS_TARGET, "subject").tests["mcnemar"] == pytest.approx(clusters)


def test_a_difference_without_spread_says_so():
    assert "by the same" in student(0.1, 0.0, 7)["why"]
    assert "isn't defined" in student(np.nan, 0.1, 7)["why"]


def test_holm():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
