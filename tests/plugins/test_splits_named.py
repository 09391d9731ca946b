"""Protocols that bear the name of what they hold out, and what every protocol promises."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insula import SplitError
from insula.plugin.manager import installed
from insula.windows.audit import audit_folds
from insula.windows.split import CLAIMS
from insula_splits.calibrated import Calibrated
from insula_splits.group import Group
from insula_splits.leave_one_subject_out import LeaveOneSubjectOut
from insula_splits.leave_stimulus_out import LeaveStimulusOut
from insula_splits.leave_trials_out import LeaveTrialsOut
from insula_splits.random_windows import RandomWindows
from insula_splits.session import Session
from insula_splits.speaker import Speaker
from insula_splits.subject_and_stimulus import SubjectAndStimulus
from insula_splits.subject_kfold import SubjectKFold
from insula_splits.within_trial_blocks import WithinTrialBlocks
from made_index import copied, made_index

NAMED = [LeaveStimulusOut(k=4), LeaveStimulusOut(k=None), Session(), Session(k=3), Speaker(), Speaker(k=4)]


def in_sessions(subjects: int = 6, trials: int = 8, windows: int = 2, seed: int = 0) -> pd.DataFrame:
    """Everybody's sessions are numbered 1 to 4."""
    index = made_index(subjects, trials, windows, seed)
    return index.assign(session=(index["trial"].str[-2:].astype(int) * 4 // trials + 1).astype(str))


def in_dialogues(subjects: int = 8) -> pd.DataFrame:
    """Two people share a session."""
    index = made_index(subjects, 6, 2)
    return index.assign(session="Ses" + (index["subject"].str[1:].astype(int) // 2 + 1).astype(str))


@pytest.mark.parametrize("make", [in_sessions, in_dialogues])
@pytest.mark.parametrize("split", NAMED, ids=lambda split: f"{type(split).__name__}-{split.k}")
@settings(max_examples=5)
@given(seed=st.integers(0, 2**32 - 1))
def test_sets_are_disjoint_complete_and_the_same_in_any_order(make, split, seed):
    index = copied(make(), "s03t05", "s03t05-fast")
    places = np.random.default_rng(seed).permutation(len(index))
    mixed = index.iloc[places].reset_index(drop=True)
    folds = list(split.folds(index))
    for fold, other in zip(folds, split.folds(mixed), strict=True):
        roles = [fold.rows(role) for role in fold.ROLES]
        assert sorted(np.concatenate(roles)) == list(range(len(index)))
        assert all(len(rows) for rows in roles[:3])
        for role in fold.ROLES:
            assert sorted(places[row] for row in other.rows(role)) == sorted(fold.rows(role))
        for rows in roles:
            assert len({"s03t05", "s03t05-fast"} & set(index["trial"].iloc[rows])) in (0, 2)
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(len(index)))


def test_one_at_a_time_or_dealt_out():
    index = in_sessions()
    counts = {type(s).__name__ + str(s.k): len(list(s.folds(index))) for s in NAMED}
    assert counts == {
        **{"LeaveStimulusOut4": 4, "LeaveStimulusOutNone": 8},
        **{"SessionNone": 4, "Session3": 3, "SpeakerNone": 6, "Speaker4": 4},
    }


def test_a_session_that_all_have_is_tested_of_all():
    index = in_sessions()
    for fold in Session().folds(index):
        assert index["session"].iloc[fold.test].nunique() == 1
        assert index["subject"].iloc[fold.test].nunique() == 6
    claim = audit_folds(index, list(Session().folds(index))).claim
    assert "new sessions" in claim
    assert "new people" not in claim


def test_who_shares_a_session_is_tested_together():
    index = in_dialogues()
    for fold in Session().folds(index):
        assert index["subject"].iloc[fold.test].nunique() == 2
    assert {"new sessions", "new people"} <= set(audit_folds(index, list(Session().folds(index))).claim)


def test_sessions_of_ones_own_are_dealt_out_evenly_by_person():
    index = in_sessions()
    index["session"] = index["subject"] + "-" + index["session"]
    for fold in Session(k=4).folds(index):
        per_person = index.iloc[fold.test].groupby("subject")["session"].nunique()
        assert len(per_person) == 6
        assert set(per_person) == {1}


def test_a_speaker_is_a_subject():
    index = made_index()
    for ours, theirs in zip(Speaker().folds(index), LeaveOneSubjectOut().folds(index), strict=True):
        assert all(np.array_equal(ours.rows(role), theirs.rows(role)) for role in ours.ROLES)


@pytest.mark.parametrize(
    ("split", "message"),
    [
        (Session(), "320 of 320 windows have no session"),
        (LeaveStimulusOut(k=9), "split.k=9: the data have only 8 stimuli; type split.k=8 or less"),
        (Speaker(k=11), "split.k=11: the data have only 8 speakers"),
    ],
)
def test_what_the_data_can_not_give_is_told(split, message):
    with pytest.raises(SplitError, match=message):
        list(split.folds(made_index(8)))


PROMISES = {
    RandomWindows(): (),
    WithinTrialBlocks(k=3, gap=None): (),
    LeaveTrialsOut(): ("new trials",),
    LeaveStimulusOut(): ("new trials", "new stimuli"),
    SubjectKFold(k=4): ("new trials", "new people"),
    LeaveOneSubjectOut(): ("new trials", "new people"),
    LeaveOneSubjectOut(validation="none"): ("new trials", "new people"),
    SubjectAndStimulus(k=4): ("new trials", "new stimuli", "new people"),
    Speaker(): ("new trials", "new people"),
    Session(): ("new trials", "new sessions"),
    Calibrated(k=1): ("new trials",),
    Calibrated(k=1, labels=False): ("new trials", "new people"),
    Group(column="speaker"): ("new trials", "new people"),
    Group(column="sentence"): ("new trials", "new stimuli"),
    Group(column="session"): ("new trials", "new sessions"),
    Group(column="scenario"): ("new trials",),
}


@pytest.mark.filterwarnings("ignore:split.k=1.*lack a class")
@pytest.mark.parametrize("split", PROMISES, ids=lambda split: type(split).__name__)
def test_what_is_promised_is_kept(split):
    index = in_sessions(windows=3).assign(scenario=lambda i: "v" + i["stimulus"])
    assert split.claims == PROMISES[split]
    assert set(split.claims) <= set(CLAIMS)
    claim = audit_folds(index, list(split.folds(index))).claim
    assert set(split.claims) <= set(claim)
    assert "new people" not in set(claim) - set(split.claims)


def test_a_dataset_is_a_group():
    index = pd.concat([made_index(3, dataset=name) for name in "abc"], ignore_index=True)
    split = Group(column="dataset")
    assert split.claims == ("new trials", "new datasets")
    assert sorted("".join(set(index["dataset"].iloc[fold.test])) for fold in split.folds(index)) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "split", [RandomWindows(), LeaveTrialsOut(), LeaveTrialsOut(trials="per_subject"), SubjectKFold(), Session(k=4)]
)
def test_classes_of_the_first_target_are_dealt_out_alike(split):
    """A class that one unit in four has is not left out of a fold where it can be helped, and validation is alike."""
    index = in_sessions(16, 16, seed=3)
    index["emotion"] = np.where(index.groupby(index["trial"]).ngroup() % 4 == 0, "rare", "usual")
    for fold in split.folds(index):
        for rows in (fold.test, fold.validation):
            share = float((index["emotion"].iloc[rows] == "rare").mean())
            assert 0.15 < share < 0.35


def test_all_are_installed():
    offered = installed().components["splits"]
    for name in ("within_trial_blocks", "leave_stimulus_out", "speaker", "session", "calibrated"):
        assert name in offered
