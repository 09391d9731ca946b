"""Comparisons of runs written by hand: rows, what validation chose, tests, and what isn't comparable."""

import json
from dataclasses import replace

import pytest

from insula import ConfigError, DataError
from insula.evaluation.finished import find_runs
from insula.evaluation.metrics import summarise
from insula.evaluation.paired import Paired, compare_paired, holm
from insula.report.comparison import Difference, compare
from insula.report.comparison_json import to_csv_rows, to_json
from insula.report.comparison_notes import notes
from insula.report.comparison_page import differences_sections, write_comparison
from insula.report.comparison_tables import differences_table, rows_table
from made_predictions import CLASS_TARGET, made_predictions
from made_run import better, cell, made_run, read

TABLE = made_predictions()


@pytest.fixture
def three(tmp_path):
    """Three cells: gru is much better on test, ltc a little on validation."""
    a = made_run(tmp_path / "a", TABLE, validation=0.5, config=cell("lstm"))
    b = made_run(tmp_path / "b", better(TABLE, 0.6), validation=0.4, config=cell("gru"))
    c = made_run(tmp_path / "c", made_predictions(seed=3).assign(y=TABLE["y"]), validation=0.6, config=cell("ltc"))
    return read(a, b, c)


def test_validation_chooses_whatever_test_says_and_the_others_are_held_against_its_choice(three):
    found = compare(three)
    assert (found.chosen, found.against, found.apart) == ("cell=ltc", "cell=ltc", ())
    assert [each.row for each in found.differences] == ["cell=lstm", "cell=gru"]
    assert found.selection.chosen == {"cell=ltc": 3}
    said = " ".join(notes(found))
    assert "Validation chose cell=ltc: Balanced accuracy (UA) 0.600 is the best of 3, and flatters" in said
    assert "The best test value of 3 rows is the best of 3" in said


def test_differences_are_those_of_the_paired_test_with_holms_correction(three):
    found = compare(three, against="cell=lstm")
    wanted = [
        compare_paired(row.predictions, three[0].predictions, CLASS_TARGET, "subject", ratio=48 / 100)
        for row in three[1:]
    ]
    assert [each.paired.difference for each in found.differences] == [pair.difference for pair in wanted]
    assert [each.corrected for each in found.differences] == holm([pair.p for pair in wanted])
    assert [dict(each.paired.tests) for each in found.differences] == [dict(pair.tests) for pair in wanted]
    gru = found.differences[0]
    assert gru.significant
    assert gru.said == "better than cell=lstm"
    assert compare(three, against="cell=gru").differences[0].said == "worse than cell=gru"
    marked = {row[0].split(" (")[0] for row in rows_table(found).rows if row[1].endswith("*")}
    assert marked == {each.row for each in found.differences if each.significant} >= {"cell=gru"}


def test_of_an_error_less_is_better():
    pair = Paired("rmse", "subject", 9, -0.2, -0.3, -0.1, {"t": {"p": 0.001, "statistic": -4.0}}, {})
    assert Difference("a", "b", pair, 0.002).said == "better than b"
    assert Difference("a", "b", pair, 0.2).said == "can't be told apart from b"


def test_a_difference_that_is_not_defined_is_a_dash(three):
    nothing = float("nan")
    pair = Paired("ccc", "subject", 9, nothing, nothing, nothing, {"t": {"why": "it isn't defined"}}, {"d_z": None})
    found = replace(compare(three), differences=[Difference("a", "b", pair, None, "it isn't defined")])
    assert differences_table(found).rows == [["a", "–", "–", "–", "can't be tested: it isn't defined"]]
    json.dumps(to_json(found), allow_nan=False)


def test_what_is_not_significant_is_never_called_equal(tmp_path):
    same = made_run(tmp_path / "b", TABLE, validation=0.5, config=cell("gru"))
    found = compare(read(made_run(tmp_path / "a", TABLE, validation=0.5), same))
    (each,) = found.differences
    assert each.said == "can't be told apart from cell=lstm"
    page = json.dumps(to_json(found)) + " ".join(notes(found))
    assert " equal " not in page
    assert "A difference that can't be told isn't equality" in page
    assert found.selection.ties == {"cell=lstm": ("cell=gru",)}
    assert "tied with cell=gru; the first is taken" in page


def test_a_row_may_be_named_by_name_number_or_folder(three):
    few = three[:2]
    for wanted in ("cell=gru", "2", f"{three[1].first.folder}/"):
        assert compare(few, against=wanted).against == "cell=gru"
    with pytest.raises(ConfigError, match=r"--against cell=grv: there is no such row \(did you mean 'cell=gru'\?\)"):
        compare(few, against="cell=grv")


def test_a_metric_that_is_not_there(three):
    with pytest.raises(ConfigError, match=r"no such metric \(did you mean 'macro_f1'\?\)\. It has: accuracy, balanced"):
        compare(three, metric="macrof1")
    assert compare(three, metric="accuracy").differences[0].paired.metric == "accuracy"


def test_where_nothing_was_validated_nothing_is_chosen(tmp_path):
    found = compare(read(*(made_run(tmp_path / n, validation=None, config=cell(n)) for n in ("lstm", "gru"))))
    assert (found.chosen, found.against) == (None, "cell=lstm")
    assert "No row has a validation figure, so none is chosen" in " ".join(notes(found))


