"""The generator's plan: the release's counts, scenarios, dialogues, turns and durations, and raters who agree."""

import re
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import chain, pairwise

import numpy as np
import pytest

from insula_iemocap.generator.counts import apportioned, counts
from insula_iemocap.generator.plan import Utterance, plan
from insula_iemocap.generator.recipe import Recipe
from insula_iemocap.generator.votes import votes

RELEASE = (
    ("ang", "hap", "exc", "sad", "neu"),
    (
        (229, 135, 143, 194, 384),
        (137, 117, 210, 197, 362),
        (240, 135, 151, 305, 320),
        (327, 65, 238, 143, 258),
        (170, 143, 299, 245, 384),
    ),
)


def recipe(**options) -> Recipe:
    return Recipe.of(**{"seed": 0, "preset": "null", "utterances": 50, "effect": None, "others": 0.0, **options})


def planned(**options) -> list[Utterance]:
    return [utterance for said in plan(recipe(**options)).values() for utterance in said]


def scenario(utterance: Utterance) -> str:
    """Return what is played, whichever take of it."""
    return re.sub("[ab]$", "", utterance.dialogue.partition("_")[2])


@pytest.fixture(scope="module")
def whole() -> list[Utterance]:
    """The plan of as many utterances as the release has."""
    return planned(utterances=5531)


def test_as_many_as_the_release_give_its_tables(whole: list[Utterance]) -> None:
    labels, table = RELEASE
    by_session = Counter((int(u.speaker[3:5]), u.label) for u in whole)
    expected = {(s, label): n for s, row in enumerate(table, 1) for label, n in zip(labels, row, strict=True)}
    assert by_session == expected
    improvised = Counter(u.label for u in whole if "_impro" in u.dialogue)
    assert improvised == {"ang": 289, "hap": 284, "exc": 947 - 284, "sad": 608, "neu": 1099}
    assert len({u.id for u in whole}) == len(whole) == 5531


def test_other_labels_come_in_the_releases_proportions() -> None:
    found: Counter[str] = Counter()
    for cell, count in counts(5531, 0.815).items():
        found[cell.label] += count
    assert {label: found[label] for label in ("fru", "xxx", "sur", "fea", "oth", "dis")} == {
        "fru": 1849, "xxx": 2507, "sur": 107, "fea": 40, "oth": 3, "dis": 2,
    }  # fmt: skip
    assert sum(found.values()) == 10_039


@pytest.mark.parametrize("size", [20, 21, 60, 300, 1000])
def test_other_sizes_are_the_tables_scaled(size: int) -> None:
    labels, table = RELEASE
    said = planned(utterances=size)
    assert len(said) == len({u.id for u in said}) == size
    found = Counter((int(u.speaker[3:5]), u.label) for u in said)
    for session, row in enumerate(table, 1):
        for label, count in zip(labels, row, strict=True):
            assert abs(found[session, label] - count * size / 5531) < 1
    assert {u.speaker for u in said} == {f"Ses0{s}{letter}" for s in range(1, 6) for letter in "FM"}


def test_apportioning_keeps_the_sum_and_whole_quotas() -> None:
    assert apportioned(10, (1, 1, 1)).tolist() == [4, 3, 3]
    assert apportioned(7, (0.1, 0.6)).tolist() == [1, 6]
    assert apportioned(100, (474, 160, 158, 120, 88)).tolist() == [47, 16, 16, 12, 9]
    assert apportioned(0, (3, 2)).tolist() == [0, 0]


def scenario_only(said: list[Utterance]) -> tuple[float, float]:
    """Return accuracy and mean recall of the scenario's most frequent class in the other sessions."""
    rows = [(u.speaker[:5], scenario(u), "hap" if u.label == "exc" else u.label) for u in said]
    hits: dict[str, list[bool]] = defaultdict(list)
    for held in sorted({session for session, *_ in rows}):
        seen: dict[str, Counter[str]] = defaultdict(Counter)
        for session, played, label in rows:
            seen[played][label] += session != held
        for session, played, label in rows:
            if session == held:
                hits[label].append(seen[played].most_common(1)[0][0] == label)
    return float(np.mean([*chain(*hits.values())])), float(np.mean([np.mean(of) for of in hits.values()]))


