"""From files to a report, on small made-up data."""

import json
import math
import shutil

import numpy as np
import pandas as pd
import pytest
import torch

from insula.evaluation.predict import predict
from insula.plugin.manager import installed
from insula.training.bundle import load_bundle

SMALL = (
    "experiment=demo",
    "dataset.subjects=5",
    "dataset.trials=6",
    "dataset.seconds=6",
    "split=subject_kfold",
    "split.k=5",
    "training.epochs=2",
    "streams.eeg.encoder.channels=[8]",
    "cell.hidden_size=8",
)
TINY = (*SMALL, "~streams.eeg", "~streams.personality")
HEAD = ["fold", "seed", "dataset", "subject", "session", "recording", "trial", "stimulus", "t0", "t1", "target", "y"]


def predictions(folder) -> pd.DataFrame:
    return pd.read_parquet(folder / "predictions.parquet")


def test_a_run_writes_what_scripts_rely_on(train, tmp_path):
    train(*SMALL, "dataset.missing=0.3")
    folder = tmp_path / "run"
    names = {"report.html", "report.md", "predictions.parquet", "metrics.json", "config.yaml", "environment.json"}
    assert names <= {path.name for path in folder.iterdir()}
    metrics = json.loads((folder / "metrics.json").read_text())
    for name in ("accuracy", "balanced_accuracy", "macro_f1", "weighted_f1"):
        metric = metrics["metrics"][name]
        assert metric["low"] <= metric["value"] <= metric["high"]
        assert name in metrics["trial"]
        assert metrics["fold_mean"][name].keys() == {"mean", "sd"}
    assert (metrics["grade"], metrics["unit"], len(metrics["folds"])) == ("A", "subject", 5)
    assert "new people" in metrics["claim"]
    table = predictions(folder)
    assert list(table.columns) == [*HEAD, "p_neutral", "p_happiness", "p_anger"]
    assert len(table) == 5 * 6 * 3
    np.testing.assert_allclose(table.filter(like="p_").sum(axis=1), 1)
    assert not table.duplicated(["trial", "t0"]).any()
    html = (folder / "report.html").read_text()
    assert "SYNTHETIC" in html
    assert "http" not in html.replace("http://www.w3.org", "").replace("http://purl.org", "").replace(
        "http://creativecommons.org", ""
    ).replace("https://matplotlib.org", "")


def test_a_bundle_predicts_exactly_what_was_evaluated(train, compose, tmp_path):
    from insula.preprocess.prepare import prepare
    from insula.sources.corpus import open_corpus
    from insula.sources.store import Store
    from insula.stages import choose_sources, choose_targets, choose_windows, make_folds
    from insula.windows.cut import cut_windows

    train(*SMALL)
    config = compose(*SMALL)
    corpus = open_corpus(config.dataset)
    store = Store(config.store)
    sources = choose_sources(config, corpus, installed())
    prepared = prepare(config.dataset, corpus.trials, sources, store)
    windows = cut_windows(
        corpus.trials, prepared, choose_windows(config, sources), choose_targets(config, corpus), 2.0, 2.0, store
    )
    fold = make_folds(config, windows)[3]
    bundle = load_bundle(tmp_path / "run" / "folds" / "seed0-fold3" / "bundle", installed())
    batches = windows.fit(fold).batches(fold.test, bundle.data, 64)
    again = predict(bundle.network, batches, bundle.data, windows, fold=3, seed=0)
    before = predictions(tmp_path / "run")
    pd.testing.assert_frame_equal(again, before[before["fold"] == 3].reset_index(drop=True), check_exact=True)
    standardize = bundle.chains["eeg"].features[-1].transforms[None]
    refit = windows.fit(fold).streams["eeg"].feature_steps[-1].transforms[None]
    np.testing.assert_array_equal(standardize.mean, refit.mean)


def test_the_same_seed_twice_gives_the_same_predictions_and_another_seed_others(train, tmp_path):
    for folder, seed in (("one", 0), ("two", 0), ("three", 1)):
        train(*TINY, f"seed={seed}", folder=folder)
    one, two, three = (predictions(tmp_path / folder) for folder in ("one", "two", "three"))
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    assert not np.allclose(one["p_anger"], three["p_anger"])


def test_seeds_are_averaged_and_intervals_stay_over_people(train):
    metrics = train(*TINY, "seed=[0,1]")
    per_seed = [np.mean([f["accuracy"] for f in metrics["folds"] if f["seed"] == seed]) for seed in (0, 1)]
    assert metrics["metrics"]["accuracy"]["value"] == pytest.approx(np.mean(per_seed))
    assert metrics["units"] == 5


