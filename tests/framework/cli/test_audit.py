"""insula audit: of a table of folds and of a run, as text, JSON and a page."""

import json
import re

import numpy as np
import pytest

from insula import Fold
from insula.cli.audit import TOO_LOW
from insula.cli.main import main
from insula.windows.fold_file import write_folds
from insula_splits.leave_trials_out import LeaveTrialsOut
from insula_splits.subject_kfold import SubjectKFold
from made_index import CLASSES, made_index, rows

RUN = ("experiment=demo", "~streams.eeg", "dataset.subjects=4", "dataset.trials=3", "dataset.seconds=4", "split.k=4")
SHORT = ("training.epochs=1", "cell.hidden_size=4")


@pytest.fixture
def leaky(tmp_path):
    """A table of folds in which a trial of a person under test trains, with fold names of its own."""
    index = made_index()
    turn = index["subject"].str[1:].astype(int) + index["stimulus"].str[1:].astype(int)
    index["emotion"] = np.array(CLASSES)[turn % 4]
    folds = list(SubjectKFold().folds(index))
    trial = rows(index, trial=[index["trial"][folds[1].test[0]]])
    folds[1] = Fold(np.concatenate([folds[1].train, trial]), folds[1].validation, np.setdiff1d(folds[1].test, trial))
    write_folds(tmp_path / "folds.csv", index, folds, "emotion")
    text = (tmp_path / "folds.csv").read_text()
    (tmp_path / "folds.csv").write_text(re.sub(r"^(\d+),(\d),", r"\1,part \2,", text, flags=re.MULTILINE))
    return tmp_path / "folds.csv"


@pytest.fixture
def insula(capsys):
    """Return ``insula(*arguments)``: exit code, and what was printed on stdout and on stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["audit", *map(str, arguments)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_a_table_as_text(insula, leaky):
    code, said, _ = insula(leaky)
    assert code == 0
    assert f"{leaky}: grade F, training and test overlap" in said
    assert "claim: new trials" in said
    assert "shared_subject (at best F), folds part 1\n" in said
    assert re.search(r"^part 1 +245 / 49 / 7 +80 / 16 / 2 +75 / 15 / 2$", said, re.MULTILINE)
    assert "shared_conversation: no row has a group" in said
    assert re.search(r"only the folder of a run tells:\n +fitted_on_test: what scalers, ", said)


def test_a_table_as_json_is_json_alone(insula, leaky):
    code, said, more = insula(leaky, "--json")
    assert (code, more) == (0, "")
    found = json.loads(said)
    assert (found["grade"], found["claim"]) == ("F", ["new trials"])
    (finding,) = found["findings"]
    assert (finding["kind"], finding["folds"]) == ("shared_subject", ["part 1"])
    assert "1 of 2 people under test is in train too" in finding["reason"]
    needs = {item["kind"]: item["needs"] for item in found["not_checked"]}
    assert needs["fitted_on_test"] == needs["selection_on_test"] == needs["tested_copies"] == "run"
    assert needs["shared_session"] == "column"


def test_claims_are_held_against_the_folds(insula, leaky):
    found = json.loads(insula(leaky, "--json", "--claim", "new people", "new stimuli")[1])
    assert {finding["kind"] for finding in found["findings"]} >= {"shared_subject", "shared_stimulus"}
    assert "held against: new people" in insula(leaky, "--claim", "new people")[1]
    code, _, said = insula(leaky, "--claim", "new poeple")
    assert (code, "there is no claim 'new poeple' (did you mean 'new people'?)" in said) == (1, True)


@pytest.mark.parametrize(("grade", "code"), [("A", TOO_LOW), ("E", TOO_LOW), ("F", 0)])
def test_the_exit_code_on_demand(insula, leaky, grade, code):
    assert insula(leaky, "--fail-below", grade)[0] == code


def test_a_page(insula, leaky, tmp_path):
    assert insula(leaky, "--html", tmp_path / "page.html", "--claim", "new people")[0] == 0
    page = (tmp_path / "page.html").read_text()
    for text in (
        "Audit of folds.csv",
        '<strong class="F">',
        "shared_subject",
        "245 / 49 / 7",
        "Held against: new people",
    ):
        assert text in page, text
    assert not re.findall(r"(?:src|href)=\"https?:", page)
    code, _, said = insula(leaky, "--html", tmp_path / "nowhere" / "page.html")
    assert (code, "the page can't be written there" in said) == (1, True)


def test_a_clean_table(insula, tmp_path):
    index = made_index()
    write_folds(tmp_path / "folds.csv", index, list(LeaveTrialsOut().folds(index)))
    code, said, _ = insula(tmp_path / "folds.csv", "--html", tmp_path / "page.html", "--fail-below", "A")
    assert (code, "no finding" in said, "The audit found nothing" in (tmp_path / "page.html").read_text()) == (0,) + (
        True,
    ) * 2


def test_what_is_no_run_and_no_table(insula, tmp_path):
    code, _, said = insula(tmp_path / "none.csv")
    assert (code, "there is no such file or folder" in said) == (1, True)
    code, _, said = insula(tmp_path)
    assert (code, "has no folds.csv" in said, "Run it again there" in said) == (1, True, True)
    (tmp_path / "folds.csv").write_text("row,fold,role\n1,0,train\n2,0,test\n")
    assert "has no audit.json" in insula(tmp_path)[2]
    (tmp_path / "audit.json").write_text("{")
    code, _, said = insula(tmp_path)
    assert (code, "audit.json can't be read" in said) == (1, True)


def test_a_run_is_audited_from_its_folder_as_it_was_at_first(insula, train, tmp_path):
    metrics = train(*RUN, *SHORT, "training.select_on=test", folder="run")
    first = metrics["audit"]
    assert {"selection_on_test"} <= {finding["kind"] for finding in first["findings"]}
    for path in (tmp_path / "store").rglob("*.npy"):
        path.unlink()
    code, said, _ = insula(tmp_path / "run", "--json")
    again = json.loads(said)
    assert (code, again) == (0, json.loads(json.dumps(first)))
    assert not [item for item in again["not_checked"] if item["needs"] == "run"]
    assert "held against: new trials, new people" in insula(tmp_path / "run")[1]
    alone = json.loads(insula(tmp_path / "run" / "folds.csv", "--json")[1])
    assert (alone["claim"], "selection_on_test" in str(alone["findings"])) == (again["claim"], False)


def test_a_personality_in_a_run_whose_people_are_known(insula, train, tmp_path):
    train(*RUN[:-1], *SHORT, "split=leave_trials_out", "split.k=3", folder="run")
    found = {finding["kind"]: finding for finding in json.loads(insula(tmp_path / "run", "--json")[1])["findings"]}
    assert found["identity_stream"]["reason"].startswith("personality: constant for each person")
