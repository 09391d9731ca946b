"""calibrated: one person is out, of whom the first trials adapt."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insula import Fold, InsulaWarning, SplitError
from insula.windows.audit import audit_folds
from insula_splits.calibrated import Calibrated, natural
from insula_splits.leave_one_subject_out import LeaveOneSubjectOut
from made_index import copied, kinds, made_index

pytestmark = pytest.mark.filterwarnings("ignore:split.k=.*lack a class")


def trials(index: pd.DataFrame, rows) -> list[str]:
    return list(dict.fromkeys(index["trial"].iloc[rows]))


def adapted(index: pd.DataFrame, subject: str = "s00", **options) -> list[str]:
    """Return the trials that adapt to a person."""
    (rows,) = [
        fold.adapt for fold in Calibrated(**options).folds(index) if set(index["subject"].iloc[fold.test]) == {subject}
    ]
    return trials(index, rows)


def number(index: pd.DataFrame) -> np.ndarray:
    """Return the trial's number among its person's."""
    return index["trial"].str[-2:].astype(int).to_numpy()


@settings(max_examples=20)
@given(
    k=st.integers(1, 6),
    per=st.sampled_from(["session", "subject"]),
    validation=st.sampled_from(["same", "none"]),
    labels=st.booleans(),
)
def test_it_is_leave_one_subject_out_whose_test_rows_are_parted(k, per, validation, labels):
    index = copied(made_index(5, 8, 3), "s03t02", "s03t02-fast")
    index["session"] = np.where(index["trial"].str[3:6] < "t04", "a", "b")
    split = Calibrated(k=k, per=per, labels=labels, validation=validation)
    if per == "session" and k >= 4:
        with pytest.raises(SplitError, match=f"split.k={k}: nobody has more trials than that in a session"):
            list(split.folds(index))
        return
    theirs = LeaveOneSubjectOut(validation=validation).folds(index)
    for fold, other in zip(split.folds(index), theirs, strict=True):
        assert np.array_equal(fold.train, other.train)
        assert np.array_equal(fold.validation, other.validation)
        assert np.array_equal(np.sort([*fold.adapt, *fold.test]), other.test)
        assert fold.adapt_labels is labels
        early, late = set(trials(index, fold.adapt)), set(trials(index, fold.test))
        assert not early & late
        assert len(early - {"s03t02-fast"}) == k * (2 if per == "session" else 1)
        for side in (early, late):
            assert len({"s03t02", "s03t02-fast"} & side) in (0, 2)


def test_the_first_trials_of_every_session_adapt():
    index = made_index(3, 12, 2)
    index["session"] = np.where(number(index) < 6, "10", "9")
    assert adapted(index, k=2) == ["s00t00", "s00t01", "s00t06", "s00t07"]
    assert adapted(index, k=2, per="subject") == ["s00t06", "s00t07"], "session 9 comes before 10"


def test_time_in_a_recording_comes_before_names_and_position_before_both():
    index = made_index(3, 4, 2).assign(recording=lambda i: i["subject"])
    index["t0"] += 10.0 * (3 - number(index))
    assert sorted(adapted(index, k=2)) == ["s00t02", "s00t03"]
    placed = index.assign(position=np.array([1, 3, 0, 2])[number(index)])
    assert sorted(adapted(placed, k=2)) == ["s00t00", "s00t02"]
    partly = placed.assign(position=placed["position"].where(number(index) != 3, None))
    assert sorted(adapted(partly, k=2)) == ["s00t02", "s00t03"], "places that only some have say nothing"


def test_dialogues_come_one_after_the_other():
    index = made_index(3, 6, 1)
    index = index.assign(group=np.where(number(index) < 3, "d2", "d10"), position=number(index) % 3)
    assert adapted(index, k=4) == ["s00t00", "s00t01", "s00t02", "s00t03"]


def test_numbers_in_names_count_as_numbers():
    names = ["T10", "T2", None, "T2b", "10", "9"]
    assert sorted(names, key=natural) == [None, "9", "10", "T2", "T2b", "T10"]
    index = made_index(3, 12, 1)
    index["recording"] = index["trial"] = index["subject"] + "T" + pd.Series(number(index)).astype(str)
    assert adapted(index, k=3) == ["s00T0", "s00T1", "s00T2"]


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_the_rows_does_not_matter(seed):
    index = made_index(4, 7, 2)
    places = np.random.default_rng(seed).permutation(len(index))
    for fold, other in zip(
        Calibrated().folds(index), Calibrated().folds(index.iloc[places].reset_index(drop=True)), strict=True
    ):
        for role in Fold.ROLES:
            assert sorted(places[row] for row in other.rows(role)) == sorted(fold.rows(role))


def test_who_has_too_few_trials_is_not_tested_and_trains():
    index = made_index(5, 8, 2)
    few = ((index["subject"] == "s01") & (number(index) >= 5)).to_numpy()
    index = index.iloc[np.flatnonzero(~few)].reset_index(drop=True)
    with pytest.warns(
        InsulaWarning, match="1 people have no more trials than that and aren't tested: subject s01 first"
    ):
        folds = list(Calibrated(k=5).folds(index))
    assert sorted(trials(index, fold.test)[0][:3] for fold in folds) == ["s00", "s02", "s03", "s04"]
    assert all("s01" in set(index["subject"].iloc[[*fold.train, *fold.validation]]) for fold in folds)


def test_a_session_with_too_few_trials_is_not_tested():
    index = made_index(3, 8, 2)
    index["session"] = np.where(number(index) < 6, "a", "b")
    with pytest.warns(
        InsulaWarning, match="3 sessions have no more trials than that and aren't tested: subject s00, ses"
    ):
        folds = list(Calibrated(k=3).folds(index))
    for fold in folds:
        assert set(index["session"].iloc[[*fold.adapt, *fold.test]]) == {"a"}
    with pytest.raises(SplitError, match=r"split\.k=8: nobody has more trials than that; type a smaller split.k"):
        list(Calibrated(k=8, per="subject").folds(index))


@pytest.mark.filterwarnings("default")
def test_a_class_that_nobody_could_learn_is_said():
    index = made_index(3, 8, 2)
    index["emotion"] = np.where(number(index) < 4, "calm", "anger")
    with pytest.warns(InsulaWarning, match=r"for 3 of 3 people the trials that adapt lack a class.*e\.g\. s\d+: anger"):
        list(Calibrated(k=4).folds(index))
    quiet = (
        (Calibrated(k=5), index),
        (Calibrated(k=4, labels=False), index),
        (Calibrated(k=4), index.assign(emotion=0.5)),
    )
    for split, table in quiet:
        list(split.folds(table))


def test_the_audit_counts_who_adapts_as_known():
    index = made_index(5, 8, 2)
    known, withheld = (audit_folds(index, list(Calibrated(labels=labels).folds(index))) for labels in (True, False))
    assert "new people" not in known.claim
    assert "new trials" in known.claim
    assert "new people" in withheld.claim
    assert known.grade == withheld.grade == "A"
    assert "identity_stream" not in kinds(withheld)
