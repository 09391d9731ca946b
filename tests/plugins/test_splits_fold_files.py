"""predefined takes the fold file of a run: in another order, rounded, in part, and with what doesn't fit told."""

import re

import numpy as np
import pandas as pd
import pytest

from insula import Fold, InsulaWarning, SplitError
from insula.plugin.manager import installed
from insula.preprocess.prepare_corpus import prepare_corpus
from insula.sources.corpora import open_corpora
from insula.sources.memory import MemoryStore
from insula.stages import choose_sources, choose_targets, choose_windows, make_folds
from insula.trial_run import try_run
from insula.windows.cut import cut_windows
from insula.windows.fold_file import read_folds, write_folds
from insula_splits.calibrated import Calibrated
from insula_splits.leave_trials_out import LeaveTrialsOut
from insula_splits.predefined import Predefined
from insula_splits.random_windows import RandomWindows
from insula_splits.within_trial_blocks import WithinTrialBlocks
from made_index import copied, made_index

LEAVES_OUT = "ignore:.*leaves out"
CALIBRATED = "ignore:split.k=2.*lack a class"


@pytest.fixture
def published(tmp_path):
    """Return ``published(index, split, **changed)``: a run's fold file, some columns changed or (None) left out."""

    def write(index, split, **changed):
        path = tmp_path / "folds.csv"
        write_folds(path, index, list(split.folds(index)), "emotion")
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        for name, change in changed.items():
            table = table.drop(columns=name) if change is None else table.assign(**{name: table[name].map(change)})
        table.to_csv(path, index=False)
        return path

    return write


def same(index, ours, theirs, places=None) -> bool:
    """Whether folds have the same windows, of which ``places`` says where ours lie in theirs."""
    places = np.arange(len(index)) if places is None else np.asarray(places)
    ours, theirs = list(ours), list(theirs)
    return len(ours) == len(theirs) and all(
        np.array_equal(np.sort(places[a.rows(role)]), np.sort(b.rows(role))) and a.adapt_labels == b.adapt_labels
        for a, b in zip(ours, theirs, strict=True)
        for role in Fold.ROLES
    )


@pytest.mark.filterwarnings(LEAVES_OUT, CALIBRATED)
@pytest.mark.parametrize(
    "split",
    [
        RandomWindows(),
        WithinTrialBlocks(k=3, gap=1.0),
        LeaveTrialsOut(k=12),
        Calibrated(k=2),
        Calibrated(k=2, labels=False),
    ],
    ids=lambda split: type(split).__name__,
)
def test_a_runs_folds_come_back_whatever_the_order_of_its_windows(published, split):
    index = copied(made_index(4, 6, 9), "s01t01", "s01t01-fast")
    path = published(index, split)
    assert same(index, Predefined(file=path).folds(index), split.folds(index))
    places = np.random.default_rng(0).permutation(len(index))
    mixed = index.iloc[places].reset_index(drop=True)
    assert same(index, Predefined(file=path).folds(mixed), split.folds(index), places)


def shifted(index):
    """Trials after one another in one recording per person."""
    start = 10.0 + 20.0 * index["trial"].str[-2:].astype(int)
    return index.assign(recording=index["subject"], t0=index["t0"] + start, t1=index["t1"] + start)


@pytest.mark.parametrize(
    "changed",
    [
        {"t0": lambda text: f"{float(text) + 0.0004:.3f}", "t1": lambda text: f"{float(text):.3f}"},
        {"row": lambda text: "0"},
        {"row": None, "recording": None, "stimulus": None, "label": None},
        {"subject": None, "session": None, "dataset": None},
        {"session": lambda text: ""},
        {"recording": None, "t0": lambda text: (float(text) - 10) % 20, "t1": lambda text: (float(text) - 10.001) % 20},
    ],
    ids=["rounded", "rows", "few columns", "trials alone", "empty", "from the trial's start"],
)
def test_what_a_file_may_lack_or_round(published, changed):
    index = shifted(made_index(3, 6, 4))
    path = published(index, RandomWindows(), **changed)
    assert same(index, Predefined(file=path).folds(index), RandomWindows().folds(index))


