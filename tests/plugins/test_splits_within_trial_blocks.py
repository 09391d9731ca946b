"""within_trial_blocks: stretches of trials, and what lies between them."""

import warnings
from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from insula import InsulaWarning, SplitError
from insula.windows.audit import audit_folds
from insula_splits.within_trial_blocks import WithinTrialBlocks
from made_index import copied, kinds, made_index


def windows_of(index, rows):
    return list(zip(index["recording"].iloc[rows], index["raw_t0"].iloc[rows], index["raw_t1"].iloc[rows], strict=True))


def distance(one, other):
    """Return the seconds between two windows of one recording, below 0 where they overlap."""
    return max(other[1] - one[2], one[1] - other[2]) if one[0] == other[0] else np.inf


def overlapping(trials: int = 2, windows: int = 24, reach: float = 0.0):
    """Windows of 2 s, one second apart, that a filter widens."""
    index = made_index(2, trials, windows)
    index["t0"] /= 2
    return index.assign(t1=index["t0"] + 2, raw_t0=index["t0"] - reach, raw_t1=index["t0"] + 2 + reach)


@settings(max_examples=20)
@given(k=st.integers(3, 6), gap=st.sampled_from([0.0, 0.5, 2.0]), reach=st.sampled_from([0.0, 0.4]))
def test_no_two_roles_come_closer_than_the_gap(k, gap, reach):
    index = overlapping(reach=reach)
    try:
        folds = list(WithinTrialBlocks(k=k, gap=gap).folds(index))
    except SplitError:
        assume(False)
        return
    for fold in folds:
        sides = [windows_of(index, rows) for rows in (fold.train, fold.validation, fold.test)]
        for one, other in ((0, 1), (0, 2), (1, 2)):
            assert min(distance(a, b) for a in sides[one] for b in sides[other]) > gap - 1e-6
    tested = Counter(np.concatenate([fold.test for fold in folds]).tolist())
    assert tested == Counter(range(len(index))), "nothing is taken from what is tested"


def test_no_more_is_left_out_than_the_gap_asks_for():
    index = overlapping(trials=1)
    fold = list(WithinTrialBlocks(k=4, gap=0.5).folds(index))[1]
    used = np.concatenate([fold.train, fold.validation, fold.test])
    sides = [windows_of(index, rows) for rows in (fold.validation, fold.test)]
    for row in set(range(len(index))) - set(used.tolist()):
        (window,) = windows_of(index, [row])
        assert min(distance(window, other) for side in sides for other in side) < 0.5


def test_blocks_follow_one_another_and_are_alike():
    index = made_index(2, 3, 13)
    for number, fold in enumerate(WithinTrialBlocks(k=4, gap=None).folds(index)):
        assert sorted([*fold.train, *fold.validation, *fold.test]) == list(range(len(index)))
        for _, times in index.iloc[fold.test].groupby("trial")["t0"]:
            assert len(times) in (3, 4)
            assert np.array_equal(np.diff(times), np.full(len(times) - 1, 2.0))
        after = list(WithinTrialBlocks(k=4, gap=None).folds(index))[(number + 1) % 4]
        assert np.array_equal(fold.validation, after.test)


def test_the_audit_says_what_it_is_worth():
    index = overlapping()
    found = {
        gap: set(kinds(audit_folds(index, list(WithinTrialBlocks(k=4, gap=gap).folds(index))))) for gap in (None, 0.0)
    }
    assert {"shared_trial", "overlapping_samples"} <= found[None]
    assert "shared_trial" in found[0.0]
    assert not {"overlapping_samples", "shared_rows"} & found[0.0]
    assert audit_folds(index, list(WithinTrialBlocks(k=4).folds(index))).claim == () == WithinTrialBlocks.claims


def test_neighbouring_trials_of_one_recording_are_kept_apart_too():
    index = made_index(1, 4, 12).assign(recording="r")
    index["t0"] += index["trial"].str[-1].astype(int) * 24
    index = index.assign(t1=index["t0"] + 2, raw_t0=index["t0"] - 1, raw_t1=index["t0"] + 3)
    for fold in WithinTrialBlocks(k=4).folds(index):
        sides = [windows_of(index, rows) for rows in (fold.train, fold.test)]
        assert min(distance(a, b) for a in sides[0] for b in sides[1]) > -1e-6


def test_whole_recordings_can_be_cut():
    index = made_index(1, 4, 5).assign(recording="r")
    index["t0"] += index["trial"].str[-1].astype(int) * 10
    index = index.assign(t1=index["t0"] + 2, raw_t0=index["t0"], raw_t1=index["t0"] + 2)
    folds = list(WithinTrialBlocks(k=4, of="recording").folds(index))
    assert [set(index["trial"].iloc[fold.test]) for fold in folds] == [{f"s00t0{trial}"} for trial in range(4)]


def test_the_order_of_the_rows_does_not_matter_and_copies_in_the_recording_stay_with_their_trial():
    index = made_index(2, 2, 10)
    copy = index[index["trial"] == "s01t01"].assign(trial="s01t01~noise", parent="s01t01").iloc[1:]
    index = copied(index, "s00t00", "elsewhere")
    index = type(index)(np.concatenate([index.to_numpy(), copy.to_numpy()]), columns=index.columns).infer_objects()
    mixed = index.sample(frac=1, random_state=1).reset_index(drop=True)

    def told(frame):
        names = list(zip(frame["trial"], frame["t0"], strict=True))
        return [[{names[row] for row in fold.rows(role)} for role in fold.ROLES] for fold in split.folds(frame)]

    split = WithinTrialBlocks(k=5)
    assert told(index) == told(mixed)
    for roles in told(index):
        for role in roles:
            for time in copy["t0"]:
                assert (("s01t01", time) in role) == (("s01t01~noise", time) in role)


def test_short_trials_are_left_out_and_said():
    index = made_index(2, 3, 8)
    late = ((index["trial"] == "s01t02") & (index["t0"] >= 6)).to_numpy()
    index = index.iloc[np.flatnonzero(~late)].reset_index(drop=True)
    with pytest.warns(InsulaWarning, match=r"1 of 6 trials have fewer than 4 windows, 's01t02' first.*left out"):
        folds = list(WithinTrialBlocks(k=4).folds(index))
    used = {row for fold in folds for role in fold.ROLES for row in fold.rows(role)}
    assert "s01t02" not in set(index["trial"].iloc[sorted(used)])
    with pytest.raises(
        SplitError, match=r"6 of 6 trials have fewer than 9 windows.*type a smaller split.k, or a shorter"
    ):
        list(WithinTrialBlocks(k=9).folds(index))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"k": 2}, "split.k=2 leaves nothing to train on"),
        ({"k": 5, "gap": 3.0}, "split.gap=3: fold 0 has no validation window left.*smaller split.gap or split.k"),
        ({"k": 3, "gap": 9.0, "validation": "none"}, "split.gap=9: fold 0 has no train window left"),
    ],
)
def test_what_leaves_a_set_empty_is_told(options, message):
    with pytest.raises(SplitError, match=message):
        list(WithinTrialBlocks(**options).folds(made_index(2, 2, 8)))


def test_without_validation_two_blocks_are_enough():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        folds = list(WithinTrialBlocks(k=2, validation="none").folds(made_index(2, 2, 4)))
    assert [len(fold.validation) for fold in folds] == [0, 0]
