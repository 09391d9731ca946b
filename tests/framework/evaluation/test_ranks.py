"""Ranks against Demšar's tables and scipy, and over what they are refused."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from insula import DataError
from insula.evaluation.ranks import critical_difference, rank_figure, scores_per_unit
from made_predictions import CLASS_TARGET, NUMBER_TARGET, made_numbers, made_predictions


def made_scores(units, systems, step=0.0, seed=0):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(units, systems)) + step * np.arange(systems)
    return pd.DataFrame(scores, columns=list("abcdefghij"[:systems]))


@pytest.mark.parametrize(("systems", "quantile"), [(3, 2.343), (4, 2.569), (5, 2.728), (10, 3.164)])
def test_the_critical_difference_is_demsars(systems, quantile):
    """His table 5a, for two-tailed 0.05."""
    found = critical_difference(made_scores(14, systems), "dataset")
    assert found.difference == pytest.approx(quantile * np.sqrt(systems * (systems + 1) / (6 * 14)), rel=2e-3)


def test_ranks_and_friedman():
    scores = made_scores(12, 4, 0.7)
    found = critical_difference(scores, "subject")
    assert list(found.ranks) == ["d", "c", "b", "a"]
    assert found.ranks["d"] == np.mean([5 - stats.rankdata(row)[3] for row in scores.to_numpy()])
    chi = stats.friedmanchisquare(*scores.to_numpy().T).statistic
    assert found.statistic == pytest.approx(11 * chi / (12 * 3 - chi))
    assert found.p == pytest.approx(stats.f.sf(found.statistic, 3, 33))
    assert found.over == "12 people"
    errors = critical_difference(-scores, "subject", smaller_is_better=True)
    assert errors.ranks == found.ranks


def test_groups_are_the_largest_sets_that_do_not_differ():
    ranked = pd.DataFrame([[4, 3, 2, 1]] * 8, columns=list("abcd"))
    found = critical_difference(ranked, "subject")
    assert 1 < found.difference < 2
    assert found.groups == (("a", "b"), ("b", "c"), ("c", "d"))
    assert found.p < 1e-6
    equal = critical_difference(ranked * 0, "subject")
    assert (equal.p, equal.groups) == (1.0, (("a", "b", "c", "d"),))


def test_of_equal_systems_few_seem_to_differ():
    found = [critical_difference(made_scores(6, 4, seed=seed), "subject") for seed in range(200)]
    apart = [max(one.ranks.values()) - min(one.ranks.values()) >= one.difference for one in found]
    assert np.mean(apart) <= 0.08
    assert np.mean([one.p < 0.05 for one in found]) <= 0.1


@pytest.mark.parametrize(
    ("unit", "why"),
    [
        ("fold", "training sets of folds overlap"),
        ("seed", "seeds repeat one measurement"),
        ("trial", "trials of a person are alike"),
        ("stimulus", "come from the same people"),
        ("window", "windows of a trial are alike"),
        ("session", "sessions of a person are alike"),
        ("site", "nothing says that one site is independent"),
    ],
)
def test_refused_over_what_is_not_independent(unit, why):
    with pytest.raises(
        DataError, match=f"can't be ranked over {unit}s: .*{why}.*; rank them over datasets or held-out"
    ):
        critical_difference(made_scores(20, 4), unit)


def test_refused_with_too_little():
    with pytest.raises(DataError, match="5 people are too few to rank systems over: it takes 6"):
        critical_difference(made_scores(5, 4), "subject")
    with pytest.raises(DataError, match="2 systems make no ranking: compare two by a paired test"):
        critical_difference(made_scores(9, 2), "dataset")
    gaps = made_scores(9, 3)
    gaps.loc[4, "b"] = np.nan
    with pytest.raises(DataError, match="'b' has no score for 4: rank systems that were all measured"):
        critical_difference(gaps, "subject")


def test_scores_per_person_and_dataset():
    rows = made_predictions(8, seeds=2)
    table = scores_per_unit({"one": rows, "two": rows.assign(p_joy=9.0)}, CLASS_TARGET, "subject")
    assert list(table) == ["one", "two"]
    assert list(table.index[:2]) == ["made/s00", "made/s01"]
    assert (table["two"] <= 0.5).all()
    several = pd.concat([rows, rows.assign(dataset="other")])
    assert list(scores_per_unit({"one": several}, CLASS_TARGET, "dataset").index) == ["made", "other"]
    assert scores_per_unit({"one": made_numbers(5)}, NUMBER_TARGET, "subject", "mae").shape == (5, 1)


def test_the_figure_names_systems_and_the_difference():
    found = critical_difference(made_scores(12, 4, 0.7), "subject and stimulus")
    drawn = rank_figure(found, "balanced accuracy")
    assert all(f">{name}</text>" in drawn.svg for name in "abcd")
    assert f"{found.difference:.2f}" in drawn.caption
    assert "12 people" in drawn.caption
