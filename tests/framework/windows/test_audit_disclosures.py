"""What the audit discloses besides overlap: validation, stimuli, statistics, identity, selection, missing classes."""

import json
import time

import numpy as np
import pandas as pd
import pytest

from insula import Fold, SplitError, TargetSpec
from insula.windows.audit import audit_folds
from insula.windows.classes import check_classes
from insula.windows.disclosures import by_step
from insula.windows.run_facts import RunFacts
from insula_splits.group import Group
from insula_splits.leave_trials_out import LeaveTrialsOut
from insula_splits.random_windows import RandomWindows
from insula_splits.subject_kfold import SubjectKFold
from made_index import CLASSES, alternate, by_subject, kinds, made_index, one_recording, rows


def test_validation_that_shares_with_test_or_with_train():
    index = made_index(4)
    clean = by_subject(index, [0, 1], [2], [3])
    half = rows(index, trial=["s03t00"])[:3]
    with_test = Fold(clean.train, np.concatenate([clean.validation, half]), np.setdiff1d(clean.test, half))
    audit = audit_folds(index, [with_test])
    assert (audit.grade, set(kinds(audit))) == ("E", {"validation_shares_test"})
    assert "choosing an epoch by validation is choosing it by test" in audit.findings[0].reason
    half = rows(index, trial=["s00t00"])[:3]
    with_train = Fold(np.setdiff1d(clean.train, half), np.concatenate([clean.validation, half]), clean.test)
    audit = audit_folds(index, [with_train])
    assert (audit.grade, set(kinds(audit))) == ("B", {"validation_shares_train"})
    same = Fold(clean.train, clean.test, clean.test)
    assert "40 of 40 test windows are validation windows themselves" in audit_folds(index, [same]).findings[0].reason


def test_stimulus_that_determines_the_label():
    index = made_index(10, 8, 5)
    index["emotion"] = index["stimulus"].map(dict(zip(sorted(index["stimulus"].unique()), CLASSES * 2, strict=True)))
    audit = audit_folds(index, list(SubjectKFold().folds(index)), label="emotion")
    assert (audit.grade, audit.claim, set(kinds(audit))) == (
        "D",
        ("new trials", "new people"),
        {"stimulus_determines_label"},
    )
    assert "the label of 100% of the trials can be told" in audit.findings[0].reason
    assert "(majority class: 25%), and 8 of 8 test stimuli are in train too" in audit.findings[0].reason
    new = audit_folds(index, list(Group(column="stimulus").folds(index)), label="emotion")
    assert "stimulus_determines_label" not in kinds(new)


def test_stimulus_that_all_but_determines_it_and_one_that_does_not():
    index = made_index(20, 8, 1)
    truth = index["stimulus"].map(dict(zip(sorted(index["stimulus"].unique()), CLASSES * 2, strict=True)))
    rng = np.random.default_rng(0)
    for share, found in ((0.85, True), (0.4, False), (0.0, False)):
        index["emotion"] = np.where(rng.random(len(index)) < share, truth, rng.choice(CLASSES, len(index)))
        audit = audit_folds(index, list(SubjectKFold().folds(index)), label="emotion")
        assert ("stimulus_determines_label" in kinds(audit)) == found


def test_a_stimulus_with_one_trial_says_nothing():
    index = made_index(10, 8, 5)
    index["stimulus"] = index["trial"]
    assert audit_folds(index, list(RandomWindows().folds(index)), label="emotion").grade == "F"
    assert "stimulus_determines_label" not in kinds(
        audit_folds(index, list(RandomWindows().folds(index)), label="emotion")
    )


def test_stimulus_that_determines_a_number():
    index = made_index(10, 8, 5)
    number, rng = index["stimulus"].str[1:].astype(float), np.random.default_rng(0)
    noise = index["trial"].map({name: rng.normal() for name in index["trial"].unique()})
    folds = list(SubjectKFold().folds(index))
    assert "explain" in audit_folds(index.assign(emotion=number + noise), folds, label="emotion").findings[0].reason
    assert audit_folds(index.assign(emotion=noise), folds, label="emotion").findings == []


