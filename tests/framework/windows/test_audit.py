"""The audit: planted leaks are found with the right reason, clean splits of the same data draw no finding."""

import numpy as np
import pandas as pd
import pytest

from insula import Fold
from insula.windows.audit import audit_folds
from insula.windows.run_facts import RunFacts
from insula_splits.group import Group
from insula_splits.leave_one_subject_out import LeaveOneSubjectOut
from insula_splits.leave_trials_out import LeaveTrialsOut
from insula_splits.random_windows import RandomWindows
from insula_splits.subject_kfold import SubjectKFold
from made_index import CLASSES, alternate, by_subject, copied, kinds, made_index, one_recording, rows

CLEAN = [
    LeaveTrialsOut(),
    LeaveTrialsOut(trials="per_subject"),
    SubjectKFold(),
    LeaveOneSubjectOut(),
    Group(column="stimulus"),
]


@pytest.mark.parametrize("split", [*CLEAN, SubjectKFold(validation="none")])
def test_a_clean_split_draws_no_finding(split):
    index = made_index(12, 8, 5)
    every = np.array(CLASSES)  # everybody shows every class, and so does every stimulus
    index["emotion"] = every[(index["subject"].str[1:].astype(int) + index["stimulus"].str[1:].astype(int)) % 4]
    audit = audit_folds(
        index,
        list(split.folds(index)),
        label="emotion",
        facts=RunFacts(fitted={"standardize": "train"}, infinite=["ica"]),
    )
    assert audit.findings == []
    assert audit.grade == "A"


def test_claims_and_units():
    index = made_index(session="1")
    index.loc[index["trial"].str[-1].astype(int) % 2 == 1, "session"] = "2"

    def claim(split):
        audit = audit_folds(index, list(split.folds(index)))
        return audit.claim, audit.unit

    assert claim(LeaveTrialsOut()) == (("new trials",), "trial")
    assert claim(SubjectKFold()) == (("new trials", "new people"), "subject")
    assert claim(Group(column="stimulus")) == (("new trials", "new stimuli"), "stimulus")
    assert claim(Group(column="session", validation="none")) == (
        ("new trials", "new stimuli", "new sessions"),
        "stimulus",
    )
    assert claim(RandomWindows()) == ((), "trial")
    index["stimulus"] = "v00"
    assert claim(Group(column="session", validation="none")) == (("new trials", "new sessions"), "session")


def test_new_people_and_stimuli():
    index = made_index()
    fold = Fold(
        rows(index, subject=["s00", "s01"], stimulus=["v00", "v01"]),
        rows(index, subject=["s02"], stimulus=["v02"]),
        rows(index, subject=["s03"], stimulus=["v03"]),
    )
    audit = audit_folds(index, [fold])
    assert audit.claim == ("new trials", "new stimuli", "new people", "new people and stimuli")
    assert audit.unit == "subject and stimulus"


def test_nothing_is_claimed_of_what_validation_has_seen_or_nobody_knows():
    index = made_index()
    seen = Fold(rows(index, subject=["s00"]), rows(index, trial=["s01t00"]), rows(index, trial=["s01t01"]))
    assert "new people" not in audit_folds(index, [seen]).claim
    clean = by_subject(index, [0], [1], [2])
    assert "new people" in audit_folds(index, [clean]).claim
    index.loc[0, "subject"] = None
    assert "new people" not in audit_folds(index, [clean]).claim
    assert "new stimuli" not in audit_folds(index.drop(columns="stimulus"), [clean]).claim


def test_random_windows_are_an_f():
    index = made_index()
    audit = audit_folds(index, list(RandomWindows().folds(index)), label="emotion")
    found = kinds(audit)["shared_trial"]
    assert (audit.grade, found.folds) == ("F", (0, 1, 2, 3, 4))
    assert "test trials have windows in train too, e.g. trial 's0" in found.reason
    assert "overlapping_samples" not in kinds(audit)


def test_random_windows_of_one_window_per_trial_are_clean():
    index = made_index(10, 8, 1)
    assert audit_folds(index, list(RandomWindows().folds(index))).grade == "A"


def test_shared_trial_counts_and_names_an_example():
    index = made_index(4, 2, 5)
    fold = by_subject(index, [0, 1], [2], [3])
    moved = rows(index, trial=["s03t01"])[:2]
    fold = Fold(np.concatenate([fold.train, moved]), fold.validation, np.setdiff1d(fold.test, moved))
    clean = by_subject(index, [0, 1], [2], [3])
    (found,) = audit_folds(index, [clean, fold]).findings
    assert (found.kind, found.folds, found.cap) == ("shared_trial", (1,), "F")
    assert found.reason == (
        "1 of 2 test trials have windows in train too, e.g. trial 's03t01': 2 windows in train, 3 in test "
        "(fold 1; in 1 of 2 folds)"
    )


