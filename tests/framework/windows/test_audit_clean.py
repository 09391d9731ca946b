"""Clean splits draw no finding, on indexes of many kinds: a false alarm is worse than silence."""

import inspect
import warnings

import numpy as np
import pandas as pd
import pytest

from insula import Fold, SplitError
from insula.plugin.manager import installed
from insula.windows.audit import audit_folds
from insula_splits.subject_kfold import SubjectKFold
from made_index import made_index, rows

SHARING = {"shared_trial", "overlapping_samples", "validation_shares_test", "validation_shares_train"}


def drawn(seed: int) -> pd.DataFrame:
    """People, trials and windows in changing numbers; stimuli, sessions and recordings that nest in changing ways."""
    rng = np.random.default_rng(seed)
    people, few, windows, kinds = (int(rng.integers(*span)) for span in ((3, 20), (1, 5), (1, 3), (2, 25)))
    lines = []
    for person in range(people):
        for trial in range(int(rng.integers(few, few + 1 + seed % 9))):
            name, own, film = f"s{person}t{trial}", f"s{person}v{trial // 2}", f"v{rng.integers(kinds)}"
            mostly, pairs = own if rng.random() < 0.8 else film, f"p{person // 2}v{trial % kinds}"
            stimulus = (f"v{trial % kinds}", own, mostly, pairs, film, name, None)[seed % 7]
            day = f"{person // 3}" if rng.random() < 0.9 else f"{rng.integers(8)}"
            visit = f"{trial % 3}"
            session = (None, visit, f"s{person}-{visit}", f"d{person // 2}", f"{rng.integers(9)}", day)[seed % 6]
            recording = (name, f"s{person}-{session}", f"s{person}")[seed % 3]
            row = {"dataset": "ab"[person % 2] if seed % 4 == 0 else "a", "subject": f"s{person}", "session": session}
            row |= {"recording": recording, "trial": name, "stimulus": stimulus, "parent": None, "position": trial}
            row["group"] = f"g{person // 2}" if seed % 5 == 0 else None
            for t0 in 20.0 * trial + 2.0 * np.arange(windows):
                lines.append(row | {"t0": t0, "t1": t0 + 2, "raw_t0": t0, "raw_t1": t0 + 2})
    return pd.DataFrame(lines)


def splits(seed: int):
    """All installed splits, with options in turn."""
    for name in installed().names("splits"):
        if name == "predefined":
            continue
        options = inspect.signature(installed().get("splits", name).cls.__init__).parameters
        given = {"seed": seed} if "seed" in options else {}
        if "validation" in options and seed % 3 == 0:
            given["validation"] = "none"
        if "k" in options:
            given["k"] = 1 + seed % 2 if name == "calibrated" else 3 + seed % 4
        if name == "group":
            given["column"] = ("stimulus", "session", "recording", "subject")[seed % 4]
        yield name, installed().get("splits", name).cls(**given)


@pytest.mark.parametrize("seed", range(14))
def test_no_clean_split_draws_a_finding(seed):
    index, audited = drawn(seed), 0
    for name, split in splits(seed):
        try:
            with warnings.catch_warnings(action="ignore"):
                folds = list(split.folds(index))[: None if seed % 2 else 1]
        except SplitError:
            continue
        if not all(len(fold.train) and len(fold.test) for fold in folds):
            continue
        audited += 1
        for claims in ((), split.claims):
            found = {finding.kind for finding in audit_folds(index, folds, claims=claims).findings}
            found -= {"shared_conversation", "partner_validates"}  # what a split by people does to dialogues
            assert not found - (SHARING if name in ("random_windows", "within_trial_blocks") else set()), name
    assert audited > 3


def test_trials_dealt_out_among_people_with_two_each():
    """By chance somebody's two trials are both tested: that is no habit."""
    for seed in range(8):
        index = made_index(40, 2, 2)
        part = np.random.default_rng(seed).permutation(80)[index.groupby("trial").ngroup()] % 5
        folds = [Fold(np.flatnonzero(part != k), test=np.flatnonzero(part == k)) for k in range(5)]
        assert audit_folds(index, folds).findings == []


def test_people_held_out_where_most_stimuli_are_their_own():
    index = made_index(10, 10, 2)
    index["stimulus"] = np.where(index["stimulus"] < "v08", index["subject"] + index["stimulus"].str[:2], "film")
    assert audit_folds(index, list(SubjectKFold().folds(index))).findings == []


def test_a_split_by_day_of_people_who_mostly_came_once():
    index = made_index(12, 6, 2)
    day = index["subject"].str[1:].astype(int) // 3
    came_twice = (index["subject"] == "s00") & (index["trial"].str[-1].astype(int) > 2)
    index["session"] = np.where(came_twice, 3, day).astype(str)
    folds = [Fold(rows(index, session=[s for s in "0123" if s != k]), test=rows(index, session=[k])) for k in "0123"]
    assert audit_folds(index, folds).findings == []
    assert {f.kind for f in audit_folds(index.drop(columns="session"), folds).findings} == {"shared_subject"}


def test_people_whom_a_protocol_trains_on_too():
    """Half of everybody trains, the other half is tested, one person at a time: nobody is held out."""
    index = made_index(8, 8, 2)
    late = index["trial"].str[-1].astype(int) >= 4
    folds = []
    for person in index["subject"].unique():
        test = ((index["subject"] == person) & late).to_numpy()
        folds.append(Fold(np.flatnonzero(~test), test=np.flatnonzero(test)))
    assert audit_folds(index, folds).findings == []