def test_statistics_of_people_or_recordings_under_test():
    index = made_index()
    fitted = {
        "streams.eeg.features.standardize": "subject",
        "streams.eda.features.standardize": "recording",
        "x": "train",
    }
    audit = audit_folds(index, list(SubjectKFold().folds(index)), facts=RunFacts(fitted=fitted))
    assert audit.grade == "B"
    assert [finding.kind for finding in audit.findings] == ["transductive_statistics"] * 2
    assert audit.findings[0].reason.startswith(
        "streams.eeg.features.standardize: fitted on each subject's own unlabelled data, that of the 2 subjects under "
    )
    assert "16 recordings under test" in audit.findings[1].reason


def test_infinite_reach_matters_within_a_recording_only():
    index = one_recording(gap=1)
    audit = audit_folds(index, [alternate(index)], facts=RunFacts(infinite=["streams.eeg.signal.ica"]))
    assert (audit.grade, set(kinds(audit))) == ("B", {"unbounded_reach"})
    index = made_index()
    facts = RunFacts(infinite=["streams.eeg.signal.ica"])
    assert audit_folds(index, list(LeaveTrialsOut().folds(index)), facts=facts).grade == "A"


def test_identity_streams_matter_where_people_are_known():
    index = made_index()
    known = audit_folds(index, list(LeaveTrialsOut().folds(index)), facts=RunFacts(identity=["personality"]))
    assert (known.grade, set(kinds(known))) == ("C", {"identity_stream"})
    assert "8 of 8 people under test are in train too" in known.findings[0].reason
    assert audit_folds(index, list(SubjectKFold().folds(index)), facts=RunFacts(identity=["personality"])).grade == "A"


def test_selection_on_test():
    index = made_index()
    audit = audit_folds(index, list(SubjectKFold().folds(index)), facts=RunFacts(selects_on_test=True))
    assert (audit.grade, set(kinds(audit))) == ("E", {"selection_on_test"})


def test_a_missing_class_is_told_and_caps_nothing():
    index = made_index(4, 8, 1)
    index["emotion"] = np.where(index["subject"] == "s03", "joy", "calm")
    audit = audit_folds(
        index, [by_subject(index, [0, 3], [1], [2]), by_subject(index, [0, 1], [2], [3])], label="emotion"
    )
    assert audit.grade == "A"
    (found,) = audit.findings
    assert found.folds == (0, 1)
    assert "test has no joy (fold 0; in 2 of 2 folds)" in found.reason
    train = audit_folds(index, [by_subject(index, [0, 1], [2], [3])], label="emotion").findings[0]
    assert "train has no joy and test has no calm" in train.reason


def test_a_class_that_nobody_can_learn_is_refused():
    index = made_index(4, 8, 1)
    index["emotion"] = np.where(index["subject"] == "s03", "joy", "calm")
    folds = [by_subject(index, [0, 1], [2], [3])]
    check_classes(
        index, [*folds, by_subject(index, [0, 3], [1], [2])], TargetSpec("emotion", "classes", ("calm", "joy"))
    )
    with pytest.raises(
        SplitError, match="class joy of target 'emotion'; joy occurs only in rows that are never trained on"
    ):
        check_classes(index, folds, TargetSpec("emotion", "classes", ("calm", "joy")))
    with pytest.raises(SplitError, match="class fear of target 'emotion'; the data have no such row"):
        check_classes(
            index, [by_subject(index, [0, 3], [1], [2])], TargetSpec("emotion", "classes", ("calm", "fear", "joy"))
        )
    check_classes(index, folds, TargetSpec("emotion", "number"))


def test_no_fold():
    with pytest.raises(SplitError, match="gives no fold"):
        audit_folds(made_index(), [])