def test_trials_numbered_afresh_for_every_person_or_session_are_not_shared():
    index = made_index(6).assign(trial=lambda i: i["trial"].str[-2:], recording=None)
    folds = list(SubjectKFold(k=6).folds(index))
    assert audit_folds(index, folds).findings == []
    assert audit_folds(index.assign(subject="one", session=index["subject"]), folds).findings == []
    assert audit_folds(index.assign(subject="one"), folds).grade == "F"


def test_adapt_rows_count_as_training():
    index = made_index(4)
    fold = by_subject(index, [0, 1], [2], [3])
    half = rows(index, trial=["s03t00"])[:2]
    audit = audit_folds(index, [Fold(fold.train, fold.validation, np.setdiff1d(fold.test, half), half)])
    assert set(kinds(audit)) == {"shared_trial"}
    assert audit.claim == (), "someone of whom labelled rows adapt isn't new"


def test_shared_rows():
    index = made_index(4)
    fold = by_subject(index, [0, 1, 3], [2], [3])
    assert (
        "40 of 40 test windows are train windows themselves, e.g. row 120"
        in kinds(audit_folds(index, [fold]))["shared_rows"].reason
    )


@pytest.mark.parametrize("chain", [False, True])
def test_augmented_copies_on_both_sides(chain):
    index = copied(made_index(4), "s03t05", "s03t05-fast")
    if chain:
        index = copied(index, "s03t05-fast", "s03t05-fast-loud")
    copy = rows(index, trial=["s03t05-fast-loud" if chain else "s03t05-fast"])
    clean = by_subject(index, [0, 1], [2], [3])
    assert audit_folds(index, [clean]).findings == []
    leaky = Fold(np.concatenate([clean.train, copy]), clean.validation, np.setdiff1d(clean.test, copy))
    found = kinds(audit_folds(index, [leaky]))
    assert set(found) == {"augmented_copies"}
    assert "'s03t05' in test and 's03t05-fast" in found["augmented_copies"].reason
    assert "new trials" not in audit_folds(index, [leaky]).claim


def test_two_copies_of_a_trial_that_is_not_there():
    index = made_index(4)
    index["parent"] = index["trial"].map({"s00t00": "gone", "s03t07": "gone"})
    index["subject"] = "one"
    fold = Fold(rows(index, trial=["s00t00"]), rows(index, trial=["s01t00"]), rows(index, trial=["s03t07"]))
    assert set(kinds(audit_folds(index, [fold]))) == {"augmented_copies"}


def test_windows_that_touch_do_not_overlap():
    index = one_recording(gap=0)
    index[["raw_t0", "raw_t1"]] += 0.1  # 0.1 + 0.2 != 0.3
    assert audit_folds(index, [alternate(index)]).findings == []


def test_overlapping_windows():
    index = one_recording(gap=-1)
    found = kinds(audit_folds(index, [alternate(index)]))["overlapping_samples"]
    assert found.reason.startswith(
        "2 of 10 test windows share raw samples with train, e.g. 26.00 to 28.00 s of recording 'r'"
    )


def test_overlap_through_filters_only_is_told_as_such():
    index = one_recording(gap=1)
    index[["raw_t0", "raw_t1"]] += [-1.65, 1.65]
    found = kinds(audit_folds(index, [alternate(index)]))["overlapping_samples"]
    assert found.cap == "F"
    assert "4 of 10 test windows" in found.reason
    assert "through what filters and context reach beyond a window" in found.reason
    assert audit_folds(index.assign(raw_t0=index["t0"], raw_t1=index["t1"]), [alternate(index)]).findings == []


def test_overlap_agrees_with_a_search_through_all_pairs():
    rng = np.random.default_rng(0)
    for _ in range(30):
        n = 60
        index = pd.DataFrame({"recording": rng.choice(["a", "b", "c"], n), "t0": rng.uniform(0, 60, n).round(1)})
        index["t1"] = index["t0"] + rng.choice([0.5, 3.0], n)
        train, test = np.split(rng.permutation(n), [20])
        r, a, b = (index[name].to_numpy() for name in ("recording", "t0", "t1"))
        hit = [any(r[j] == r[i] and a[i] < b[j] - 1e-6 and a[j] < b[i] - 1e-6 for i in train) for j in test]
        found = kinds(audit_folds(index, [Fold(train, test=test)])).get("overlapping_samples")
        assert (found.reason.split(" of ")[0] if found else "0") == str(sum(hit))


def test_times_are_within_the_trial_where_there_is_no_recording():
    index = made_index(4).drop(columns=["recording", "raw_t0", "raw_t1"])
    assert audit_folds(index, [by_subject(index, [0, 1], [2], [3])]).findings == []
