"""What an analysis says of several runs at once, on the page of a study."""

import pandas as pd

from insula.report.across import analyses_across
from insula.report.measured import Measured


def run(analyses, config):
    return Measured({"analyses": analyses}, {"analyses": config}, [pd.DataFrame()], [1])


def values(value, *changes):
    def metric(number):
        return {"balanced_accuracy": {"value": number, "low": None, "high": None}}

    made = [
        {
            "change": kind,
            "label": label,
            "metrics": metric(number),
            "fall": {"value": value - number, "low": 0.01, "high": 0.2},
        }
        for kind, label, number in changes
    ]
    return {"emotion": {"clean": metric(value), "changes": made}}


def test_robustness_is_laid_side_by_side():
    first = values(0.8, ("noise", "0 dB", 0.7), ("missing modality", "eeg", 0.4))
    second = values(0.6, ("noise", "0 dB", 0.55))
    config = {"robustness": {}, "metrics": {}}
    runs = {"a": run({"robustness": first}, config), "b": run({"robustness": second, "metrics": {"x": 1}}, config)}
    (section,) = analyses_across(runs)
    level, fall = section.tables
    assert level.columns == ("signals", "a", "b")
    assert level.rows == [
        ["as they are", "0.80", "0.60"],
        ["noise, 0 dB", "0.70", "0.55"],
        ["missing modality, eeg", "0.40", "–"],
    ]
    assert fall.rows == [
        ["noise, 0 dB", "0.10 [0.01, 0.20]", "0.05 [0.01, 0.20]"],
        ["missing modality, eeg", "0.40 [0.01, 0.20]", "–"],
    ]


def test_a_name_of_its_own_is_no_matter_and_one_run_is_none_to_compare():
    worse = values(0.8, ("noise", "0 dB", 0.7))
    config = {"worse": {"name": "robustness"}}
    runs = {name: run({"worse": worse}, config) for name in "ab"}
    assert len(analyses_across(runs)) == 1
    assert not analyses_across({"a": runs["a"]})
    assert not analyses_across({"a": runs["a"], "b": run({}, config)})


def test_an_analysis_that_is_gone_is_left_out():
    runs = {name: run({"theirs": {"x": 1}}, {"theirs": {}}) for name in "ab"}
    assert not analyses_across(runs)