def test_a_table_of_folds_with_three_columns_is_enough():
    index = pd.DataFrame({"row": range(6)})
    audit = audit_folds(index, [Fold(np.array([0, 1, 2]), test=np.array([2, 3]))], label="label")
    assert (audit.grade, audit.claim, set(kinds(audit))) == ("F", (), {"shared_rows"})


def test_the_json_is_what_the_command_prints():
    index = made_index()
    index.loc[3, "emotion"] = None
    data = json.loads(json.dumps(audit_folds(index, list(RandomWindows().folds(index)), label="emotion").to_json()))
    assert set(data) == {"grade", "claim", "findings", "not_checked"}
    assert {"kind", "folds", "reason"} <= set(data["findings"][0])


def test_who_was_where():
    index = made_index()
    sizes = audit_folds(index, list(SubjectKFold().folds(index))).facts["folds"]
    assert len(sizes) == 5
    assert sizes[0]["train"] == {"windows": 240, "trials": 48, "subjects": 6}
    assert sizes[0]["adapt"] == {"windows": 0, "trials": 0, "subjects": 0}


def test_thirty_thousand_windows_in_thirty_folds_take_seconds():
    index = made_index(30, 20, 50)
    index[["raw_t0", "raw_t1"]] += [-1, 1]
    folds = list(RandomWindows(k=30).folds(index))
    begin = time.process_time()
    assert audit_folds(index, folds, label="emotion", facts=RunFacts(infinite=["ica"], identity=["x"])).grade == "F"
    assert time.process_time() - begin < 10


def test_emodb_sentences_do_not_determine_the_emotion(real_data):
    names = pd.Series(sorted(path.stem for path in (real_data / "emodb" / "wav").glob("*.wav")))
    index = pd.DataFrame(
        {"subject": names.str[:2], "trial": names, "stimulus": names.str[2:5], "emotion": names.str[5]}
    )
    audit = audit_folds(index, list(SubjectKFold().folds(index)), label="emotion")
    assert (audit.grade, audit.claim, audit.findings) == ("A", ("new trials", "new people"), [])


def test_a_step_that_several_streams_have_is_named_once():
    assert by_step(["ica"]) == "ica"
    assert by_step(["streams.a.signal.ica"]) == "streams.a.signal.ica"
    paths = ["streams.a.signal.ica", "streams.a.signal.z", "streams.b.signal.ica"]
    assert by_step(paths) == "streams.{a, b}.signal.ica, streams.a.signal.z"


def test_what_is_fitted_on_everything_and_what_a_step_says_of_itself():
    index = made_index(5)
    folds = list(SubjectKFold().folds(index))
    steps = {"streams.x.features.standardize": "everything", "streams.y.features.standardize": "everything"}
    audit = audit_folds(
        index, folds, facts=RunFacts(fitted=steps, disclosed={"streams.x.features.pad": "zeros are read"})
    )
    found = kinds(audit)
    assert (audit.grade, set(found)) == ("B", {"fitted_on_test", "disclosed_step"})
    assert found["fitted_on_test"].reason.startswith("streams.{x, y}.features.standardize: fitted on all data before")
    assert found["disclosed_step"].reason.startswith("streams.x.features.pad: zeros are read")


def test_conversations_that_are_cut_apart():
    index = made_index(4)
    people = index["subject"].str[1:].astype(int)
    index["group"] = "talk" + (people // 2).astype(str)  # s00 talks with s01, s02 with s03
    partner_trains = by_subject(index, [0, 2], [1], [3])
    partner_validates = by_subject(index, [0, 1], [2], [3])
    apart = by_subject(index, [0], [1], [2, 3])
    audit = audit_folds(index, [partner_trains])
    assert (audit.grade, set(kinds(audit))) == ("B", {"shared_conversation"})
    assert "1 of 1 conversations under test have other utterances in train" in audit.findings[0].reason
    audit = audit_folds(index, [partner_validates])
    assert (audit.grade, set(kinds(audit))) == ("A", {"partner_validates"})
    assert audit_folds(index, [apart]).findings == []
