"""subject_and_stimulus: neither the people nor the stimuli under test are known."""

import numpy as np
import pytest

from insula import SplitError
from insula.plugin.manager import installed
from insula.windows.audit import audit_folds
from insula_splits.subject_and_stimulus import SubjectAndStimulus
from made_index import made_index


@pytest.mark.parametrize("pairs", ["diagonal", "all"])
@pytest.mark.parametrize("validation", ["same", "none"])
def test_no_two_sets_share_a_person_or_a_stimulus(pairs, validation):
    index = made_index()
    folds = list(SubjectAndStimulus(k=4, pairs=pairs, validation=validation).folds(index))
    assert len(folds) == (4 if pairs == "diagonal" else 16)
    for fold in folds:
        sets = [rows for rows in (fold.train, fold.validation, fold.test) if len(rows)]
        assert len(sets) == (3 if validation == "same" else 2)
        for column in ("subject", "stimulus"):
            sides = [set(index[column].iloc[rows]) for rows in sets]
            assert len(set.union(*sides)) == sum(map(len, sides))


def test_every_pair_tests_every_window_once():
    index = made_index()
    tested = np.concatenate([fold.test for fold in SubjectAndStimulus(k=4, pairs="all").folds(index)])
    assert sorted(tested) == list(range(len(index)))


def test_the_audit_reads_the_claim_off_the_rows():
    index = made_index()
    audit = audit_folds(index, list(SubjectAndStimulus(k=4).folds(index)), label="emotion")
    assert audit.grade == "A"
    assert {"new people", "new stimuli", "new people and stimuli"} <= set(audit.claim)


def test_too_few_people_or_stimuli_and_unknown_stimuli_are_told():
    with pytest.raises(SplitError, match=r"split.k=5: the data have only 4 subjects"):
        list(SubjectAndStimulus().folds(made_index(subjects=4)))
    with pytest.raises(SplitError, match=r"split.k=5: the data have only 3 values of 'stimulus'"):
        list(SubjectAndStimulus().folds(made_index(trials=3)))
    with pytest.raises(SplitError, match=r"400 of 400 windows have no stimulus"):
        list(SubjectAndStimulus().folds(made_index().assign(stimulus=None)))


@pytest.mark.parametrize(("seed", "role"), [(0, "test"), (4, "validation")])
def test_people_who_have_not_met_the_stimuli_of_a_part_are_told(seed, role):
    index = made_index(9, 3, 2)
    index["stimulus"] = (index["subject"].str[1:].astype(int) % 4).astype(str)
    with pytest.raises(SplitError, match=f"split.k=4: a part of the people.* no {role} window; type a smaller split.k"):
        list(SubjectAndStimulus(k=4, seed=seed).folds(index))


def test_take_is_the_frameworks(compose):
    assert installed().get("splits", "subject_and_stimulus").options().take is None
    assert compose("experiment=demo", "split=random_windows", "split.take=1").split.options["take"] == 1