def test_speaker_is_subject_and_names_may_look_like_nothing(published):
    index = made_index(3, 6, 2)
    index = index.assign(subject=index["subject"].replace({"s00": "NA", "s01": "None"}))
    index["emotion"] = index["emotion"].replace({"calm": "null"})
    path = published(index, LeaveTrialsOut())
    table = pd.read_csv(path, dtype=str, keep_default_na=False).rename(columns={"subject": "speaker"})
    table.to_csv(path, index=False)
    assert same(index, Predefined(file=path).folds(index), LeaveTrialsOut().folds(index))


def test_spaces_around_commas_are_no_harm(published):
    index = made_index(3, 6, 2)
    path = published(index, LeaveTrialsOut())
    path.write_text(path.read_text().replace(",", " , "))
    assert same(index, Predefined(file=path).folds(index), LeaveTrialsOut().folds(index))


def test_trials_numbered_afresh_for_every_person_are_told_apart(published):
    index = made_index(3, 6, 2)
    index["trial"] = index["trial"].str[-2:]
    split = LeaveTrialsOut()
    path = published(index.assign(trial=index["subject"] + index["trial"]), split, trial=lambda name: name[-2:])
    theirs = split.folds(index.assign(trial=index["subject"] + index["trial"]))
    assert same(index, Predefined(file=path).folds(index), theirs)


def test_a_trial_that_is_one_window_is_found_whatever_its_length(published):
    """As insula check guesses the length of what it hasn't opened."""
    index = made_index(3, 6, 1)
    path = published(index, LeaveTrialsOut())
    assert same(index, Predefined(file=path).folds(index.assign(t1=10.0)), LeaveTrialsOut().folds(index))


def test_rows_alone_are_numbers_in_this_order(published):
    index = made_index(3, 6, 2)
    path = published(index, RandomWindows(), trial=None)
    assert same(index, Predefined(file=path).folds(index), RandomWindows().folds(index))
    mixed = index.sample(frac=1, random_state=0).reset_index(drop=True)
    with pytest.raises(SplitError, match=r"of its labels aren't those of the data\. Line \d+ says '\w+' of row '\d+'"):
        list(Predefined(file=path).folds(mixed))


def test_copies_that_a_run_makes_for_training_are_no_news(published):
    index = made_index(3, 6, 2)
    whole = copied(index, "s01t01", "s01t01~noise")
    (fold, *_) = LeaveTrialsOut().folds(index)
    folds = [Fold(np.append(fold.train, [36, 37]), fold.validation, fold.test)]
    split = type("Given", (), {"folds": lambda self, _: folds})()
    path = published(whole, split)
    assert same(index, Predefined(file=path).folds(index), [fold])
    assert same(whole, Predefined(file=path).folds(whole), folds)


def test_numbers_are_compared_as_numbers(published):
    index = made_index(2, 6, 2)
    index["emotion"] = np.random.default_rng(0).random(len(index))
    path = published(index, LeaveTrialsOut(), label=lambda text: f"{float(text):.4f}")
    assert same(index, Predefined(file=path).folds(index), LeaveTrialsOut().folds(index))
    with pytest.raises(SplitError, match=r"the data say '1\.\d+' \(emotion\)"):
        list(Predefined(file=path).folds(index.assign(emotion=index["emotion"] + 1)))


def test_a_wrong_label_is_told_with_its_line(published):
    index = made_index(2, 6, 2)
    path = published(index, LeaveTrialsOut())
    lines = path.read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if ",s01t03," in line)
    lines[at] = re.sub("anger|joy|sadness|calm", "bored", lines[at])
    path.write_text("\n".join(lines))
    with pytest.raises(
        SplitError,
        match=rf"folds.csv: 1 of its labels aren't.*Line {at + 1} says 'bored' of dataset 'made', subject 's01', trial "
        r"'s01t03', \d to \d s, the data say '\w+' \(emotion\): choose the data and.*leave label out",
    ):
        list(Predefined(file=path).folds(index))
    list(Predefined(file=path).folds(index.assign(emotion=None)))


