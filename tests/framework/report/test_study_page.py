"""The page of a study: what validation chose, metrics over an axis, curves of every row."""

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from insula.cli.launch import folder_name
from insula.cli.study import Chosen, Study, told
from insula.evaluation.run_folder import digest_options
from insula.report.axis import COLOURS
from insula.report.history import TAKEN, TRAINING, VALIDATION
from insula.report.measured import Measured
from insula.report.study import write_study

HONEST = {"split": {"name": "group"}, "training": {}}
HISTORY = {"val_loss": [1.0, 0.9], "val_accuracy": [0.4, 0.5], "train_loss": [1.1, 0.8], "train_accuracy": [0.4, 0.7]}


class Made:
    """A study on disk whose runs are written by hand."""

    def __init__(self, folder: Path, **about: Any) -> None:
        self.folder, self.study = folder, Study(title="A study", **about)
        self.jobs: dict[str, Any] = {}

    def run(self, row: str, *, accuracy: float = 0.5, config: Any = None, **history: Any) -> None:
        """Write a run of two folds with the same history."""
        name, config = folder_name(row), {**HONEST, **(config or {})}
        for fold in ("seed0-fold0", "seed0-fold1"):
            (self.folder / name / "folds" / fold).mkdir(parents=True)
            table = pd.DataFrame(history).assign(epoch=range(1, 1 + len(next(iter(history.values())))))
            table.to_csv(self.folder / name / "folds" / fold / "history.csv", index=False)
            (self.folder / name / "folds" / fold / "fold.json").write_text(json.dumps({"epochs": len(table)}))
        score = {"value": accuracy, "low": accuracy - 0.1, "high": accuracy + 0.1}
        metrics = {"metrics": {"accuracy": score, "balanced_accuracy": score}, "parameters": 9}
        (self.folder / name / "config.json").write_text(json.dumps(config))
        (self.folder / name / "metrics.json").write_text(json.dumps({**metrics, "grade": "A", "claim": []}))
        self.jobs[name] = {"row": row, "options": digest_options(config)}

    def written(self) -> tuple[list[dict[str, Any]], str, str]:
        """Write the page; return rows, Markdown and HTML."""
        for row in self.study.every:
            self.jobs.setdefault(folder_name(row), {"row": row, "options": "another run's"})
        write_study(told(Chosen("mine", self.study, "full", ())), self.jobs, self.folder)
        text, page = (self.folder / "study.md").read_text(), (self.folder / "study.html").read_text()
        return json.loads((self.folder / "study.json").read_text())["rows"], text, page


@pytest.fixture
def rows(tmp_path):
    return Made(tmp_path, rows={name: {} for name in "abcd"})


def marks(found: list[dict[str, Any]]) -> dict[str, Any]:
    return {row["row"]: row.get("chosen_of") for row in found}


def test_validation_chooses_by_recall_whatever_the_losses_say_and_test_has_no_part_in_it(rows):
    rows.run("a", accuracy=0.9, val_loss=[0.1], val_balanced_accuracy=[0.4])
    rows.run("b", accuracy=0.2, val_loss=[9.0, 8.0], val_balanced_accuracy=[0.9, 0.6])
    rows.run("c", accuracy=0.5, val_loss=[1.0], val_balanced_accuracy=[0.5])
    found, text, _ = rows.written()
    assert marks(found) == {"a": None, "b": 3, "c": None, "d": None}
    assert found[1]["validation"] == {"figure": "balanced_accuracy", "mean": pytest.approx(0.6)}
    assert "| 0.600, chosen: the best of 3 |" in text
    assert "the best of n, and flatters" in text


def test_rows_of_another_protocol_and_those_that_test_chose_have_no_part_in_the_choice(rows):
    rows.run("a", val_balanced_accuracy=[0.4])
    rows.run("b", val_balanced_accuracy=[0.3])
    rows.run("c", val_balanced_accuracy=[0.9], config={"split": {"name": "random_windows"}})
    rows.run("d", val_balanced_accuracy=[0.8], config={"training": {"select_on": "test"}})
    found, *_ = rows.written()
    assert marks(found) == {"a": 2, "b": None, "c": None, "d": None}
    assert found[3]["validation"] is None


def test_what_all_rows_monitor_decides_and_where_nothing_was_validated_nothing_is_chosen(rows, tmp_path):
    for name, f1, recall in (("a", 0.3, 0.4), ("b", 0.5, 0.2)):
        config = {"training": {"monitor": "macro_f1"}}
        rows.run(name, config=config, val_macro_f1=[f1], val_balanced_accuracy=[recall])
    rows.run("c", config={"training": {"monitor": "macro_f1"}}, train_loss=[1.0])
    found, text, _ = rows.written()
    assert marks(found) == {"a": None, "b": 2, "c": None, "d": None}
    assert "Macro F1, validation" in text
    other = Made(tmp_path / "other", rows={"a": {}})
    other.run("a", train_loss=[1.0, 0.9])
    assert "validation:" not in other.written()[1]