@pytest.mark.parametrize("stop_at", [1, 4, 7])
def test_a_run_started_again_goes_on_where_it_stopped_and_ends_the_same(train, tmp_path, monkeypatch, stop_at):
    from insula.training.callbacks import Progress

    options = (*SMALL, "training.epochs=3", "training.schedule.name=plateau", "training.batch_size=16")
    options += ("~streams.personality", "cell.layers=2", "cell.layer_dropout=0.3")
    train(*options, folder="whole")
    count = iter(range(100))
    epoch = Progress.epoch

    def interrupted(self, title, row):
        if next(count) == stop_at:
            raise RuntimeError("power cut")
        epoch(self, title, row)

    monkeypatch.setattr(Progress, "epoch", interrupted)
    with pytest.raises(RuntimeError, match="power cut"):
        train(*options, folder="cut")
    monkeypatch.setattr(Progress, "epoch", epoch)
    train(*options, folder="cut")
    pd.testing.assert_frame_equal(predictions(tmp_path / "whole"), predictions(tmp_path / "cut"), check_exact=True)
    history = [pd.read_csv(tmp_path / name / "folds" / "seed0-fold1" / "history.csv") for name in ("whole", "cut")]
    pd.testing.assert_frame_equal(*history)


@pytest.mark.parametrize("moved", [False, True])
def test_a_fold_that_had_stopped_is_not_trained_again_when_its_results_are_lost(train, tmp_path, moved):
    options = (*SMALL, "~streams.personality", "training.epochs=8", "training.patience=2", "training.batch_size=16")
    train(*options, folder="whole")
    copy = tmp_path / ("copy" if moved else "whole")
    before = predictions(tmp_path / "whole")
    if moved:
        shutil.copytree(tmp_path / "whole", copy)
    fold = copy / "folds" / "seed0-fold2"
    history = pd.read_csv(fold / "history.csv")
    for name in ("fold.json", "history.csv"):
        (fold / name).unlink()
    train(*options, folder=copy.name)
    pd.testing.assert_frame_equal(predictions(copy), before, check_exact=True)
    if not moved:
        pd.testing.assert_frame_equal(pd.read_csv(fold / "history.csv"), history)


def test_plateau_follows_the_figure_that_is_monitored(train, tmp_path, monkeypatch):
    from insula.training import module

    rising = iter(range(1000))
    monkeypatch.setattr(module, "scores", lambda *_: {"accuracy": next(rising) / 1000, "balanced_accuracy": 0.0})
    plateau = ("training.schedule.name=plateau", "training.schedule.patience=1", "training.monitor=accuracy")
    train(*TINY, *plateau, "training.epochs=6")
    rates = pd.read_csv(tmp_path / "run" / "folds" / "seed0-fold0" / "history.csv")["lr"]
    assert rates.nunique() == 1, "an accuracy that rises in every epoch is no reason to lower the rate"


def test_validation_in_half_precision_has_a_loss_in_full(train, tmp_path):
    train(*TINY, "training.precision=bf16-mixed")
    losses = pd.read_csv(tmp_path / "run" / "folds" / "seed0-fold0" / "history.csv")["val_loss"]
    assert any(loss * 256 % 1 for loss in losses)


def test_a_run_whose_data_have_changed_is_not_gone_on_with(train, tmp_path):
    from insula import ConfigError

    rng = np.random.default_rng(0)
    for number in range(6):
        np.save(tmp_path / f"{number}.npy", rng.normal(size=(2, 64)).astype(np.float32))
    manifest = tmp_path / "trials.csv"
    rows = [f"{number}.npy,p{number // 2},{'ab'[number % 2]}" for number in range(6)]
    manifest.write_text("\n".join(["path,subject,mood", *rows]))
    options = ("experiment=signals", "dataset=table", f"dataset.root={manifest}", "split=subject_kfold", "split.k=3")
    options += ("streams.signal.modality=features", "window.length=null", "training.epochs=1", "cell.hidden_size=4")
    options += ("+streams.signal.reader={name: table_file, sfreq: 16.0}", "+targets.mood={}")
    train(*options)
    (tmp_path / "run" / "folds" / "seed0-fold0" / "fold.json").unlink()
    manifest.write_text("\n".join(["path,subject,mood", *(row.translate(str.maketrans("ab", "ba")) for row in rows)]))
    with pytest.raises(ConfigError, match="the windows and labels are others than when the run"):
        train(*options)


