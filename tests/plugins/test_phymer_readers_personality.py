"""Personality: levels in numbers and words, scores, answers, and the rows that can't be read."""

from pathlib import Path

import numpy as np
import pytest

from insula import SignalError, Trial
from insula.plugin.testing import check_reader
from insula_phymer.assessor import TRAITS, level_of, trait_score
from insula_phymer.dataset import PhyMER
from insula_phymer.personality import PhyMERPersonality
from made_phymer import TRAITS as HEADER
from made_phymer import write_phymer, write_text

TRIAL = Trial("SUB07VID24", "07", context={"personality": Path("p.csv")})


def read(root: Path, text: str, trial: Trial = TRIAL, **options):
    write_text(root / "p.csv", text)
    return PhyMERPersonality(root, **options).read(trial)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param("7,1,2,3,4,2", id="numbers"),
        pytest.param("SUB07,1,2,3,4,2\n8,4,4,4,4,4", id="a code"),
        pytest.param("17,4,4,4,4,4\n07,Low,Low-Mid,Mid-High,High,Low-Med", id="words"),
        pytest.param("Sub7,LOW,low med,Med-High,high,low_mid", id="other words"),
        pytest.param("7,8,5,7,14,6\n8,15,10,10,15,10", id="scores"),
    ],
)
def test_five_levels_in_order(tmp_path: Path, rows: str) -> None:
    signal = read(tmp_path, f"{HEADER}\n{rows}\n")
    assert signal.data[:, 0].tolist() == [1, 2, 3, 4, 2]
    assert (signal.ch_names, signal.units, signal.sfreq, signal.static) == (TRAITS, ("1",) * 5, 0, True)


def test_columns_in_another_order_and_by_other_names(tmp_path: Path) -> None:
    text = "Neuro,name,E,C,O,A,age\n2,7,3,2,1,4,33\n"
    assert read(tmp_path, text, who="Name", traits=("O", "C", "E", "A", "Neuro")).data[:, 0].tolist() == [1, 2, 3, 4, 2]
    unnamed = "subject,t1,t2,t3,t4,t5\n7,1,2,3,4,2\n"
    assert read(tmp_path, unnamed).data[:, 0].tolist() == [1, 2, 3, 4, 2]


def test_answers_are_scored(tmp_path: Path) -> None:
    """By hand: E=Q1+Q6=4, N=Q5+Q10=9, C=Q4+Q9', A=Q2+Q7'+Q12, O=Q3+Q8+Q11, where ' counts from the other end."""
    answers = dict(zip(range(1, 13), [2, 5, 4, 1, 5, 2, 1, 4, 2, 4, 4, 4], strict=True))
    header = "subject," + ",".join(f"Q{number}" for number in answers)
    row = "7," + ",".join(map(str, answers.values()))
    scores = {
        "openness": 12,
        "conscientiousness": 1 + 4,
        "extraversion": 4,
        "agreeableness": 5 + 5 + 4,
        "neuroticism": 9,
    }
    assert {trait: trait_score(trait, list(answers.values())) for trait in TRAITS} == scores
    assert read(tmp_path, f"{header}\n{row}\n").data[:, 0].tolist() == [3, 2, 1, 4, 4]


@pytest.mark.parametrize(
    ("traits", "bounds"),
    [
        (("extraversion", "neuroticism", "conscientiousness"), {2: 1, 4: 1, 5: 2, 6: 2, 7: 3, 8: 3, 9: 4, 10: 4}),
        (("agreeableness",), {3: 1, 10: 1, 11: 2, 12: 2, 13: 3, 14: 4, 15: 4}),
        (("openness",), {3: 1, 8: 1, 9: 2, 10: 2, 11: 3, 12: 3, 13: 4, 15: 4}),
    ],
)
def test_levels_of_scores(traits: tuple[str, ...], bounds: dict[int, int]) -> None:
    for trait in traits:
        assert {score: level_of(trait, score) for score in bounds} == bounds


def test_form_may_be_said(tmp_path: Path) -> None:
    text = f"{HEADER}\n7,3,2,3,4,2\n"
    assert read(tmp_path, text, form="levels").data[:, 0].tolist() == [3, 2, 3, 4, 2]
    assert read(tmp_path, text, form="scores").data[:, 0].tolist() == [1, 1, 1, 1, 1]


def test_an_empty_cell_is_undefined(tmp_path: Path) -> None:
    signal = read(tmp_path, f"{HEADER}\n7,1,,3,4,2\n")
    np.testing.assert_array_equal(signal.defined[:, 0], [True, False, True, True, True])


def test_by_trial(tmp_path: Path) -> None:
    trial = Trial("train/ab7", "x", context={"personality": Path("p.csv"), "sample": "ab7"})
    text = "Id,a,b,c,d,e\ncd7,4,4,4,4,4\nab7,1,2,3,4,2\n"
    assert read(tmp_path, text, trial, who="Id", by="trial").data[:, 0].tolist() == [1, 2, 3, 4, 2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        (f"{HEADER}\n8,1,2,3,4,2", "it has no row of subject 07"),
        (f"{HEADER}\n7,1,2,3,4,2\nSUB07,1,2,3,4,3", "it has 2 rows of subject 07"),
        (f"{HEADER}\n7,,,,,", "it holds no defined sample"),
        (f"{HEADER}\n7,1,2,3,4,so-so", "its neuroticism is 'so-so', which is no number from 1 to 4"),
        (f"{HEADER}\n7,1,2,3,4,0", "its neuroticism is '0', which is no number from 1 to 4"),
        (f"{HEADER}\n7,8,2.5,30,4,2", "its extraversion is '30', which is no number from 2 to 10"),
        ("person,a\n7,1", r"it has no column 'subject' \(it has: person, a\); .*phymer_personality, who: COLUMN\}'"),
        (
            "subject,openness\n7,1",
            r"it has no columns openness, .* or q1, .*q12 beside subject \(it has: subject, openness\); say which they "
            r"are: .*who: subject, traits: \[FIVE COLUMNS\]",
        ),
    ],
)
def test_what_is_wrong_is_said_with_file_subject_and_trial(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SignalError, match=rf"p\.csv \(subject 07, trial SUB07VID24\): {message}"):
        read(tmp_path, text)


def test_a_level_between_two_is_none(tmp_path: Path) -> None:
    with pytest.raises(SignalError, match=r"its openness '1\.5' is no level \(1, 2, 3 or 4\)"):
        read(tmp_path, f"{HEADER}\n7,1.5,2,3,4,2", form="levels")


def test_contract(tmp_path: Path) -> None:
    check_reader(PhyMERPersonality, dataset=PhyMER, root=write_phymer(tmp_path, [(1, 7), (2, 24)], with_eeg=False))
