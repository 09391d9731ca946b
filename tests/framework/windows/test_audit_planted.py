"""Planted leaks: each is found with its kind, its folds and its reason; by a call, and through a table of folds."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from insula import Fold
from insula.cli.audit import page
from insula.windows.audit import audit_folds
from insula.windows.fold_file import read_folds, write_folds
from insula.windows.run_facts import NearDuplicate, RunFacts
from insula_splits.group import Group
from insula_splits.leave_one_subject_out import LeaveOneSubjectOut
from insula_splits.leave_trials_out import LeaveTrialsOut
from insula_splits.random_windows import RandomWindows
from insula_splits.subject_kfold import SubjectKFold
from made_index import CLASSES, copied, kinds, made_index, rows


def made() -> pd.DataFrame:
    """Ten people in two sessions, eight trials of five windows; labels that nothing tells."""
    index = made_index(10, 8, 5)
    turn = index["subject"].str[1:].astype(int) + index["stimulus"].str[1:].astype(int)
    index["session"] = "day " + (index["stimulus"].str[1:].astype(int) % 4).astype(str)
    return index.assign(emotion=np.array(CLASSES)[turn % 4], dataset="made")


@dataclass
class Planted:
    """Folds with a leak, and what is to be said of it."""

    kind: str
    folds: tuple[int, ...]
    reason: str
    grade: str
    make: Callable[[], tuple[pd.DataFrame, list[Fold]]]
    more: dict[str, Any] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    """Kinds that the same leak is, too."""


def moved(fold: Fold, what: np.ndarray, role: str = "train") -> Fold:
    """Take rows out of test and give them another role."""
    return replace(fold, test=np.setdiff1d(fold.test, what), **{role: np.concatenate([fold.rows(role), what])})


def people() -> tuple[pd.DataFrame, list[Fold]]:
    index = made()
    return index, list(SubjectKFold().folds(index))


def one_trial_moved(split=SubjectKFold, fold=1, role="train", windows=None, **options):
    """A trial under test (or some windows of it) trains (or validates) instead."""

    def make():
        index = made()
        folds = list(split(**options).folds(index))
        trial = rows(index, trial=[index["trial"][folds[fold].test[0]]])
        folds[fold] = moved(folds[fold], trial[:windows], role)
        return index, folds

    return make


def rows_twice():
    index, folds = people()
    folds[2] = replace(folds[2], train=np.concatenate([folds[2].train, folds[2].test[:3]]))
    return index, folds


def copy_trains(two: bool = False):
    def make():
        index, _ = people()
        index = copied(index, "s03t05", "s03t05-fast")
        if two:
            index.loc[index["trial"] == "s03t05", ["trial", "parent"]] = ["s03t05-slow", "s03t05"]
        folds = list(SubjectKFold().folds(index))
        number = next(k for k, fold in enumerate(folds) if np.isin(rows(index, subject=["s03"]), fold.test).all())
        folds[number] = moved(folds[number], rows(index, trial=["s03t05-fast"]))
        folds = [folds[number], *folds[:number], *folds[number + 1 :]]
        return index, folds

    return make


def in_one_recording(step: float, reach: float = 0.0):
    """Each person's trials follow one another in one recording; windows overlap by a half where step is 1."""

    def make():
        index = made()
        trial = index["trial"].str[-2:].astype(int)
        number = index.groupby("trial").cumcount()
        index["recording"] = index["subject"]
        index["t0"] = trial * (4 * step + (2 if step == 2 else 1)) + number * step
        index["t1"] = index["t0"] + 2
        index["raw_t0"], index["raw_t1"] = index["t0"] - reach, index["t1"] + reach
        return index, list(LeaveTrialsOut(trials="per_subject").folds(index))

    return make


def stimulus_tells():
    index = made()
    index["emotion"] = np.array(CLASSES)[index["stimulus"].str[1:].astype(int) % 4]
    return index, list(SubjectKFold().folds(index))


def class_missing(role: str):
    def make():
        index = made().assign(session=None)
        folds = list(LeaveOneSubjectOut().folds(index))
        who = index["subject"][folds[0].test[0]]
        index.loc[(index["subject"] == who) & (index["emotion"] == "joy"), "emotion"] = "calm"
        if role == "train":
            index.loc[(index["subject"] != who) & (index["emotion"] == "anger"), "emotion"] = "calm"
        return index, folds

    return make