def test_the_scenario_alone_tells_as_much_as_in_the_release(whole: list[Utterance]) -> None:
    improvised = [u for u in whole if "_impro" in u.dialogue]
    scripted = [u for u in whole if "_script" in u.dialogue]
    assert scenario_only(whole) == pytest.approx((0.696, 0.714), abs=0.015)
    assert scenario_only(improvised) == pytest.approx((0.801, 0.722), abs=0.015)
    assert scenario_only(scripted) == pytest.approx((0.578, 0.563), abs=0.015)


def test_dialogues_are_the_releases(whole: list[Utterance]) -> None:
    names = {u.dialogue for u in whole}
    assert len(names) == 151
    played = [f"impro0{n}" for n in range(1, 9)] + ["script01_1", "script01_2", "script01_3"]
    played += ["script02_1", "script02_2", "script03_1", "script03_2"]
    regular = {f"Ses0{s}{letter}_{name}" for s in range(1, 6) for letter in "FM" for name in played}
    odd = {"Ses03M_impro05a", "Ses03M_impro05b", "Ses03M_impro08a", "Ses03M_impro08b", "Ses05M_script01_1b"}
    assert names - regular == odd
    assert regular - names == {"Ses01F_impro08", "Ses01M_impro08", "Ses03M_impro05", "Ses03M_impro08"}


def test_both_people_speak_by_turns(whole: list[Utterance]) -> None:
    by_dialogue: dict[str, list[Utterance]] = defaultdict(list)
    for u in whole:
        assert re.fullmatch(rf"{u.dialogue}_{u.speaker[-1]}\d\d\d", u.id)
        by_dialogue[u.dialogue].append(u)
    turns = []
    for said in by_dialogue.values():
        assert [u.speaker[-1] for u in said[:2]] in (["F", "M"], ["M", "F"])
        turns += [a.speaker != b.speaker for a, b in pairwise(said)]
        assert all(a.stop < b.start for a, b in pairwise(said))
    assert 0.8 < np.mean(turns) < 0.9
    assert np.mean([u.id[5] != u.speaker[5] for u in whole]) == pytest.approx(0.5, abs=0.03)
    assert all(481 <= count <= 660 for count in Counter(u.speaker for u in whole).values())


def test_durations_are_the_releases_and_know_no_label(whole: list[Utterance]) -> None:
    seconds = np.array([u.seconds for u in whole])
    found = [seconds.min(), *np.quantile(seconds, (0.05, 0.5, 0.9, 0.99)), seconds.mean(), seconds.max()]
    np.testing.assert_allclose(found[1:6], (1.39, 3.58, 8.7, 15.5, 4.55), rtol=0.06)
    assert 0.58 <= found[0] < 0.75
    assert 25 < found[-1] <= 34.1
    for label in RELEASE[0]:
        of = np.log([u.seconds for u in whole if u.label == label])
        assert abs(of.mean() - np.log(seconds).mean()) < 4 * np.log(seconds).std() / len(of) ** 0.5


def test_votes_over_many(whole: list[Utterance]) -> None:
    made = recipe(utterances=5531)
    given = [(u, votes(made, u)) for u in whole[:600]]
    unanimous = np.mean([sum(u.label in of for r, of in v.categories.items() if r[0] == "E") == 3 for u, v in given])
    assert unanimous == pytest.approx(0.5, abs=0.07)
    means = {
        label: np.mean([v.mean_affect for u, v in given if u.label == label], axis=0)
        for label in ("ang", "hap", "sad", "neu")
    }
    assert means["hap"][0] > means["neu"][0] > means["sad"][0]
    assert means["ang"][1] > means["neu"][1] > means["sad"][1]
    assert means["ang"][2] == max(values[2] for values in means.values())
    assert {rater for _, v in given for rater in v.categories} == {"E1", "E2", "E3", "E4", "E5", "E6", "F1", "M1"}


def test_presets() -> None:
    assert recipe(preset="null").effect == 0.0
    assert recipe(preset="default").effect == 1.0
    assert recipe(preset="default", effect=0.0) == replace(recipe(preset="null"), preset="default")
