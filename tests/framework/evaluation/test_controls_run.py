"""Controls of whole runs: they stand beside the result, cost nothing twice, and fail without costing the run."""

import json

import numpy as np
import pandas as pd
import pytest

from insula import ConfigError
from insula.report.controls import controls_tables, gap_sentence

RUN = (
    *("experiment=demo", "dataset.subjects=6", "dataset.trials=6", "dataset.seconds=4", "dataset.effect=2.0"),
    *("split.k=3", "split.take=2", "training.epochs=1", "analyses=null"),
    "~streams.peripheral",
)
REGRESSION = "architecture=logistic_regression"
FEW = (
    *("controls.baselines.random_forest.trees=20", "controls.baselines.gradient_boosting.rounds=5"),
    "+controls.baselines.gradient_boosting.min_leaf=3",
)
NONE = "controls.baselines=null"


def held(tmp_path, name):
    return json.loads((tmp_path / "run" / "controls" / f"{name}.json").read_text())["value"]


def test_they_stand_beside_the_result_and_are_found_once(train, tmp_path, caplog):
    caplog.set_level("INFO", "insula")
    metrics = train(*RUN, REGRESSION, *FEW, "controls.permutations=100")
    found = metrics["controls"]
    assert list(found) == ["baselines", "permutation", "identity", "neighbours", "protocol_gap"]
    baselines = found["baselines"]
    assert baselines["logistic_regression"] == {"why": "it is this run's model"}
    for name in ("svm", "random_forest", "gradient_boosting"):
        assert baselines[name]["balanced_accuracy"]["value"] > 0.4
        assert set(baselines[name]) == {*metrics["metrics"], "trial", "seconds"}
    assert found["permutation"]["metrics"]["accuracy"]["p"] < 0.05
    assert [each["stream"] for each in found["identity"]] == ["personality"]
    assert found["neighbours"]["same_subject"] == 0
    assert found["protocol_gap"]["sides"]["random windows"]["nearest neighbour"]["same_subject"] > 0.5
    assert "controls: summaries " in caplog.text
    page = (tmp_path / "run" / "report.html").read_text()
    for caption in ("Classic models on window summaries", "The protocol gap", "Labels permuted among trials"):
        assert caption in page
    assert "not fitted: it is this run&#39;s model" in page
    assert json.loads((tmp_path / "run" / "metrics.json").read_text())["controls"] == found

    caplog.clear()
    assert train(*RUN, REGRESSION, *FEW, "controls.permutations=100")["controls"] == found
    assert "controls: summaries" not in caplog.text
    other = train(*RUN, REGRESSION, NONE, "controls.permutations=100", "controls.identity=false")
    assert list(other["controls"]) == ["permutation", "neighbours", "protocol_gap"], "others may be asked for later"


def test_a_baseline_is_the_architecture_of_that_name(train):
    run = (*RUN, "training.refit=train+validation", "training.balance=oversample")
    forest = ("architecture=random_forest", "architecture.trees=20")
    alone = train(*run, *forest, folder="forest")
    same = ("controls.baselines={random_forest: {trees: 20}}", "~controls.baselines.svm", "controls.permutations=0")
    off = ("controls.neighbours=false", "controls.protocol_gap=false", "controls.identity=false")
    beside = train(*run, REGRESSION, *same, *off, "~controls.baselines.gradient_boosting", folder="beside")
    found = beside["controls"]["baselines"]
    assert list(found) == ["logistic_regression", "random_forest"]
    for name, metric in alone["metrics"].items():
        assert found["random_forest"][name] == metric
    assert found["random_forest"]["trial"] == alone["trial"]


def test_of_several_targets_each_has_its_own(train):
    targets = ("+targets.arousal={}", "+targets.raters={}")
    metrics = train(*RUN, "architecture=random_forest", "architecture.trees=5", *targets, "controls.permutations=100")
    arousal, raters = (metrics["targets"][name]["controls"] for name in ("arousal", "raters"))
    assert metrics["controls"] == arousal
    assert "'arousal' is a number, and an SVM knows classes only" in arousal["baselines"]["svm"]["why"]
    assert arousal["baselines"]["gradient_boosting"]["ccc"]["value"] is not None
    assert "accuracy" in raters["baselines"]["svm"]
    assert arousal["protocol_gap"]["metric"] == "ccc"
    assert raters["permutation"]["trials"] == 36


def test_a_leaky_run_stands_beside_one_that_isnt(train):
    leaky = (*RUN, "dataset.trial_offset=2", "dataset.effect=0", "split=random_windows")
    metrics = train(*leaky, "~streams.personality", REGRESSION, NONE, "controls.swap_identity=true")
    gap = metrics["controls"]["protocol_gap"]
    assert metrics["grade"] == "F"
    assert (gap["leaky"], gap["honest"]) == ("this protocol", "people held out")
    assert set(gap["sides"]) == {"this protocol", "people held out"}
    assert gap["points"] > 0.1
    assert not {"identity", "swapped_identity"} & set(metrics["controls"]), "there is no such stream"
    assert gap_sentence(metrics).startswith(
        f"The protocol gap: under this protocol a {gap['proxy']} on window summaries"
    )
    assert f": {gap['points']:.3f} of it is protocol." in gap_sentence(metrics)


