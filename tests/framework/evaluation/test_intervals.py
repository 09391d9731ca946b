"""Intervals cover as often as they say, over units and nothing else."""

import numpy as np
import pandas as pd
import pytest

from insula.evaluation.intervals import interval, jackknife
from insula.evaluation.metrics import summarise
from made_predictions import CLASS_TARGET, NUMBER_TARGET, made_numbers, made_predictions


def accuracy(sums):
    """Read accuracy off (draws, seeds, [right, all])."""
    return (sums[..., 0] / sums[..., 1]).mean(axis=1)[:, None]


def people(rng, units, windows=30, seeds=1):
    """Draw people whose skills differ: mean 0.6, standard deviation 0.15. One person's windows resemble each other."""
    skill = rng.beta(5.8, 3.87, units)
    right = rng.binomial(windows, np.repeat(skill[:, None], seeds, axis=1)).astype(float)
    return np.stack([right, np.full_like(right, windows)], axis=-1)


def coverage(units, times=400, **options):
    rng = np.random.default_rng(units)
    hits = 0
    for _ in range(times):
        low, high = interval(people(rng, units, **options), accuracy)
        hits += low[0] <= 5.8 / 9.67 <= high[0]
    return hits / times


@pytest.mark.parametrize("units", [5, 8, 10, 30])
def test_coverage(units):
    assert 0.9 <= coverage(units, times=300 if units < 30 else 150) <= 0.99


def test_more_windows_or_seeds_make_no_interval_for_new_people_shorter():
    rng = np.random.default_rng(0)

    def width(**options):
        ends = [interval(people(rng, 10, **options), accuracy) for _ in range(40)]
        return np.mean([high[0] - low[0] for low, high in ends])

    assert width(windows=3000, seeds=10) > 0.8 * width(windows=100)


def test_the_jackknife_of_a_mean_is_students_interval():
    from scipy import stats

    right = np.array([0.3, 0.5, 0.9, 0.6])
    sums = np.stack([right, np.ones(4)], axis=-1)[:, None]
    wanted = stats.t.interval(0.95, 3, loc=right.mean(), scale=stats.sem(right))
    assert [end[0] for end in interval(sums, accuracy)] == pytest.approx(wanted)


def test_fewer_than_two_units_give_none():
    assert all(np.isnan(end).all() for end in interval(people(np.random.default_rng(0), 1), accuracy))
    found = summarise(made_predictions(1), CLASS_TARGET, "subject")
    assert found["units"] == 1
    assert found["metrics"]["accuracy"]["low"] is None
    assert found["metrics"]["accuracy"]["value"] is not None


def test_the_bootstrap_is_seeded_and_draws_whole_units():
    sums = people(np.random.default_rng(0), 40)
    assert interval(sums, accuracy) == interval(sums, accuracy)
    doubled = np.concatenate([sums, sums], axis=1)  # the same again as a second seed: nothing new is known
    for one, two in zip(interval(sums, accuracy), interval(doubled, accuracy), strict=True):
        assert one == pytest.approx(two)


def test_seeds_are_averaged_within_a_unit():
    """Predictions that are repeated under other seeds tell nothing new about people."""
    rows = made_predictions(12)
    again = rows.assign(seed=1)
    one = summarise(rows, CLASS_TARGET, "subject")["metrics"]
    two = summarise(pd.concat([rows, again]), CLASS_TARGET, "subject")["metrics"]
    for name, entry in one.items():
        assert two[name] == pytest.approx(entry)


def test_intervals_stay_within_what_a_metric_can_be():
    rows = made_predictions(5, 2, 1).assign(p_anger=0, p_joy=0, p_sadness=0, p_calm=1)
    rows["y"] = "calm"
    rows.loc[0, "y"] = "joy"
    assert summarise(rows, CLASS_TARGET, "subject")["metrics"]["accuracy"]["high"] == 1


