"""Tables that somebody made elsewhere: names that begin again, columns that are missing, the times of a clock."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from insula import Fold
from insula.windows.audit import audit_folds
from insula.windows.run_facts import RunFacts
from made_index import kinds


def numbered(people: int = 6, recordings: int = 3, trials: int = 4, windows: int = 2) -> pd.DataFrame:
    """Recordings of every person, trials of every recording and windows of every trial are numbered from 0."""
    sides = [range(number) for number in (people, recordings, trials, windows)]
    index = pd.DataFrame(product(*sides), columns=["subject", "recording", "trial", "window"]).astype(str)
    begin = 2.0 * (index["trial"].astype(int) * windows + index["window"].astype(int))
    return index.drop(columns="window").assign(t0=begin, t1=begin + 2)


def by(index: pd.DataFrame, *columns: str, k: int = 3) -> list[Fold]:
    """Folds that keep together what has the same values in columns."""
    part = index.groupby(list(columns)).ngroup().to_numpy() % k
    return [Fold(*(np.flatnonzero((part - at) % k == side) for side in (0, 1, 2))) for at in range(k)]


@pytest.mark.parametrize(
    ("columns", "lost"),
    [
        (["subject"], ["trial"]),
        (["subject"], []),
        (["subject", "recording"], ["trial"]),
        (["subject", "recording"], []),
        (["subject", "recording", "trial"], []),
    ],
)
def test_recordings_and_trials_that_are_numbered_afresh_are_not_shared(columns, lost):
    index = numbered()
    assert audit_folds(index.drop(columns=lost), by(index, *columns)).findings == []
    one = index.assign(subject="one", session=index["subject"])
    assert audit_folds(one.drop(columns=lost), by(index, *columns)).findings == []


@pytest.mark.parametrize("columns", [["subject"], ["session"], ["subject", "session"]])
def test_every_session_of_everybody_has_one_recording_of_one_name(columns):
    index = numbered().rename(columns={"recording": "session"}).assign(recording="run 1")
    assert audit_folds(index.drop(columns="trial"), by(index, *columns)).findings == []


def test_a_recording_that_goes_on_over_sessions_is_one():
    index = numbered(recordings=1).assign(recording=lambda table: "of " + table["subject"])
    index["session"] = (index["trial"].astype(int) % 2).astype(str)
    index["t1"] += 1
    assert "overlapping_samples" in kinds(audit_folds(index, by(index, "subject", "trial")))


def test_what_is_cut_apart_inside_is_found_all_the_same():
    index = numbered()
    folds = by(index, "subject", "recording", "trial", "t0")
    assert set(kinds(audit_folds(index, folds))) >= {"shared_trial", "validation_shares_test"}
    index["t1"] += 1
    assert "overlapping_samples" in kinds(audit_folds(index.drop(columns="trial"), folds))


def test_a_trial_in_pieces_is_one():
    """Each of its windows has a file of its own, or it goes on in the next file: its name is the same."""
    index = numbered(recordings=1)
    files = index.assign(recording=[f"{row}.wav" for row in range(len(index))], t0=0.0, t1=2.0)
    folds = by(index, "subject", "trial", "t0")
    assert "shared_trial" in kinds(audit_folds(files, folds))
    disks = index.assign(recording=np.where(index["t0"] < 5, "disk 1", "disk 2"))
    assert sorted(disks.groupby(["subject", "recording"])["trial"].nunique()) == [2] * 6 + [3] * 6
    assert "shared_trial" in kinds(audit_folds(disks, folds))


def test_recordings_of_a_run_are_what_they_are_called():
    """Two people of one dialogue share its recording."""
    index = numbered(2, 1).assign(trial=None)
    folds = [Fold(np.flatnonzero(index["subject"] == "0"), test=np.flatnonzero(index["subject"] == "1"))]
    assert "overlapping_samples" in kinds(audit_folds(index, folds, facts=RunFacts()))
    assert audit_folds(index, folds).findings == []


def test_copies_without_names_are_of_their_parent():
    index = pd.DataFrame({"subject": ["a"] * 6, "parent": [None, "t1", None, None, "t1", "t2"]})
    (found,) = audit_folds(index, [Fold(np.arange(3), test=np.arange(3, 6))]).findings
    assert found.kind == "augmented_copies"
    assert "1 trials and augmented copies of them lie on both sides, e.g. a copy of 't1' in test" in found.reason
    named = index.assign(trial=[None, None, "t2", None, None, None])
    (found,) = audit_folds(named, [Fold(np.arange(3), test=np.arange(3, 6))]).findings
    assert "2 trials and augmented copies" in found.reason
    people = index.assign(subject=["a", "a", "a", "b", "b", "b"])
    assert audit_folds(people, [Fold(np.arange(3), test=np.arange(3, 6))]).findings == []


def test_a_stimulus_that_tells_the_label_is_found_without_trials():
    index = pd.DataFrame([(f"p{n % 8}", f"v{n // 8}", "abc"[n // 8 % 3]) for n in range(48)])
    index.columns = ["subject", "stimulus", "label"]
    windows = index.iloc[np.repeat(np.arange(48), 3)].reset_index(drop=True)
    found = kinds(audit_folds(windows, by(windows, "subject", k=4), label="label"))
    assert set(found) == {"stimulus_determines_label"}
    drawn = np.random.default_rng(0).choice(list("abc"), 48)
    windows["label"] = np.repeat(drawn, 3)
    found = audit_folds(windows, by(windows, "subject", k=4), label="label").findings
    assert found == [], "a window tells the label of its own trial alone"


def test_times_that_count_from_nothing_are_said():
    index = numbered()[["t0", "t1"]]
    folds = by(index, "t0")
    said = {item.kind: item.reason for item in audit_folds(index, folds).not_checked}
    assert said["overlapping_samples"] == "144 of 144 rows have neither recording nor trial to count seconds from"
    said = {item.kind for item in audit_folds(index.assign(trial="t"), folds).not_checked}
    assert "overlapping_samples" not in said


def test_windows_that_touch_but_for_rounding_do_not_overlap_however_long_the_clock_ran():
    start = np.random.default_rng(0).uniform(0, 3e7, 2000).round(1)
    place, number = np.repeat(np.arange(2000), 20), np.tile(np.arange(20), 2000)
    t0, t1 = start[place] + 0.3 * number, start[place] + 0.3 * (number + 1) + 4e-7
    index = pd.DataFrame({"recording": place, "t0": t0, "t1": t1})
    fold = Fold(np.flatnonzero(number % 2 == 0), test=np.flatnonzero(number % 2 == 1))
    assert audit_folds(index, [fold]).findings == []
    assert "overlapping_samples" in kinds(audit_folds(index.assign(t1=t1 + 0.01), [fold]))
