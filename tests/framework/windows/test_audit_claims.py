"""What a protocol claims: what validates, what adapts, and claims that can't be checked."""

from dataclasses import replace

import numpy as np
import pytest

from insula import Fold, SplitError
from insula.windows.audit import audit_folds
from insula_splits.leave_one_subject_out import LeaveOneSubjectOut
from insula_splits.subject_and_stimulus import SubjectAndStimulus
from insula_splits.subject_kfold import SubjectKFold
from made_index import kinds, made_index, rows


def test_what_validates_is_known_to_train_where_new_people_are_claimed():
    index = made_index()
    people = [rows(index, subject=[f"s{n:02}" for n in side]) for side in (range(7), range(7, 10))]
    second = rows(index, trial=[f"s0{n}t00" for n in range(7)])
    folds = [Fold(np.setdiff1d(people[0], second), second, people[1])]
    assert audit_folds(index, folds).findings == [], "a table of folds may choose its validation"
    (found,) = audit_folds(index, folds, claims=["new people"]).findings
    assert (found.kind, found.cap) == ("easier_validation", "A")
    assert "7 of 7 people in validation are in train too: validation is easier than test" in found.reason


def test_rows_of_a_person_to_adapt_on_are_no_leak_unless_new_people_are_claimed():
    index = made_index()
    folds = []
    for fold in LeaveOneSubjectOut().folds(index):
        first = fold.test[:5]
        folds.append(replace(fold, test=fold.test[5:], adapt=first))
    audit = audit_folds(index, folds)
    assert (audit.findings, audit.claim, audit.unit) == ([], ("new trials",), "subject")
    assert set(kinds(audit_folds(index, folds, claims=["new people"]))) == {"shared_subject"}
    blind = [replace(fold, adapt_labels=False) for fold in folds]
    assert audit_folds(index, blind, claims=["new people"]).findings == []


def test_two_claims_in_one():
    index = made_index()
    folds = list(SubjectAndStimulus(k=4).folds(index))
    audit = audit_folds(index, folds, claims=["new people and stimuli"])
    assert (audit.findings, audit.promised) == ([], ("new people", "new stimuli"))


def test_a_claim_that_is_none():
    with pytest.raises(
        SplitError, match=r"no claim 'new speakers' \(did you mean 'new .*'\?\); a claim is one of new trials"
    ):
        audit_folds(made_index(), list(SubjectKFold().folds(made_index())), claims=["new speakers"])


def test_what_cannot_be_looked_for_is_said():
    index = made_index().drop(columns=["stimulus", "raw_t0", "raw_t1"]).rename(columns={"session": "Session_id"})
    index.loc[:3, "subject"] = None
    folds = [Fold(rows(index, subject=["s00"]), test=rows(index, subject=["s01"]))]
    audit = audit_folds(index, folds, label="emotion", claims=["new people"])
    said = {item.kind: item.reason for item in audit.not_checked if item.needs == "column"}
    assert said == {
        "shared_subject": "4 of 400 rows have no subject",
        "shared_stimulus": "no column stimulus",
        "shared_session": "no column session (is it 'Session_id'?)",
        "shared_conversation": "no row has a group",
        "stimulus_determines_label": "no column stimulus",
    }
    of_a_run = {item.kind for item in audit.not_checked if item.needs == "run"}
    assert {"fitted_on_test", "selection_on_test", "tested_copies", "identity_stream", "near_duplicates"} <= of_a_run
    unlabelled = audit_folds(index, folds, claims=["new datasets"]).not_checked
    assert {"stimulus_determines_label", "missing_class"} <= {item.kind for item in unlabelled}
