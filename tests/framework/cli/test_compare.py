"""``insula compare`` and ``insula diff`` on folders of runs: what is printed, and one sentence where it can't be."""

import csv
import io
import json
import shutil

import pytest

from insula.cli.main import main
from made_predictions import made_predictions
from made_run import better, made_run

TABLE = made_predictions()


@pytest.fixture
def insula(capsys, monkeypatch):
    """Return ``insula(*arguments)``, which gives exit code, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: object):
        return main([str(word) for word in arguments]), *capsys.readouterr()

    return run


@pytest.fixture
def sweep(tmp_path):
    folder = tmp_path / "sweep"
    made_run(folder / "0", TABLE, validation=0.6, made_up=True)
    made_run(folder / "1", better(TABLE, 0.6), validation=0.4, config={"cell": {"name": "gated_&_sure"}})
    (folder / "2").mkdir()
    (folder / "2" / "config.json").write_text("{}")
    return folder


def test_a_sweep_is_a_table_that_fits_a_terminal(insula, sweep, tmp_path):
    code, shown, said = insula("compare", sweep, "--html", tmp_path / "page.html")
    assert (code, said) == (0, "")
    assert max(map(len, shown.splitlines())) <= 100
    for words in ("gated_&_sure", "(chosen)", "better than", "SYNTHETIC", "Holm's correction for 1"):
        assert words in " ".join(shown.split()), words
    assert f"Not finished, and left out: {sweep / '2'}." in " ".join(shown.split())
    assert (tmp_path / "page.html").stat().st_size > 10_000


def test_one_json_object(insula, sweep):
    code, shown, _ = insula("compare", sweep / "0", sweep / "1", "--json")
    found = json.loads(shown)
    assert (code, found["chosen"], len(found["rows"]), len(found["tests"])) == (0, found["rows"][0]["row"], 2, 1)
    assert "refused" not in found


def test_latex_markdown_and_csv(insula, sweep):
    latex = insula("compare", sweep, "--latex")[1]
    assert r"cell=gated\_\&\_sure" in latex
    assert not [line for line in latex.splitlines() if "&" in line and not line.startswith("%") and r"\\" not in line]
    assert insula("compare", sweep, "--markdown")[1].startswith("2 rows, by Balanced accuracy (UA)\n\n| row |")
    rows = list(csv.DictReader(io.StringIO(insula("compare", sweep, "--csv")[1])))
    assert [float(row["parameters"]) for row in rows] == [1000, 1000]
    with pytest.raises(SystemExit, match="2"):
        insula("compare", sweep, "--csv", "--latex")


def test_what_is_not_comparable_is_refused_unless_told(insula, sweep, tmp_path):
    made_run(tmp_path / "leaky", TABLE, grade="F", config={"cell": {"name": "gru"}})
    code, shown, said = insula("compare", sweep / "0", tmp_path / "leaky")
    assert (code, shown) == (1, "")
    assert "these runs can't be compared. cell=lstm cell.hidden_size=8 and cell=gru cell.hidden_size=64: " in said
    assert "their leakage grades are A and F" in said
    assert said.endswith("type --anyway to see them side by side, without tests\n")
    code, shown, said = insula("compare", sweep / "0", tmp_path / "leaky", "--json")
    assert (code, len(json.loads(shown)["refused"]), json.loads(shown)["tests"]) == (1, 1, [])
    code, shown, _ = insula("compare", sweep / "0", tmp_path / "leaky", "--anyway")
    assert code == 0
    assert "leakage" in shown
    assert "Not comparable, and so without tests" in shown
    assert "told apart" not in shown


def wrong(case, sweep, tmp_path):
    return {
        "no folder": [tmp_path / "nowhere", sweep / "0"],
        "no run": [tmp_path / "empty", sweep / "0"],
        "unfinished": [sweep / "2", sweep / "0"],
        "one": [sweep / "0"],
        "same": [sweep / "0", sweep / ".." / "sweep" / "0"],
        "seeds": [sweep / "0", tmp_path / "seed1"],
        "stranger": [tmp_path / "stranger", sweep / "0"],
        "broken": [tmp_path / "broken", sweep / "0"],
        "no bundle": [tmp_path / "bare", sweep / "0"],
        "no predictions": [tmp_path / "lost", sweep / "0"],
        "metric": [sweep, "--metric", "f2"],
        "row": [sweep, "--against", "lstn"],
    }[case]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("no folder", "nowhere is no folder: type the folder of a run, of a sweep"),
        ("no run", "empty holds no run: type the folder of a run, of a sweep"),
        ("unfinished", "isn't finished: it has no metrics.json; the command that began it, with hydra.run.dir="),
        ("one", "a comparison takes two runs, or more: type their folders, or that of a sweep"),
        ("same", "a comparison takes two runs, or more: type their folders, or that of a sweep"),
        ("seeds", "a comparison takes two runs, or more that differ in more than their seeds: type their folders"),
        ("stranger", "stranger can't be read: its config.json and metrics.json aren't insula's"),
        ("broken", "broken can't be read: Expecting"),
        ("no bundle", "bare has no bundle: its folder isn't whole"),
        ("no predictions", "lost has no predictions.parquet"),
        ("metric", "--metric f2: "),
        ("row", "--against lstn: there is no such row"),
    ],
)
def test_a_wrong_input_is_one_sentence(insula, sweep, tmp_path, case, expected):
    (tmp_path / "empty").mkdir()
    for name in ("broken", "bare", "lost"):
        made_run(tmp_path / name, TABLE, config={"cell": {"name": name}})
    made_run(tmp_path / "seed1", TABLE.assign(seed=1), config={"seed": 1})
    made_run(tmp_path / "stranger", TABLE)
    (tmp_path / "stranger" / "metrics.json").write_text('{"loss": 1}')
    (tmp_path / "broken" / "metrics.json").write_text("{")
    shutil.rmtree(tmp_path / "bare" / "folds")
    (tmp_path / "lost" / "predictions.parquet").unlink()
    code, shown, said = insula("compare", *wrong(case, sweep, tmp_path))
    assert (code, shown, said.count("\n")) == (1, "", 1)
    assert said.startswith("insula compare: ")
    assert expected in said


def test_a_sweep_of_which_nothing_is_finished(insula, sweep, tmp_path):
    (tmp_path / "early" / "0").mkdir(parents=True)
    (tmp_path / "early" / "0" / "config.json").write_text("{}")
    code, _, said = insula("compare", tmp_path / "early")
    assert (code, "is finished (1 begun)" in said) == (1, True)


def test_diff_says_what_decides_a_result(insula, sweep, tmp_path):
    a = sweep / "0"
    assert insula("diff", a, a)[:2] == (0, "nothing that decides a result differs\n")
    b = made_run(tmp_path / "b", TABLE, config={"store": "/elsewhere", "training": {"epochs": 3, "device": "cpu"}})
    code, shown, _ = insula("diff", a, b)
    assert (code, shown.splitlines()) == (
        0,
        [
            "nothing that decides a result differs",
            "options that decide no result:",
            "  training.device: – | cpu",
            "  store: – | /elsewhere",
        ],
    )
    c = made_run(tmp_path / "c", TABLE, config={"cell": {"name": "gru", "hidden_size": 8}})
    (c / "environment.json").write_text(json.dumps({"versions": {"torch": "2.7"}, "commit": "def", "python": "3.11"}))
    (c / "folds" / "data.json").write_text(json.dumps({"folds": "the same", "signals": "others"}))
    (c / "folds" / "seed0-fold0" / "bundle" / "bundle.json").write_text(json.dumps({"plugins": {"cells": "0.2.0"}}))
    found = json.loads(insula("diff", a, c, "--json")[1])
    assert found == {
        "same": False,
        "options": {"cell.name": ["lstm", "gru"]},
        "data": {"signals": ["these", "others"]},
        "versions": {"torch": ["2.6", "2.7"], "plugin cells": ["0.1.0", "0.2.0"]},
        "commit": {"commit": ["abc", "def"]},
        "beside": {},
        "machine": {"device": ["cpu", None]},
    }
    endless = made_run(tmp_path / "endless", TABLE, config={"patience": float("inf")})
    assert "Infinity" not in insula("diff", a, endless, "--json")[1]
    shown = insula("diff", a, c)[1]
    assert "  cell.name: lstm | gru" in shown
    assert "nothing that decides" not in shown


@pytest.mark.parametrize(
    ("folder", "expected"), [("empty", "isn't the folder of a run"), ("2", "isn't finished"), ("x", "is no folder")]
)
def test_diff_and_evaluate_of_what_is_no_run(insula, sweep, tmp_path, folder, expected):
    (sweep / "empty").mkdir()
    for command in (("diff", sweep / "0", sweep / folder), ("evaluate", sweep / folder)):
        code, shown, said = insula(*command)
        assert (code, shown, said.count("\n")) == (1, "", 1)
        assert expected in said


def test_evaluate_refuses_what_is_not_blind(insula, sweep):
    code, _, said = insula("evaluate", sweep / "0")
    assert (code, "isn't blind: its report shows the test rows already" in said) == (1, True)