def test_coverage_of_the_ccc_over_ten_people():
    def estimate(seed):
        return summarise(made_numbers(10, seed=seed), NUMBER_TARGET, "subject")["metrics"]["ccc"]

    found = [estimate(seed) for seed in range(40)]
    truth = np.mean([entry["value"] for entry in found])
    assert np.mean([entry["low"] <= truth <= entry["high"] for entry in found]) >= 0.85


def crossed(rng, people, stimuli, of_people=0.15, of_stimuli=0.15):
    """Draw how often people are right at stimuli: both differ, around a mean of 0.6."""
    skill, ease = of_people * rng.normal(size=(people, 1)), of_stimuli * rng.normal(size=stimuli)
    right = rng.binomial(20, np.clip(0.6 + skill + ease, 0, 1)).astype(float).ravel()
    factors = [codes.ravel() for codes in np.indices((people, stimuli))]
    return np.stack([right, np.full_like(right, 20)], axis=-1)[:, None], factors


@pytest.mark.parametrize(("people", "stimuli"), [(5, 5), (8, 12), (10, 30), (30, 40)])
def test_coverage_where_people_and_stimuli_cross(people, stimuli):
    rng, hits, over_people = np.random.default_rng(people), 0, 0
    for _ in range(times := 200 if people < 30 else 60):
        sums, factors = crossed(rng, people, stimuli)
        low, high = interval(sums, accuracy, factors=factors)
        hits += low[0] <= 0.6 <= high[0]
        low, high = interval(sums.reshape(people, stimuli, 1, 2).sum(axis=1), accuracy)
        over_people += low[0] <= 0.6 <= high[0]
    assert 0.91 <= hits / times <= 0.99
    assert over_people < hits  # who sees these stimuli only


def test_the_two_way_jackknife_of_a_mean_is_the_sum_of_components():
    """Of a full table, the variance of a mean of people plus that of stimuli, less that of cells."""
    table = np.random.default_rng(0).normal(size=(6, 9)) + 2 * np.random.default_rng(1).normal(size=(6, 1))
    sums = np.stack([table.ravel(), np.ones(54)], axis=-1)[:, None]
    found = jackknife(sums, accuracy, [codes.ravel() for codes in np.indices((6, 9))])
    people, stimuli, cells = (x.var(ddof=1) / x.size for x in (table.mean(axis=1), table.mean(axis=0), table.ravel()))
    assert found.error[0] ** 2 == pytest.approx(max(people + stimuli - cells, people, stimuli))
    assert found.freedom == 5


def test_where_one_of_two_kinds_makes_no_difference_it_costs_little():
    rng, two, one = np.random.default_rng(0), [], []
    for _ in range(60):
        sums, factors = crossed(rng, 12, 40, of_stimuli=0.0)
        low, high = interval(sums, accuracy, factors=factors)
        two.append(high[0] - low[0])
        low, high = interval(sums.reshape(12, 40, 1, 2).sum(axis=1), accuracy)
        one.append(high[0] - low[0])
    assert np.mean(one) <= np.mean(two) <= 1.1 * np.mean(one)


def test_stimuli_of_ones_own_do_not_cross():
    rows = made_predictions(10)
    own = rows.assign(stimulus=rows["trial"])
    found = summarise(own, CLASS_TARGET, "subject and stimulus")
    assert (found["unit"], found["over"]) == ("subject", "10 people")
    assert found["metrics"] == summarise(own, CLASS_TARGET, "subject")["metrics"]
    both = summarise(rows, CLASS_TARGET, "subject and stimulus")
    assert (both["unit"], both["units"], both["over"]) == ("subject and stimulus", 6, "10 people and 6 stimuli")
    once = rows.drop_duplicates("subject").assign(stimulus=lambda r: np.where(r["subject"] < "s05", "a", "b"))
    assert summarise(once, CLASS_TARGET, "subject and stimulus")["unit"] == "stimulus"


def test_one_of_two_kinds_alone_gives_no_interval():
    sums, factors = crossed(np.random.default_rng(0), 8, 1)
    assert all(np.isnan(end).all() for end in interval(sums, accuracy, factors=factors))