def test_analyses_see_the_windows_that_the_refitted_model_was_tested_on(train, tmp_path, monkeypatch):
    from insula.report import page

    seen = []
    write = page.write_report
    monkeypatch.setattr(
        "insula.pipeline.write_report", lambda results, *rest: (seen.append(results), write(results, *rest))[1]
    )
    train(*TINY, "training.refit=train+validation")
    (result,) = [fold for fold in seen[0].folds if fold.number == 1]
    table = seen[0].predictions
    again = predict(result.model(), result.batches("test"), seen[0].data, result_windows(result), fold=1, seed=0)
    pd.testing.assert_frame_equal(again, table[table["fold"] == 1].reset_index(drop=True), check_exact=True)
    batch = next(result.batches("test"))
    trace = result.trace(batch)
    assert {name: len(steps) for name, steps in trace.steps.items()} == {"peripheral": len(batch)}


def result_windows(result):
    return result.batches.__self__.windows


def test_targets_and_streams_may_bear_any_name(train):
    stream = "+streams.keys={modality: peripheral, features: {standardize: {}}, cell: shared}"
    metrics = train(*TINY, "~streams.peripheral", stream, "training.epochs=1")
    assert metrics["parameters"] > 0


def test_without_an_effect_honest_splits_are_at_chance_and_random_windows_are_not(train):
    null = (
        "dataset.effect=0",
        "dataset.trial_offset=1.0",
        "dataset.seconds=20",
        "dataset.trials=9",
        "training.epochs=12",
        "~streams.peripheral",
        "~streams.personality",
    )
    honest = train(*SMALL, *null, folder="honest")
    leaky = train(*SMALL, *null, "split=random_windows", "split.k=5", folder="leaky")
    assert honest["metrics"]["accuracy"]["value"] < honest["floors"]["permutation"]["accuracy"]["high"] + 0.1
    assert (honest["grade"], leaky["grade"]) == ("A", "F")
    assert leaky["metrics"]["accuracy"]["value"] > honest["metrics"]["accuracy"]["value"] + 0.15
    assert any("trial" in finding["kind"] for finding in leaky["audit"]["findings"])


def test_several_targets_of_several_kinds_and_labels_over_time(train, tmp_path):
    targets = ("+targets.arousal={}", "+targets.arousal_trace={loss: ccc, rule: end}", "+targets.raters={weight: 0.5}")
    metrics = train(*TINY, "+targets.emotion={}", *targets)
    assert list(metrics["targets"]) == ["emotion", "arousal", "arousal_trace", "raters"]
    assert metrics["metrics"] == metrics["targets"]["emotion"]["metrics"]
    assert {"ccc", "rmse"} <= metrics["targets"]["arousal_trace"]["metrics"].keys()
    table = predictions(tmp_path / "run")
    trace = table[table["target"] == "arousal_trace"]
    assert trace.groupby("trial")["y"].nunique().max() > 1, "the label changes inside a trial"
    assert trace["prediction"].notna().all()


def test_options_of_training_that_change_the_protocol(train):
    on_test = train(*TINY, "training.select_on=test", folder="select")
    assert on_test["grade"] == "E"
    refit = train(
        *TINY, "training.refit=train+validation", "training.balance=oversample", "training.l2=0.001", folder="refit"
    )
    assert refit["grade"] == "A"
    fixed = train(*TINY, "split.validation=none", folder="none")
    assert fixed["folds"][0]["sizes"]["validation"] == 0


def test_a_folder_that_holds_another_run_is_refused(train):
    from insula import ConfigError

    train(*TINY)
    with pytest.raises(ConfigError, match=r"cell\.hidden_size: 8 there, 9 here"):
        train(*TINY, "cell.hidden_size=9")


def test_a_class_that_no_training_set_has_is_an_error(train):
    from insula import SplitError

    with pytest.raises(SplitError, match="anger"):
        train(*TINY, "dataset.subjects=2", "split.k=2", "split.validation=none", "dataset.trials=1")


def test_an_exploding_loss_is_named(train):
    from insula import TrainingError

    with pytest.raises(TrainingError, match=r"training\.optimizer\.lr"):
        train(*TINY, "training.optimizer.lr=1e20", "training.l2=1e30", "training.clip=null", "training.epochs=5")


def test_metrics_are_valid_json_without_nan(train, tmp_path):
    train(*TINY)

    def finite(value):
        if isinstance(value, dict):
            return all(map(finite, value.values()))
        if isinstance(value, list):
            return all(map(finite, value))
        return not isinstance(value, float) or math.isfinite(value)

    assert finite(json.loads((tmp_path / "run" / "metrics.json").read_text()))


@pytest.fixture(autouse=True)
def _threads():
    torch.set_num_threads(1)