def test_runs_that_differ_in_their_seeds_are_one_row_with_seeds_averaged_within_people(tmp_path):
    several = made_predictions(seeds=2)
    folders = []
    for seed in (0, 1):
        part = several.loc[several["seed"] == seed]
        folders.append(made_run(tmp_path / f"seed{seed}", part, validation=0.4 + 0.2 * seed, config={"seed": seed}))
    other = made_run(tmp_path / "gru", TABLE, validation=0.1, config=cell("gru"))
    rows = read(*folders, other)
    assert [(row.name, row.seeds) for row in rows] == [("cell=lstm", [0, 1]), ("cell=gru", [0])]
    wanted = summarise(several, CLASS_TARGET, "subject")["metrics"]["balanced_accuracy"]
    assert dict(rows[0].score("balanced_accuracy")) == pytest.approx(wanted)
    found = compare(rows)
    assert found.selection.values["cell=lstm"] == pytest.approx(0.5)
    assert "Rows have different numbers of them, or others" in " ".join(notes(found))
    assert rows_table(found).columns[-1] == "seeds"
    again = made_run(tmp_path / "again", several.loc[several["seed"] == 1], config={"seed": 1})
    assert len(read(*folders, again)) == 2, "a seed that is there already is a run of its own"


def test_a_validation_figure_that_saw_test_rows_chooses_nothing(tmp_path):
    for kind in ("validation_shares_test", "selection_on_test"):
        audit = {"findings": [{"kind": kind, "folds": [0], "reason": "…", "cap": "E"}]}
        folders = [made_run(tmp_path / kind / n, TABLE, config=cell(n), audit=audit) for n in ("lstm", "gru")]
        found = compare(read(*folders))
        assert (found.chosen, dict(found.selection.values)) == (None, {})
        assert "No row has a validation figure, so none is chosen" in " ".join(notes(found))


def test_analyses_make_no_row(tmp_path):
    both = made_predictions(seeds=2)
    extra = {"seed": 1, "analyses": {"roc": {}}}
    one = made_run(tmp_path / "0", both.loc[both["seed"] == 0])
    assert len(read(one, made_run(tmp_path / "1", both.loc[both["seed"] == 1], config=extra))) == 1


def test_blind_runs_show_validation_only(tmp_path):
    rows = read(
        *(made_run(tmp_path / n, validation=v, config=cell(n), blind=True) for n, v in (("lstm", 0.4), ("gru", 0.6)))
    )
    two = read(*(made_run(tmp_path / "open" / n, config=cell(n)) for n in ("lstm", "gru")))
    found = compare(rows)
    assert (found.chosen, found.blind) == ("cell=gru", True)
    assert "[95 %]" not in " ".join(rows_table(found).columns)
    assert differences_table(found) is None
    assert to_json(found)["tests"][0].keys() == to_json(compare(two))["tests"][0].keys()
    assert found.differences[0].said == "can't be tested: the test rows of cell=lstm and of cell=gru are closed"
    said = " ".join(notes(found))
    assert "The test rows of every row are closed" in said
    assert "best test value" not in said
    assert [row["value"] for row in to_json(found)["rows"]] == [None, None]
    with pytest.raises(DataError, match=r"is blind: insula evaluate .*lstm opens it"):
        _ = rows[0].first.predictions


def test_json_and_csv_hold_what_scripts_need(three):
    found = to_json(compare(three))
    assert {"metric", "rows", "tests", "chosen", "against"} <= found.keys()
    assert "refused" not in found
    json.dumps(found, allow_nan=False)
    first = found["rows"][0]
    assert (first["parameters"], first["macs"], first["train_seconds"], first["latency_ms"]) == (1000, 5000, 2.0, 0.5)
    assert (first["grade"], first["claim"], first["unit"], first["units"]) == ("A", ["new people"], "subject", 10)
    assert first["low"] < first["value"] < first["high"]
    assert found["tests"][0].keys() >= {"row", "against", "difference", "low", "high", "p", "p_corrected", "effects"}
    rows = to_csv_rows(compare(three))
    assert [row["row"] for row in rows] == ["cell=lstm", "cell=gru", "cell=ltc"]
    assert rows[1]["difference"] == found["tests"][1]["difference"]
    assert rows[2]["difference"] is None


def test_ranks_over_people_and_a_reason_where_there_are_none(tmp_path, three):
    titles = {section.title: section for section in differences_sections(compare(three))}
    assert "over 10 people" in titles["Ranks"].figures[0].caption
    trials = [made_run(tmp_path / f"t{n}", TABLE, config=cell(n), unit="trial") for n in ("lstm", "gru", "tcn")]
    (ranks,) = [s for s in differences_sections(compare(read(*trials))) if s.title == "Ranks"]
    assert not ranks.figures
    assert "There is no figure of critical differences: systems can't be ranked over trials" in ranks.text


def test_the_page_is_whole_and_fetches_nothing(tmp_path, three):
    costs = {"cost": {"macs": 9e6, "elementwise": 1, "train_seconds": 40.0, "latency_ms": 3.0}, "parameters": 90_000}
    large = made_run(tmp_path / "large", TABLE, config=cell("tcn"), **costs)
    found = compare([*three, *read(three[0].first.folder, large)[1:]])
    write_comparison(found, tmp_path / "out" / "page.html")
    page = (tmp_path / "out" / "page.html").read_text()
    assert "<h2" in page
    for words in (
        "Differences",
        "What it costs",
        "Ranks",
        "Training",
        "cell=gru",
        "can&#39;t be told apart",
        "MACs per window",
    ):
        assert words in page, words
    assert "src=" not in page
    assert "<link" not in page


def test_folders_of_sweeps_are_opened_in_the_order_of_their_numbers(tmp_path):
    for number in (0, 2, 10):
        made_run(tmp_path / "sweep" / str(number), config={"seed": number})
    assert [path.name for path in find_runs([tmp_path / "sweep"])] == ["0", "2", "10"]
    assert len(find_runs([tmp_path])) == 3
    assert len(find_runs([tmp_path / "sweep", tmp_path / "sweep" / "2"])) == 3