def test_metrics_are_drawn_over_the_longest_axis_with_a_line_for_the_rest(tmp_path):
    axes = {"l2": {0: [], 0.1: []}, "units": {8: [], 16: [], 128: []}}
    study = Made(tmp_path, rows={"else": {}}, axes=axes)
    for number, row in enumerate(study.study.every):
        if row != "l2 0.1, units 128":
            study.run(row, accuracy=0.4 + 0.05 * number, **HISTORY)
    found, text, page = study.written()
    assert "## Over units" in text
    figure = page[page.index(">Over units</h2>") : page.index(">Training</h2>")]
    said = re.findall(r">([^<>]+)</text>", figure)
    assert [word for word in said if word in ("8", "16", "128")] == ["8", "16", "128"]
    assert {"units", "Accuracy (WA)", "Balanced accuracy (UA)", "l2 0", "l2 0.1"} <= set(said)
    bars = re.findall(r'<path d="M (\S+) \S+ \nL (\S+) \S+ \n" [^>]*stroke-opacity: 0.6', figure)
    assert len(bars) == 2 * 5, "an interval for every row on the axes that is done, in two panels"
    assert found[-1]["at"] == {"l2": "0.1", "units": "128"}
    assert (found[0]["at"], found[-1]["state"]) == ({}, "no result")


def test_between_two_names_there_is_no_line(tmp_path):
    drawn = {}
    for name, values in (
        ("numbers", {"8": [], "16": [], "1e2": []}),
        ("names", {"lstm": [], "gru": [], "8 units": []}),
    ):
        study = Made(tmp_path / name, axes={"axis": values})
        for row in study.study.every:
            study.run(row, **HISTORY)
        page = study.written()[2]
        figure = page[page.index(">Over axis</h2>") : page.index(">Training</h2>")]
        drawn[name] = len(re.findall(rf'<path d="M[^"]*" [^>]*stroke: {COLOURS[0]}; stroke-width: 1.2', figure))
    assert drawn == {"numbers": 2, "names": 0}, "a line in each of two panels"


def test_every_row_has_a_panel_of_losses_and_one_of_accuracies(rows):
    for name in "abc":
        rows.run(name, **HISTORY)
    rows.run("d", train_loss=[0.5], train_accuracy=[0.9])
    _, text, page = rows.written()
    assert "Fitted at once, or in one epoch, and so without curves: d." in text
    assert "*Loss by epoch* (see study.html): Loss over the epochs of 3 runs" in text
    figures = page[page.index(">Training</h2>") : page.index("<h2>The runs</h2>")]
    for colour in (TRAINING, VALIDATION):
        assert len(re.findall(rf'style="fill: none; stroke: {colour}', figures)) == 2 * 3
    assert figures.count(f"fill: {TAKEN}") >= 2 * 3
    for name in "abc":
        assert figures.count(f">{name}</text>") == 2


def test_a_study_of_models_fitted_at_once_has_no_curves(rows):
    rows.run("a", train_loss=[0.5])
    assert "## Training" not in rows.written()[1]


def test_what_every_row_is_worth_is_said_once(rows):
    for name in "abcd":
        rows.run(name, **HISTORY)
    text = rows.written()[1]
    assert "A study; leakage grade of every row: A; claim here of every row: none" in text
    assert "| leakage grade |" not in text


def test_a_curve_is_the_mean_of_the_models_still_trained_while_they_are_half_of_all():
    several = [pd.DataFrame({"epoch": range(1, n + 1), "val_loss": [float(n)] * n}) for n in (1, 2, 2, 4)]
    run = Measured({}, {}, several, [1, 1, 2, 3])
    assert run.curve("val_loss").to_dict() == {1: 9 / 4, 2: 8 / 3}
    assert run.curve("val_accuracy").empty
    assert run.on_validation("loss") == 9 / 4
    assert run.on_validation("accuracy") is None


def test_a_run_that_runs_away_does_not_flatten_the_others(rows):
    rows.run("a", **HISTORY)
    rows.run("b", **HISTORY)
    rows.run("c", **{**HISTORY, "train_loss": [1.0, 1e6]})
    page = rows.written()[2]
    figures = page[page.index(">Training</h2>") :]
    ticks = [float(text) for text in re.findall(r">([\d.]+)</text>", figures)]
    assert max(ticks) <= 2
