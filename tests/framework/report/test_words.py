"""A number in words, among floors, and on the right of its column."""

import re

import pytest

from insula.evaluation.analysis import Figure
from insula.report.render import inline, numeric
from insula.report.words import in_words
from insula.report.worth import floors_table
from insula.specs import TargetSpec


def test_an_overlap_and_a_figure_at_the_floor_are_said_in_words():
    target = TargetSpec("emotion", "classes", ("anger", "joy"))
    entry = {"value": 0.6, "low": 0.5, "high": 0.7}
    metrics = {
        "metrics": {"accuracy": entry, "balanced_accuracy": entry},
        "floors": {"baselines": [{"name": "majority class", "accuracy": 0.55, "balanced_accuracy": 0.5}]},
        "per_subject": [{}] * 25,
        "worst_decile": {"accuracy": 0.41},
        "grade": "F",
        "claim": [],
    }
    said = in_words(metrics, target, "trials")
    assert said[0] == (
        "On rows of which training has seen the trial, it tells anger from joy right in 60 of 100 trials (50 to 70); "
        "always saying the commonest class gets 55."
    )
    assert said[1] == "Every class counted alike, it is 60 of 100 (50 to 70), where guessing gets 50."
    assert said[2] == "For the 2 people whom it reads worst, of 25, it is right in 41 of 100."
    assert "doesn't clear what is reached without a signal (majority class: 50)" in said[3]
    assert said[4].startswith("Training and test overlap (grade F)")
    clear = {**metrics, "metrics": {**metrics["metrics"], "balanced_accuracy": {**entry, "low": 0.52}}, "grade": "A"}
    assert (
        "lies above everything that is reached without a signal (at most 50: majority class)"
        in in_words(clear, target, "trials")[3]
    )
    one = {**metrics, "metrics": {name: {**entry, "low": None, "high": None} for name in metrics["metrics"]}}
    assert "(no interval)" in in_words(one, target, "trials")[0]
    assert any("nothing can be said of chance" in sentence for sentence in in_words(one, target, "trials"))


def test_a_number_is_told_by_agreement_and_error():
    metrics = {
        "metrics": {"ccc": {"value": 0.43, "low": 0.3, "high": 0.5}, "mae": {"value": 1.2, "low": 1.0, "high": 1.4}},
        "floors": {"baselines": [{"name": "training mean", "ccc": 0.0, "mae": 1.4}]},
        "per_subject": [],
        "grade": "A",
        "claim": ["new trials"],
    }
    said, floor = in_words(metrics, TargetSpec("arousal", "number"), "trials")
    assert said == (
        "In trials that the model hasn't seen, of people it may know, what it says agrees with the true arousal to a "
        "CCC of 0.43 (0.30 to 0.50; 1 is perfect, 0 none) and is off by 1.2 on average; always saying the training "
        "mean is off by 1.4."
    )
    assert "at most 0.00: training mean" in floor


def test_baselines_stand_among_the_floors_and_one_that_failed_does_not():
    entry = {"value": 0.5, "low": 0.4, "high": 0.6}
    figures = {"accuracy": entry, "balanced_accuracy": entry}
    metrics = {"metrics": figures, "floors": {"baselines": [{"name": "majority class", "accuracy": 0.4}]}}
    baselines = {"random_forest": {"accuracy": entry, "balanced_accuracy": entry}, "svm": {"why": "too few rows"}}
    rows = {row[0]: row[1:] for row in floors_table({**metrics, "controls": {"baselines": baselines}}).rows}
    assert rows["random forest"] == ["0.500 [0.400, 0.600]"] * 2
    assert "svm" not in rows
    assert next(iter(rows)) == "this model"


def test_ids_of_two_figures_are_kept_apart():
    one, other = (
        Figure("", f'<svg><g id="a{n}"><use href="#a{n}" clip-path="url(#a{n})"/></g></svg>', "x") for n in "12"
    )
    for figure in (one, other):
        (own,) = set(re.findall(r'id="([^"]+)"', inline(figure)))
        assert inline(figure).count(f"#{own}") == 2
    assert not set(re.findall(r'id="([^"]+)"', inline(one))) & set(re.findall(r'id="([^"]+)"', inline(other)))


@pytest.mark.parametrize(
    ("cell", "is_number"),
    [
        *[
            (cell, True)
            for cell in ("0.512", "12,345", "−0.01", "+0.1", "3.1%", "50 %", "0.5 [0.4, 0.6]", "–", 7, "[−0.1, 0.2]")
        ],
        *[(cell, True) for cell in ("34 k", "0.612 s", "0.684 ms", "1.2 min", "< 0.001", "0.5 [0.4, 0.6]*")],
        *[(cell, False) for cell in ("s01", "10 more", "alpha, 8–13 Hz", "", "2 of 3", "3 at 16 Hz", "3 more")],
    ],
)
def test_numbers_stand_on_the_right(cell, is_number):
    assert numeric(cell) is is_number