def test_the_model_itself_is_trained_on_permuted_labels_and_goes_on(train, tmp_path, monkeypatch):
    alone = ("controls.permutations=0", "controls.neighbours=false", "controls.protocol_gap=false")
    off = (NONE, *alone, "controls.identity=false")
    train(*RUN, REGRESSION, *off, "controls.permute_model=1")
    (first,) = (tmp_path / "run" / "controls").iterdir()
    assert first.name == "permuted-0001.json", "no model is left behind"
    made = first.stat().st_mtime_ns
    found = train(*RUN, REGRESSION, *off, "controls.permute_model=3")["controls"]["permuted_model"]
    assert first.stat().st_mtime_ns == made
    drawn = [held(tmp_path, f"permuted-{time:04}")["emotion"]["accuracy"] for time in (1, 2, 3)]
    own = found["metrics"]["accuracy"]
    assert own["mean"] == pytest.approx(np.mean(drawn))
    assert own["value"] > max(drawn)
    assert own["p"] == 1 / 4
    assert len(set(drawn)) > 1


def test_permuted_labels_reach_training_validation_and_test(train, tmp_path, monkeypatch):
    """A model by gradient; its folds are kept, and looked at."""
    from insula.evaluation.controls import permuted_model

    monkeypatch.setattr(permuted_model, "forget", lambda *_: None)
    only = (NONE, "controls.permutations=0", "controls.neighbours=false", "controls.protocol_gap=false")
    metrics = train(*RUN, *only, "controls.identity=false", "controls.permute_model=1", "cell.hidden_size=4")
    own, permuted = tmp_path / "run" / "folds" / "seed0-fold0", tmp_path / "run" / "controls" / "permuted-0001-fold0"
    before, after = (pd.read_parquet(folder / "predictions.parquet") for folder in (own, permuted))
    keys = ["subject", "trial", "t0"]
    assert before[keys].equals(after[keys])
    assert (before["y"] != after["y"]).any()
    labels = [
        table.groupby(["subject", "trial"])["y"].first().groupby("subject").apply(sorted) for table in (before, after)
    ]
    assert labels[0].equals(labels[1]), "every person's labels stay with the person"
    assert (after.groupby("trial")["y"].nunique() == 1).all()
    first, second = (pd.read_csv(folder / "history.csv") for folder in (own, permuted))
    assert first["train_loss"][0] != second["train_loss"][0]
    assert first["val_loss"][0] != second["val_loss"][0]
    assert metrics["controls"]["permuted_model"]["times"] == 1


def test_identities_are_swapped_under_the_model_itself(train, tmp_path, monkeypatch):
    from insula.evaluation.controls import swapped_identity

    monkeypatch.setattr(swapped_identity, "forget", lambda *_: None)
    only = (NONE, "controls.permutations=0", "controls.neighbours=false", "controls.protocol_gap=false")
    metrics = train(*RUN, REGRESSION, *only, "controls.identity=false", "controls.swap_identity=true")
    (found,) = metrics["controls"]["swapped_identity"]
    assert found["stream"] == "personality"
    assert found["true"]["accuracy"]["value"] == metrics["metrics"]["accuracy"]["value"]
    tables = [
        pd.read_parquet(tmp_path / "run" / folder / "predictions.parquet")
        for folder in ("folds/seed0-fold0", "controls/personality-shuffled-fold0", "controls/personality-random-fold0")
    ]
    assert all(table["y"].equals(tables[0]["y"]) for table in tables)
    columns = [name for name in tables[0] if name.startswith("p_")]
    assert not np.allclose(tables[0][columns], tables[1][columns])
    assert not np.allclose(tables[1][columns], tables[2][columns])


def test_what_cant_be_fitted_costs_no_run(train, monkeypatch):
    """The machine takes no more than ten windows, and the forest breaks."""
    from insula_classical.forest import Forest

    def broken(self, rows, labels):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(Forest, "fit", broken)
    off = ("controls.permutations=0", "controls.neighbours=false", "controls.protocol_gap=false")
    most = ("+controls.baselines.svm.most=10", "controls.identity=false")
    found = train(*RUN, REGRESSION, *FEW, *off, *most)["controls"]["baselines"]
    assert "learns from 10 windows at most here" in found["svm"]["why"]
    assert found["random_forest"] == {"why": "ZeroDivisionError: oh"}
    assert "accuracy" in found["gradient_boosting"]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        (
            "controls.baselines.streams={}",
            r"controls.baselines.streams: a baseline is fitted at once .* drop it with ~",
        ),
        ("+controls.baselines.forrest={}", r"controls.baselines.forrest: .*forrest"),
        ("+controls.baselines.svm.c=-1", r"controls.baselines.svm.c: .*greater than 0"),
        ("controls.permutations=50", r"controls.permutations.*greater than or equal to 100"),
        (
            "controls.permute=5",
            r"controls.permute: no such option.*controls has: baselines, permutations, permute_model",
        ),
    ],
)
def test_mistakes_are_said(compose, override, message):
    with pytest.raises(ConfigError, match=message):
        compose(*RUN, override)


def test_null_switches_all_off(compose):
    controls = compose(*RUN).controls
    assert not controls.baselines
    assert not controls.options.cheap
    assert list(compose(*RUN, "~controls.baselines.svm").controls.baselines)[:2] == [
        "logistic_regression",
        "random_forest",
    ]


def test_tables_say_what_there_is():
    assert controls_tables({"metrics": {}, "floors": {}}) == []
    assert gap_sentence({"metrics": {}}) == ""
    said = controls_tables(
        {"metrics": {"accuracy": {"value": 0.5}}, "controls": {"why": "no window is left"}, "floors": {}}
    )
    assert said[0].rows == [["no window is left"]]
