"""Copies of trials: who sees them, what they hold, and what they cost a protocol."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from insula import Augmentation, ConfigError, Fold, Signal, SignalError, Target, Trial
from insula.plugin.choice import Choice
from insula.plugin.registry import REGISTRIES, Component
from insula.preprocess.prepare import Prepared
from insula.sources.store import Store
from insula.windows.copies import CopyMaker, SplitView, is_copy, with_copies
from insula.windows.cut import cut_windows
from insula.windows.stream import StreamPlan
from insula.windows.windows import Windows
from insula_splits.predefined import Predefined
from insula_splits.random_windows import RandomWindows
from insula_splits.subject_kfold import SubjectKFold


class Louder(Augmentation):
    """Adds a number between 1 and 2; refuses what is larger than 1500."""

    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        if signal.data.max() > 1500:
            raise SignalError("too loud already")
        return signal.with_data(signal.data + rng.uniform(1, 2))


COMPONENT = Component(REGISTRIES["augmentations"], "louder", f"{__name__}:Louder", "test")
COMPONENT.__dict__["cls"] = Louder
MAKER = CopyMaker(Choice(COMPONENT, {"when": "after_split"}), Louder())
TRIALS = [
    Trial(f"t{number}", f"s{number % 6}", recording=f"r{number}", stop=4.0, labels={"y": number % 2}, group="talk")
    for number in range(12)
]


def windows(tmp_path, whens: dict, trials=TRIALS) -> Windows:
    """Two windows of 2 s at 10 Hz of every trial, whose samples rise from 100 times its number."""
    store, prepared = Store(tmp_path), Prepared()
    for number, trial in enumerate(trials):
        signal = Signal.of(np.arange(40) + 100.0 * number, 10.0, ["x"], "1")
        prepared.signals["x", trial.recording] = store.put(f"aa{trial.recording}", [signal])
        prepared.keys["x", trial.recording] = trial.recording
    plan = StreamPlan("x", (), (), None, 0.0, copies=dict.fromkeys(whens, MAKER))
    target = Target("classes", ("no", "yes"))
    return cut_windows(trials, prepared, {"x": plan}, {"y": (target, None)}, 2.0, None, store, copies=whens)


def test_a_copy_names_its_parent_and_talks_in_a_copied_conversation():
    first, copy, other, *_ = with_copies(TRIALS, {"louder": "after_split", "faster": "before_split"})
    assert first is TRIALS[0]
    assert (copy.id, copy.parent, copy.group, copy.recording) == ("t0~louder", "t0", "talk~louder", "r0")
    assert [is_copy(trial) for trial in (first, copy, other)] == [False, True, True]
    assert with_copies(TRIALS, {}) == TRIALS


def test_a_copy_holds_its_window_changed_the_same_way_every_time(tmp_path):
    found = windows(tmp_path, {"louder": "after_split"})
    index, stream = found.rows.index, found.streams["x"]
    again = windows(tmp_path / "again", {"louder": "after_split"}).streams["x"]
    raised = []
    for row in range(len(index)):
        signal = stream.base(row)
        assert signal is not None
        assert np.array_equal(signal.data, again.base(row).data)  # type: ignore[union-attr]
        parent = index["parent"].iat[row]
        begin = 100.0 * int((parent or index["trial"].iat[row])[1:]) + 10 * index["t0"].iat[row]
        if parent is None:
            assert signal.data[0].tolist() == list(np.arange(begin, begin + 20))
        else:
            raised.append(float(signal.data[0, 0] - begin))
    assert len(raised) == 24
    assert 1 < min(raised) < max(raised) < 2
    assert len(np.unique(np.round(raised, 3))) == 24, "every window is changed by a draw of its own"


def test_copies_made_after_the_split_train_and_nothing_else(tmp_path):
    whens = {"louder": "after_split"}
    index = windows(tmp_path, whens).rows.index
    view = SplitView(index, whens)
    seen = view.seen()
    assert len(index) == 48
    assert seen["trial"].tolist() == [trial.id for trial in TRIALS for _ in range(2)]
    for fold in RandomWindows(k=3).folds(seen):
        whole = view.whole(fold)
        for role in ("validation", "test"):
            expected = set(zip(seen["trial"].iloc[fold.rows(role)], seen["t0"].iloc[fold.rows(role)], strict=True))
            rows = index.iloc[whole.rows(role)]
            assert set(zip(rows["trial"], rows["t0"], strict=True)) == expected
        train = index.iloc[whole.train]
        plain, copies = train[train["parent"].isna()], train[train["parent"].notna()]
        assert len(plain) == len(fold.train) == len(copies)
        assert set(zip(plain["trial"], plain["t0"], strict=True)) == set(
            zip(copies["parent"], copies["t0"], strict=True)
        )


def test_copies_made_before_the_split_are_split_like_the_rest(tmp_path):
    whens = {"louder": "before_split"}
    index = windows(tmp_path, whens).rows.index
    view = SplitView(index, whens)
    assert len(view.seen()) == len(index) == 48
    fold = Fold(np.arange(10), np.arange(10, 20), np.arange(20, 48))
    assert view.whole(fold) is fold


def test_what_an_augmentation_refuses_is_a_copy_less(tmp_path):
    trials = [*TRIALS, *(Trial(f"t{n}", "s0", recording=f"r{n}", stop=4.0, labels={"y": 0}) for n in range(12, 18))]
    found = windows(tmp_path, {"louder": "after_split"}, trials)
    assert len(found.rows.index) == 2 * (2 * 18 - 3)
    (item,) = found.streams["x"].left_out
    assert (item.count, item.why) == (6, "the copy by louder: too loud already")


RUN = ("experiment=demo", "dataset.subjects=6", "~streams.eeg", "~streams.personality", "training.epochs=1")
NOISE = "+streams.peripheral.augment.signal.gaussian_noise"


def test_a_run_with_copies_tests_on_what_it_tests_without(train, tmp_path):
    plain = train(*RUN, folder="plain")
    after = train(*RUN, f"{NOISE}={{when: after_split}}", folder="after")
    before = train(*RUN, f"{NOISE}={{when: before_split}}", "split=random_windows", folder="before")
    for one, other in zip(plain["folds"], after["folds"], strict=True):
        assert other["sizes"] == {**one["sizes"], "train": 2 * one["sizes"]["train"]}
    assert (after["grade"], after["claim"]) == (plain["grade"], plain["claim"])
    assert before["grade"] == "F"
    assert "augmented_copies" in {finding["kind"] for finding in before["audit"]["findings"]}
    tested = [pd.read_parquet(tmp_path / name / "predictions.parquet")["trial"] for name in ("after", "before")]
    assert [trials.str.contains("~").any() for trials in tested] == [False, True]
    assert "of them augmented copies" in (tmp_path / "before" / "report.md").read_text()


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            ["+streams.peripheral.augment.features.gaussian_noise={when: after_split}"],
            "streams.peripheral.augment.features.gaussian_noise.when: copies are made of the signal",
        ),
        ([f"{NOISE}={{when: later}}"], "gaussian_noise.when: Input should be 'epoch', 'after_split' or 'before_split'"),
    ],
)
def test_a_wrong_time_for_copies(compose, overrides, message):
    with pytest.raises(ConfigError) as caught:
        compose("experiment=demo", *overrides)
    assert message in str(caught.value)


def test_streams_that_share_a_name_make_their_copies_at_one_time(compose):
    eeg = "+streams.eeg.augment.signal.gaussian_noise={when: before_split}"
    with pytest.raises(ConfigError, match="when=after_split: another stream says before_split; streams that augment"):
        compose("experiment=demo", eeg, f"{NOISE}={{when: after_split}}")


def test_without_copies_the_split_sees_the_index_itself():
    index = pd.DataFrame({"trial": ["a"], "t0": [0.0]})
    assert SplitView(index, {}).seen() is index
    assert not SplitView(index, {}).hidden.any()


def test_a_refit_trains_the_copies_of_validation_windows_too(tmp_path):
    found = windows(tmp_path, {"louder": "after_split"})
    view, index = found.view, found.rows.index
    fold = next(iter(SubjectKFold(k=3).folds(view.seen())))
    whole = view.whole(fold)
    both = view.with_copies(replace(whole, train=np.concatenate([whole.train, whole.validation])))
    assert len(both.train) == 2 * (len(fold.train) + len(fold.validation))
    assert not set(index["trial"].iloc[whole.test]) & set(index["parent"].iloc[both.train])


def test_copies_of_a_trial_are_one_unit_with_it(train):
    words = (*RUN, "split=leave_trials_out")
    plain = train(*words, folder="plain")
    copied = train(*words, f"{NOISE}={{when: before_split}}", folder="copied")
    assert copied["grade"] >= "B"
    assert "tested_copies" in {finding["kind"] for finding in copied["audit"]["findings"]}
    assert copied["units"] == plain["units"]


def test_copies_do_not_hide_who_a_person_is(train):
    words = ("experiment=demo", "dataset.subjects=4", "~streams.eeg", "training.epochs=1", "split=leave_trials_out")
    traits = "+streams.personality.augment.signal.gaussian_noise={std: 0.01, relative: false, when: after_split}"
    assert "identity_stream" in {finding["kind"] for finding in train(*words, traits)["audit"]["findings"]}


def test_a_copy_of_what_is_not_there_is_none(tmp_path):
    store, prepared = Store(tmp_path), Prepared()
    for stream in "xy":
        for trial in TRIALS:
            there = stream == "y" or trial in TRIALS[:6]
            signal = Signal.of(np.arange(40.0), 10.0, ["x"], "1") if there else None
            prepared.signals[stream, trial.recording] = store.put(f"{stream}{trial.recording}", [signal])
            prepared.keys[stream, trial.recording] = trial.recording
    plans = {
        name: StreamPlan(name, (), (), None, 0.0, copies={"louder": MAKER} if name == "x" else {}) for name in "xy"
    }
    target = {"y": (Target("classes", ("no", "yes")), None)}
    found = cut_windows(TRIALS, prepared, plans, target, 2.0, None, store, copies={"louder": "after_split"})
    parents = found.rows.index["parent"]
    assert set(parents[parents.notna()]) == {trial.id for trial in TRIALS[:6]}


def test_a_published_split_takes_the_copies_of_the_trials_that_it_names(tmp_path):
    roles = ["train", "validation", "test"] * 4
    lines = [f"{trial.id},0,{role}" for trial, role in zip(TRIALS, roles, strict=True)]
    (tmp_path / "folds.csv").write_text("\n".join(["trial,fold,role", *lines]))
    index = windows(tmp_path, {"louder": "before_split"}).rows.index
    (fold,) = Predefined(file=tmp_path / "folds.csv").folds(index)
    assert [len(fold.rows(role)) for role in ("train", "validation", "test")] == [16, 16, 16]


def test_a_corpus_may_have_a_column_of_that_name_of_its_own():
    mine = replace(TRIALS[0], context={"copy": "louder"})
    assert not is_copy(mine)
    assert [is_copy(trial) for trial in with_copies([mine], {"louder": "after_split"})] == [False, True]
