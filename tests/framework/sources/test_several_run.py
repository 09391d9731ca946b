"""Runs over several datasets: one report, names that never mix, and the store that each dataset has alone."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from insula import ConfigError, Fold, SplitError
from insula.evaluation.predict import with_families
from insula.plugin.manager import installed
from insula.preprocess.prepare_corpus import corpus_stages, prepare_corpus
from insula.sources.corpora import open_corpora
from insula.sources.memory import MemoryStore
from insula.sources.store import Store
from insula.stages import choose_sources, choose_targets, choose_windows, make_folds
from insula.training.bundle import load_bundle
from insula.trial_run import try_run
from insula.windows.collate import collate
from insula.windows.cut import cut_windows
from made_tables import made_table

SMALL = (
    *("experiment=signals", "window.length=2", "cell.hidden_size=4", "training.epochs=2", "+targets.mood={}"),
    *("split=leave_dataset_out", "split.validation=none"),
)
MAPPED = ("labels.two.mood.of=feeling", "labels.two.mood.classes={relaxed: calm, stressed: tense}")


@pytest.fixture
def tables(tmp_path):
    """Return ``tables(one={...}, two={...})``, which writes tables and returns the overrides that name them."""

    def write(**given) -> list[str]:
        words = ["dataset=several"]
        for number, (key, options) in enumerate(given.items()):
            made_table(tmp_path / key, **{"seed": number, **options})
            words += [f"dataset.{key}=table", f"dataset.{key}.root={tmp_path / key}"]
        return words

    return write


def windows_of(config, store=None):
    """Return corpus, sources, prepared recordings and windows of a run, as the pipeline makes them."""
    torch.set_num_threads(1)
    store = store or Store(config.store)
    corpus = open_corpora(config.dataset)
    targets = choose_targets(config, corpus)
    corpus = corpus.labelled({name: target for name, (target, _) in targets.items()})
    sources = choose_sources(config, corpus, installed())
    prepared = prepare_corpus(corpus, corpus.trials, sources, store, progress=False)
    plans, (length, step, require) = choose_windows(config, sources), config.window.values
    windows = cut_windows(corpus.trials, prepared, plans, targets, length, step, store, require, config.copies)
    return corpus, sources, prepared, windows


def test_two_tables_with_other_words_for_their_classes_are_one_run(train, tables, tmp_path):
    words = tables(one={}, two={"classes": ("relaxed", "stressed", "bored"), "label": "feeling"})
    (tmp_path / "two" / "t0.csv").write_text("time,EDA\nno,number")
    metrics = train(
        *SMALL,
        *words,
        *MAPPED,
        "labels.two.mood.classes.bored=null",
        "training.epochs=12",
        "training.optimizer.lr=0.05",
    )
    folder = tmp_path / "run"
    assert metrics["grade"] == "A"
    assert {"new people", "new datasets"} <= set(metrics["claim"])
    assert metrics["metrics"]["accuracy"]["value"] > 0.8, "the level tells the class, whatever it is called"
    assert [row["subject"] for row in metrics["per_subject"]] == [
        f"{key}/p{n}" for key in ("one", "two") for n in range(3)
    ]
    table = pd.read_parquet(folder / "predictions.parquet")
    assert {key: set(own["dataset"]) for key, own in table.groupby("fold")} == {0: {"one"}, 1: {"two"}}
    assert set(table["subject"]) == {"p0", "p1", "p2"}
    assert {"t1", "t3"} <= set(table.loc[table["dataset"] == "one", "trial"]), "as the manifest calls them"
    assert set(table["y"]) == {"calm", "tense"}
    report = (folder / "report.md").read_text()
    for text in (
        "# one + two, leave_dataset_out",
        "one (table): Your own data; two (table): Your own data",
        "one is dataset=table: 12 trials of 3 people",
        "mood: in feeling of two, bored is left out, relaxed is calm, stressed is tense",
        "| 6 | its class bored is left out by labels.two | trial two/t",
        "| signal: recording t0 of two |",
    ):
        assert text in report
    bundle = load_bundle(folder / "folds" / "seed0-fold0" / "bundle", installed())
    assert bundle.data.targets["mood"].classes == ("calm", "tense")
    assert list(bundle.about["config"]["dataset"]) == ["one", "two"]
    assert bundle.about["config"]["labels"]["two"]["mood"]["of"] == "feeling"


def test_each_dataset_is_found_in_the_store_as_if_it_were_alone(compose, tables, tmp_path, monkeypatch):
    words = tables(one={}, two={"classes": ("relaxed", "stressed"), "label": "mood"})
    steps = (
        "streams.signal.signal.resample.sfreq=8",
        "~streams.signal.features",
        "+streams.signal.features.quality={}",
    )
    alone = {}
    for key in ("one", "two"):
        config = compose(*SMALL, *steps, "dataset=table", f"dataset.root={tmp_path / key}")
        _, _, prepared, _ = windows_of(config)
        alone |= {f"{key}/{recording}": value for (_, recording), value in prepared.keys.items()}
    entries = {path.parent for path in Path(config.store).rglob("meta.json")}
    monkeypatch.setattr("insula_table.reader.TableFile.read", lambda *_: pytest.fail("it is prepared already"))
    together = compose(*SMALL, *steps, *words, "labels.two.mood.classes={relaxed: calm, stressed: tense}")
    _, _, prepared, _ = windows_of(together)
    assert {recording: value for (_, recording), value in prepared.keys.items()} == alone
    assert {path.parent for path in Path(config.store).rglob("meta.json")} == entries, "window features, too"


def test_what_is_fitted_on_a_person_is_fitted_on_that_datasets_person(compose, tables, tmp_path):
    words = tables(one={}, two={})
    for path in (tmp_path / "two").glob("t*.csv"):
        head, *lines = path.read_text().splitlines()
        cells = [line.split(",") for line in lines]
        path.write_text("\n".join([head, *(",".join([t, *(f"{float(x) + 100}" for x in row)]) for t, *row in cells)]))
    for chain in ("features", "signal"):
        step = ("~streams.signal.features", f"+streams.signal.{chain}.standardize.fit=subject")
        *_, windows = windows_of(compose(*SMALL, *words, *step))
        stream = windows.streams["signal"]
        people = windows.rows.index.groupby(["dataset", "subject"]).indices
        assert len(people) == 6
        for rows in people.values():
            values = np.concatenate([stream.base(int(row)).data for row in rows], axis=1)
            np.testing.assert_allclose(values.mean(axis=1), 0, atol=1e-3)


def test_a_dataset_may_lack_a_modality(compose, tables):
    words = tables(one={"columns": {"path_pulse": "t0.csv"}}, two={})
    pulse = "+streams.pulse={modality: pulse, features: {standardize: {}}, cell: shared}"
    config = compose(*SMALL, *words, pulse)
    *_, windows = windows_of(config)
    having = [windows.streams["pulse"].has(row) for row in range(len(windows.rows.index))]
    assert set(windows.rows.index["dataset"][having]) == {"one"}
    everything = np.arange(len(having))
    fitted = windows.fit(Fold(everything))
    assert (
        collate([fitted[row] for row in range(len(having))], fitted.spec(everything)).present["pulse"].tolist()
        == having
    )
    with pytest.raises(SplitError, match=r"none of the 24 training windows of fold 0 has streams.pulse; drop it"):
        make_folds(config, windows)
    with pytest.raises(ConfigError, match=r"streams.gaze: no dataset has a reader for modality 'gaze'"):
        windows_of(compose(*SMALL, *words, "+streams.gaze={modality: gaze}"))
    only = ("~streams.signal", pulse)
    with pytest.raises(ConfigError, match=r"dataset.two: it has no modality of this run \(pulse\); it has: signal"):
        windows_of(compose(*SMALL, *words, *only))


def test_rates_that_differ_are_said_where_the_model_is_sized(compose, tables):
    words = tables(one={}, two={"sfreq": 32})
    *_, windows = windows_of(compose(*SMALL, *words))
    everything = np.arange(len(windows.rows.index))
    with pytest.raises(ConfigError) as caught:
        windows.fit(Fold(everything)).spec(everything)
    assert str(caught.value).startswith(
        "streams.signal: its datasets have different rates: one has 16 Hz; two has 32 Hz. Add a step that makes them "
        "one, like +streams.signal.signal.resample.sfreq=16, or give"
    )
    *_, windows = windows_of(compose(*SMALL, *words, "streams.signal.signal.resample.sfreq=16"))
    assert {windows.streams["signal"].base(row).sfreq for row in (0, len(windows.rows.index) - 1)} == {16.0}
    *_, windows = windows_of(compose(*SMALL, *words, "streams.signal.reader.two={name: table_file, sfreq: 16}"))
    assert windows.streams["signal"].base(len(windows.rows.index) - 1).sfreq == 16.0


def test_channels_and_units_that_differ_are_said(compose, tables):
    words = tables(one={}, two={"channels": ("TEMP", "X", "EDA")})
    with pytest.raises(ConfigError) as caught:
        windows_of(compose(*SMALL, *words))
    assert str(caught.value) == (
        "streams.signal: its datasets have different channels: one has the 2 channels EDA, TEMP; two has the 3 "
        "channels TEMP, X, EDA. Pick those that all have: '+streams.signal.signal.pick.channels=[EDA,TEMP]'"
    )
    *_, windows = windows_of(compose(*SMALL, *words, "+streams.signal.signal.pick.channels=[EDA,TEMP]"))
    assert windows.streams["signal"].base(len(windows.rows.index) - 1).ch_names == ("EDA", "TEMP")
    other = ("~streams.signal.features", "+streams.signal.features.pick.channels=[EDA]")
    volts = "streams.signal.reader.two={name: table_file, units: V}"
    with pytest.raises(ConfigError, match=r"different units: one has 1; two has V\. Scale each by itself"):
        windows_of(compose(*SMALL, *words, *other, "+streams.signal.features.standardize={}", volts))


def test_channels_that_no_two_share(compose, tables):
    words = tables(one={}, two={"channels": ("X", "Y")})
    with pytest.raises(ConfigError, match="None of them is in all: they can't be one stream"):
        windows_of(compose(*SMALL, *words))


def test_a_check_looks_at_every_dataset(compose, tables):
    words = tables(one={}, two={"classes": ("relaxed", "stressed"), "label": "feeling"})
    lines = try_run(compose(*SMALL, *words, *MAPPED), installed(), MemoryStore()).lines
    assert lines[0] == "dataset one + two: 24 trials, 6 people"
    assert lines[1:3] == [f"{key} is dataset=table: 12 trials of 3 people" for key in ("one", "two")]
    assert "split leave_dataset_out: 2 folds" in lines
    with pytest.raises(ConfigError, match="its datasets have different rates"):
        try_run(compose(*SMALL, *tables(one={}, two={"sfreq": 8})), installed(), MemoryStore())


def test_targets_that_one_dataset_lacks_are_unlabelled_there(compose, tables):
    words = tables(one={}, two={"columns": {"site": "home"}}, three={"label": "other", "classes": ("a", "b")})
    *_, windows = windows_of(compose(*SMALL, *words, "+targets.other={}"))
    index = windows.rows.index
    known = {name: set(index.loc[index[name].notna(), "dataset"]) for name in ("mood", "other")}
    assert known == {"mood": {"one", "two"}, "other": {"three"}}


def test_a_dataset_that_knows_no_target_of_the_run(compose, tables):
    words = tables(one={}, two={"label": "feeling"})
    with pytest.raises(
        ConfigError, match=r"dataset.two: it has no target mood. It has: feeling; type labels.two.mood.of="
    ):
        windows_of(compose(*SMALL, *words))


def test_the_target_of_a_run_that_names_none_is_one_that_all_datasets_have(compose, tables):
    words = tables(one={"columns": {"arousal": "high"}}, two={})
    config = compose(*(word for word in SMALL if "targets" not in word), *words)
    assert list(choose_targets(config, open_corpora(config.dataset))) == ["mood"]


def test_terms_and_stages_are_those_of_the_datasets(compose, tables):
    config = compose(*SMALL, *tables(one={}, two={}), "+streams.signal.signal.resample.sfreq=8")
    corpus, sources, *_ = windows_of(config)
    assert corpus.terms == {}
    assert [(name, signal.sfreq) for name, signal in corpus_stages(corpus, sources, "signal")] == [
        ("raw", 16.0),
        ("resample", 8.0),
    ]


def test_a_copy_in_one_dataset_says_nothing_of_a_trial_of_that_name_in_another():
    index = pd.DataFrame(
        {"dataset": ["a", "a", "b", "b"], "trial": ["x", "y", "x", "y"], "parent": ["y", None, None, None]}
    )
    assert list(with_families(index, index)["family"]) == ["y", "y", "x", "y"]


def test_one_dataset_may_be_left_of_several(compose, tables):
    config = compose(*SMALL, *tables(one={}, two={}), "~dataset.two")
    *_, windows = windows_of(config)
    assert set(windows.rows.index["dataset"]) == {"one"}
    with pytest.raises(SplitError, match=r"the data are one dataset \(one\), and leaving it out leaves none"):
        make_folds(config, windows)