def talk_cut_apart():
    index = made()
    index["group"] = "talk" + (index["subject"].str[1:].astype(int) // 2).astype(str)
    return index, [Fold(*(rows(index, subject=[f"s{n:02}" for n in side]) for side in ([0, 2, 4], [6], [3, 8])))]


def facts(**known: Any) -> dict[str, Any]:
    return {"facts": RunFacts(**known)}


def copies_made_in_a_run():
    index, _ = people()
    index = copied(index, "s03t05", "s03t05~noise").assign(**{"insula.copy": None})
    index.loc[index["trial"] == "s03t05~noise", "insula.copy"] = "noise"
    return index, list(SubjectKFold().folds(index))


EVERY = (0, 1, 2, 3, 4)
TWICE = [NearDuplicate("eeg", "s00t00", "s01t01", 0.98)]
LEAKS = {
    "a window trains and is tested": Planted(
        "shared_rows", (2,), "3 of 80 test windows are train windows", "F", rows_twice,
        beside=("shared_trial", "overlapping_samples"),
    ),
    "windows dealt out": Planted(
        "shared_trial", EVERY, "test trials have windows in train too", "F",
        lambda: (made(), list(RandomWindows().folds(made()))),
        beside=("validation_shares_test", "validation_shares_train"),
    ),
    "two windows of a trial train": Planted(
        "shared_trial", (1,), "2 windows in train, 3 in test", "F", one_trial_moved(windows=2)
    ),
    "a copy trains": Planted(
        "augmented_copies", (0,), "'s03t05' in test and 's03t05-fast' in train", "F", copy_trains()
    ),
    "a copy of the copied trial trains": Planted(
        "augmented_copies", (0,), "'s03t05-slow' in test and 's03t05-fast' in train", "F", copy_trains(two=True)
    ),
    "windows overlap": Planted(
        "overlapping_samples", EVERY, "test windows share raw samples with train, e.g.", "F", in_one_recording(1.0),
        beside=("validation_shares_test", "validation_shares_train"),
    ),
    "filters reach over": Planted(
        "overlapping_samples", EVERY, "through what filters and context reach beyond a window", "F",
        in_one_recording(2.0, reach=0.5), beside=("validation_shares_test", "validation_shares_train"),
    ),
    "a person trains": Planted(
        "shared_subject", (1,), "but 1 of 2 people under test is in train too: subject 's0", "F", one_trial_moved()
    ),
    "a person trains, one at a time": Planted(
        "shared_subject", (4,), "(of 9 of 10 that are tested nothing is in train)", "F",
        one_trial_moved(LeaveOneSubjectOut, 4),
    ),
    "people train who were promised": Planted(
        "shared_subject", EVERY, "the protocol claims new people, but 10 of 10 people under test are in train too", "F",
        lambda: (made(), list(LeaveTrialsOut(trials="per_subject").folds(made()))), {"claims": ["new people"]},
        beside=("held_out_validates", "easier_validation"),
    ),
    "a stimulus trains": Planted(
        "shared_stimulus", (2,), "the folds hold stimuli out (of 7 of 8 that are tested nothing is in train), but 1 of "
        "1 stimulus under test is in train too: stimulus 'v0", "F", one_trial_moved(Group, 2, column="stimulus"),
    ),
    "stimuli train that were promised": Planted(
        "shared_stimulus", EVERY, "the protocol claims new stimuli, but 8 of 8 stimuli", "F",
        lambda: people(), {"claims": ["new stimuli"]}, beside=("held_out_validates", "easier_validation"),
    ),
    "a session trains": Planted(
        "shared_session", (3,), "the folds hold sessions out (of 3 of 4 that are tested nothing is in train)", "F",
        one_trial_moved(Group, 3, column="session"), beside=("shared_stimulus",),
    ),
    "a dataset trains that was promised": Planted(
        "shared_dataset", EVERY, "the protocol claims new datasets, but 1 of 1 dataset under test is in train", "F",
        people, {"claims": ["new datasets"]}, beside=("held_out_validates",),
    ),
    "a person under test validates": Planted(
        "held_out_validates", (0,), "is in validation too: subject 's0", "E", one_trial_moved(fold=0, role="validation")
    ),
    "a trial under test validates": Planted(
        "validation_shares_test", (1,), "choosing an epoch by validation is choosing it by test", "E",
        one_trial_moved(role="validation", windows=2),
    ),
    "the stimulus tells": Planted(
        "stimulus_determines_label", EVERY, "and 8 of 8 test stimuli are in train too", "D", stimulus_tells
    ),
    "a conversation is cut apart": Planted("shared_conversation", (0,), "1 of 2 conversations", "B", talk_cut_apart),
    "a class isn't tested": Planted("missing_class", (0,), "test has no joy", "A", class_missing("test")),
    "a class isn't trained": Planted(
        "missing_class", tuple(range(10)), "train has no anger", "A", class_missing("train")
    ),
    "a scaler fitted on everything": Planted(
        "fitted_on_test", EVERY, "fitted on all data before the split", "B", people, facts(fitted={"z": "everything"})
    ),
    "a scaler fitted on each person": Planted(
        "transductive_statistics", EVERY, "own unlabelled data", "B", people, facts(fitted={"z": "subject"})
    ),
    "test chooses": Planted(
        "selection_on_test", EVERY, "best on the test rows", "E", people, facts(selects_on_test=True)
    ),
    "a channel says who": Planted(
        "identity_stream", EVERY, "physio (age): constant for each person", "C",
        lambda: (made(), list(LeaveTrialsOut().folds(made()))), facts(identity=["physio (age)"]),
    ),
    "one recording, two names": Planted(
        "near_duplicates", (0, 1), "under two names", "F",
        lambda: (made(), [
            Fold(*(rows(made(), subject=[f"s{n:02}" for n in side]) for side in sides))
            for sides in (([0, 3, 4], [5], [1, 2]), ([1, 5, 6], [2], [0, 3]), ([0, 1, 6], [5], [2, 3]))
        ]),
        facts(duplicates=TWICE),
    ),
    "an endless filter": Planted(
        "unbounded_reach", EVERY, "every sample depends on its whole recording", "B",
        in_one_recording(2.0), facts(infinite=["ica"]),
    ),
    "a median of all labels": Planted(
        "threshold_from_test", EVERY, "cut at each person's median", "B", people, facts(own_medians=["valence"])
    ),
    "what a step says": Planted(
        "disclosed_step", EVERY, "pad: zeros are read", "B", people, facts(disclosed={"pad": "zeros are read"})
    ),
    "copies are tested": Planted("tested_copies", None, "are augmented copies", "B", copies_made_in_a_run, facts()),
}  # fmt: skip


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_a_planted_leak_is_found(leak):
    index, folds = leak.make()
    audit = audit_folds(index, folds, label="emotion", **leak.more)
    found = kinds(audit)
    assert set(found) == {leak.kind, *leak.beside}
    assert audit.grade == leak.grade
    assert leak.reason in found[leak.kind].reason
    if leak.folds is not None:
        assert found[leak.kind].folds == leak.folds


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_a_planted_leak_is_found_in_a_table_of_folds(leak, tmp_path):
    index, folds = leak.make()
    write_folds(tmp_path / "folds.csv", index, folds, "emotion")
    table = read_folds(tmp_path / "folds.csv")
    again = audit_folds(table.index, table.folds, label=table.label, names=table.names, **leak.more)
    audit = audit_folds(index, folds, label="emotion", **leak.more)
    assert again.to_json()["findings"] == audit.to_json()["findings"]
    assert (again.grade, again.claim, again.unit) == (audit.grade, audit.claim, audit.unit)
    assert leak.kind in page(again, tmp_path)


def test_the_folds_without_the_leaks_are_clean():
    index = made()
    for split in (SubjectKFold(), LeaveOneSubjectOut(), LeaveTrialsOut(), Group(column="stimulus")):
        audit = audit_folds(index, list(split.folds(index)), label="emotion", facts=RunFacts(fitted={"z": "train"}))
        assert (audit.grade, audit.findings) == ("A", [])
    sessions = Group(column="session")
    assert audit_folds(index, list(sessions.folds(index)), claims=sessions.claims).findings == []
    index, folds = in_one_recording(2.0)()
    assert audit_folds(index, folds, label="emotion").findings == []