def test_a_trial_whose_label_changes_has_any_of_its_labels(tmp_path):
    index = made_index(1, 3, 2).assign(emotion=["calm", "joy"] * 3)
    path = tmp_path / "folds.csv"
    path.write_text("trial,fold,role,label\ns00t00,0,train,joy\ns00t01,0,test,calm\ns00t02,0,train,joy\n")
    assert len(list(Predefined(file=path).folds(index))) == 1


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("s00t00,0,train,0,\ns00t00,0,test,2,4\n", r"line 2 lacks a trial, a fold, a role, a t0 or a t1"),
        ("s00t00,0,train,0,two\n", r"t1 of its line 2 is no time in seconds: 'two'"),
        (
            "s00t00,0,train,0,4\ns00t00,0,test,4,8\n",
            r"names no window of this run: it has trial 's00t00', 0 to 4 s, the data have trial 's00t00', 0 to 2 s; "
            r"set window\.length and window\.step as they were, or leave t0 and t1 out of the file",
        ),
    ],
)
def test_times_that_fit_nothing_are_told(tmp_path, lines, message):
    path = tmp_path / "folds.csv"
    path.write_text(f"trial,fold,role,t0,t1\n{lines}")
    with pytest.raises(SplitError, match=f"folds.csv.*{message}"):
        list(Predefined(file=path).folds(made_index(1, 3, 2)))
    path.write_text("trial,fold,role,t0\ns00t00,0,train,0\n")
    with pytest.raises(SplitError, match="has t0 without t1: a window needs both"):
        list(Predefined(file=path).folds(made_index(1, 3, 2)))


def test_windows_without_a_partner_are_told(published):
    index = made_index(2, 6, 3)
    path = published(index, LeaveTrialsOut())
    other = index.assign(t0=index["t0"].where(index.index != 4, 2.5), t1=index["t1"].where(index.index != 4, 4.5))
    with pytest.warns(InsulaWarning) as told:
        list(Predefined(file=path).folds(other))
    texts = " ".join(str(warning.message) for warning in told)
    assert "1 of its windows aren't in the data, dataset 'made', subject 's00', trial 's00t01', 2 to 4 s first" in texts
    assert (
        "leaves out 1 windows of the data, dataset 'made', subject 's00', trial 's00t01', 2.5 to 4.5 s first" in texts
    )


def test_labels_of_adapt_lines_that_are_withheld_stay_withheld(published):
    index = made_index(4, 6, 2)
    path = published(index, Calibrated(k=2, labels=False))
    assert not any(fold.adapt_labels for fold in Predefined(file=path).folds(index))
    assert not any(fold.adapt_labels for fold in read_folds(path).folds)
    table = pd.read_csv(path)
    assert table.loc[table["role"] == "adapt", "label"].isna().all()
    assert table.loc[table["role"] != "adapt", "label"].notna().all()
    table.drop(columns="label").to_csv(path, index=False)
    assert all(fold.adapt_labels for fold in Predefined(file=path).folds(index)), "a file without labels withholds none"


SMALL = ("experiment=demo", "dataset.subjects=4", "dataset.trials=6", "dataset.seconds=6", "~streams.eeg", "split.k=2")
NOISE = "+streams.peripheral.augment.signal.gaussian_noise={when: after_split}"


@pytest.mark.filterwarnings(CALIBRATED)
def test_from_run_to_run(compose, tmp_path):
    """With copies of training windows, which the second run makes anew; and as insula check looks at it."""

    def folds_of(config):
        corpus, store = open_corpora(config.dataset), MemoryStore()
        targets = choose_targets(config, corpus)
        sources = choose_sources(config, corpus, installed())
        prepared = prepare_corpus(corpus, corpus.trials, sources, store, progress=False)
        plans, (length, step, require) = choose_windows(config, sources), config.window.values
        windows = cut_windows(corpus.trials, prepared, plans, targets, length, step, store, require, config.copies)
        return windows, make_folds(config, windows)

    path = tmp_path / "folds.csv"
    windows, folds = folds_of(compose(*SMALL, "split=calibrated", NOISE))
    assert (windows.rows.index["parent"].notna()).sum() == len(windows.rows.index) / 2
    write_folds(path, windows.rows.index, folds, "emotion")
    given = (*SMALL[:-1], "split=predefined", f"split.file={path}")
    again, same_folds = folds_of(compose(*given, NOISE))
    assert same(again.rows.index, same_folds, folds)
    assert "split predefined: 4 folds" in try_run(compose(*given, NOISE), installed(), MemoryStore()).lines
