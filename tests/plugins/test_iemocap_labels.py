"""IEMOCAP: the majority's label, the raters' votes, affect, agreement, and what is remarked of them."""

from collections import Counter
from pathlib import Path

import pytest

from insula_iemocap.counts import IMPROVISED, SESSIONS, compare
from insula_iemocap.dataset import IEMOCAP
from insula_iemocap.emotions import Classes, emotion_of
from made_iemocap import evaluation, wav, write_iemocap, write_wav

NEUTRAL, ANGRY, NOBODY, FRUSTRATED = (f"Ses01F_impro01_{turn}" for turn in ("F000", "M000", "F001", "F002"))
EXCITED, HAPPY = "Ses01M_script01_1_F000", "Ses01M_script01_1_MX01"
SAD, DISGUSTED = "Ses03M_impro05a_F000", "Ses03M_impro05b_F000"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_iemocap(tmp_path)


def labels(root: Path, name: str, **options):
    """Return what each utterance has of one label."""
    return {trial.id: trial.labels[name] for trial in IEMOCAP(root, **options).trials()}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {NEUTRAL: "neutral", ANGRY: "angry", EXCITED: "happy", HAPPY: "happy", SAD: "sad"}),
        ({"merge_excited": False}, {NEUTRAL: "neutral", ANGRY: "angry", EXCITED: None, HAPPY: "happy", SAD: "sad"}),
        ({"classes": 5}, {FRUSTRATED: "frustrated", EXCITED: "happy", DISGUSTED: None}),
        ({"classes": 5, "merge_excited": False}, {FRUSTRATED: "frustrated", EXCITED: None}),
        ({"classes": 6}, {FRUSTRATED: "frustrated", EXCITED: "excited", HAPPY: "happy", DISGUSTED: None}),
        ({"classes": "all"}, {FRUSTRATED: "frustrated", EXCITED: "excited", DISGUSTED: "disgusted"}),
    ],
)
def test_emotion(root: Path, options: dict, expected: dict) -> None:
    found = labels(root, "emotion", **options)
    assert {name: found[name] for name in expected} == expected
    assert found[NOBODY] is None  # xxx, whatever the classes


def test_classes_in_order(root: Path) -> None:
    four = ("angry", "happy", "sad", "neutral")
    of = {classes: IEMOCAP(root, classes=classes).targets["emotion"].classes for classes in (4, 5, 6, "all")}
    assert of[4] == IEMOCAP.targets["emotion"].classes == four
    assert of[5] == (*four, "frustrated")
    assert of[6] == (*four, "excited", "frustrated")
    assert of["all"] == (
        "neutral", "frustrated", "angry", "sad", "excited", "happy", "surprised", "fearful", "disgusted", "other",
    )  # fmt: skip
    assert {target.classes for name, target in IEMOCAP.targets.items() if name.startswith("emotion")} == {four}
    assert next(iter(IEMOCAP.targets)) == "emotion"  # what a run takes


@pytest.mark.parametrize(
    ("utterance", "options", "votes"),
    [
        (NEUTRAL, {}, {"neutral": 1.0}),  # the actor's own C-F1 is no vote
        (ANGRY, {}, {"angry": 1.0}),  # 1.5 for anger; 1.5 for frustration, which is no class here
        (ANGRY, {"classes": 5}, {"angry": 0.5, "frustrated": 0.5}),
        (EXCITED, {}, {"happy": 0.75, "neutral": 0.25}),
        (EXCITED, {"merge_excited": False}, {"happy": 0.6, "neutral": 0.4}),
        (EXCITED, {"classes": 6}, {"happy": 0.375, "neutral": 0.25, "excited": 0.375}),
        (NOBODY, {}, {"neutral": 2 / 3, "angry": 1 / 3}),
        (FRUSTRATED, {}, {"angry": 1.0}),
        (DISGUSTED, {}, None),  # nobody named one of the classes
        (DISGUSTED, {"classes": "all"}, {"disgusted": 0.5, "other": 0.5}),
    ],
)
def test_votes(root: Path, utterance: str, options: dict, votes: dict) -> None:
    found = labels(root, "emotion_votes", **options)[utterance]
    assert found == (votes if votes is None else pytest.approx(votes))


def test_what_one_rater_said(root: Path) -> None:
    (trial,) = (trial for trial in IEMOCAP(root, classes=5).trials() if trial.id == ANGRY)
    said = [trial.labels[f"emotion_e{rater}"] for rater in range(1, 7)]
    assert said == [None, {"angry": 0.5, "frustrated": 0.5}, "angry", "frustrated", None, None]
    assert labels(root, "emotion_e2")[ANGRY] == "angry"  # frustrated is no class here
    assert labels(root, "emotion_e3")[EXCITED] == "happy"  # both halves
    assert labels(root, "emotion_e6")[HAPPY] == "happy"


def test_affect_is_there_whatever_the_label(root: Path) -> None:
    for scale, expected in {"valence": 2.5, "activation": 3.0, "dominance": 3.5}.items():
        assert labels(root, scale)[NOBODY] == expected


@pytest.mark.parametrize(
    ("word", "emotion"),
    [
        ("Neutral state", "neutral"), ("Neutral", "neutral"), ("HAPPINESS", "happy"), ("Anger", "angry"),
        (" sadness ", "sad"), ("Frustration", "frustrated"), ("Excited", "excited"), ("Excitement", "excited"),
        ("Surprise", "surprised"), ("Fear", "fearful"), ("Disgust", "disgusted"), ("Other", "other"),
        ("Boredom", None), ("", None),
    ],
)  # fmt: skip
def test_words(word: str, emotion: str | None) -> None:
    assert emotion_of(word) == emotion


def agreements(root: Path, **options) -> dict[str, float | None]:
    return {trial.id: trial.context["agreement"] for trial in IEMOCAP(root, **options).trials()}


def test_agreement_is_of_all_votes(root: Path) -> None:
    found = agreements(root)
    expected = {NEUTRAL: 1.0, ANGRY: 0.5, NOBODY: None, FRUSTRATED: 2 / 3, EXCITED: 0.75, HAPPY: 1.0, DISGUSTED: 0.5}
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert agreements(root, merge_excited=False)[EXCITED] == pytest.approx(0.375)


def test_least_agreement(root: Path) -> None:
    assert {*agreements(root, agreement=1)} & {NEUTRAL, HAPPY, SAD, EXCITED, NOBODY} == {NEUTRAL, HAPPY, SAD}
    two_thirds = IEMOCAP(root, agreement=2 / 3)
    assert {trial.id for trial in two_thirds.trials()} & {FRUSTRATED, ANGRY, NOBODY, EXCITED} == {FRUSTRATED, EXCITED}
    (said,) = (text for text in two_thirds.remarks if "dataset.agreement" in text)
    assert said.startswith("6 of 9 utterances are of a label that has 67% of the raters' votes (dataset.agreement=0.66")
    assert two_thirds.left_out == []


def test_the_ceiling_of_one_rater(root: Path) -> None:
    dataset = IEMOCAP(root)
    list(dataset.trials())
    # with a label: F000 (3 of 3 votes for it), M000 (1.5 of 3), excited (3 of 4), happy (2 of 2), and two of one vote
    assert "a rater agrees with the majority label in 82.1% of 14 votes" in dataset.remarks
    # and what raters say of utterances without a majority in the classes counts for one rater's own target
    (told,) = (remark for remark in dataset.remarks if "ceiling" in remark)
    voted = [trial.labels["emotion_votes"] for trial in dataset.trials() if trial.labels["emotion_votes"]]
    assert f"on {len(voted)} utterances: the ceiling of emotion_e1…e6" in told
    assert len(voted) > 6


def test_unknown_words_are_told_and_count_as_other(root: Path) -> None:
    path = evaluation(root, "Ses03M_impro05a")
    path.write_text(path.read_text() + "C-E2:\tBoredom;\t()\n")
    dataset = IEMOCAP(root, classes="all")
    (sad,) = (trial for trial in dataset.trials() if trial.id == SAD)
    assert sad.labels["emotion_votes"] == {"sad": 0.5, "other": 0.5}
    assert "votes for an emotion that the release doesn't have count as other: 1 (Boredom)" in dataset.remarks


def release(sessions: str = "12345") -> Counter:
    """Return how many utterances of the five emotions the release's sessions have."""
    return Counter({(s, emotion): n for s in sessions for emotion, n in SESSIONS[s].items()})


def placed(counts: Counter, classes: Classes) -> Counter:
    found: Counter = Counter()
    for (number, emotion), n in counts.items():
        if name := classes.place(emotion):
            found[number, name] += n
    return found


@pytest.mark.parametrize(("merged", "total"), [(True, "5,531"), (False, "4,490")])
def test_the_releases_counts(merged: bool, total: str) -> None:
    classes = Classes.of(4, merged)
    found = compare(placed(release(), classes), "12345", classes, "all")
    assert found is not None
    assert (found.text, found.equal) == (f"{total} utterances of 4 classes, as in the release", True)


def test_a_difference_says_where(root: Path) -> None:
    classes = Classes.of(4, True)
    counts = release()
    counts["2", "sad"] -= 1
    counts["4", "excited"] += 2
    found = compare(placed(counts, classes), "12345", classes, "all")
    assert found is not None
    assert not found.equal
    assert found.text == (
        "5,532 utterances of 4 classes, where the release has 5,531: "
        "session 4 happy 305 (there 303), session 2 sad 196 (there 197)"
    )


def test_some_sessions_are_compared_with_theirs() -> None:
    classes = Classes.of(4, True)
    found = compare(placed(release("15"), classes), "15", classes, "all")
    assert found is not None
    assert found.text == "2,326 utterances of 4 classes in sessions 1 and 5, as in the release"
    assert compare({}, "15", classes, "improvised") is None  # known of the whole release only


@pytest.mark.parametrize(("merged", "total"), [(True, "2,943"), (False, "2,280")])
def test_improvised_counts_are_known_of_the_whole_release(merged: bool, total: str) -> None:
    classes = Classes.of(4, merged)
    counts = placed(Counter({("1", emotion): n for emotion, n in IMPROVISED.items()}), classes)
    found = compare(counts, "12345", classes, "improvised")
    assert found is not None
    assert found.text == f"{total} improvised utterances of 4 classes, as in the release"
    counts["1", "angry"] -= 1
    found = compare(counts, "12345", classes, "improvised")
    assert found is not None
    assert found.text.endswith(": angry 288 (there 289)")


def test_more_classes_are_compared_as_far_as_they_are_known() -> None:
    six = Classes.of(6, True)
    counts = placed(release(), six) + Counter({("1", "frustrated"): 1849})
    found = compare(counts, "12345", six, "all")
    assert found is not None
    assert found.text == "7,380 utterances of 6 classes, as in the release"
    improvised = compare({}, "12345", six, "improvised")
    assert improvised is not None
    assert improvised.text.startswith("0 improvised utterances of angry, happy, sad, neutral and excited, where the")


def test_counts_are_remarked_on_and_made_up_ones_only_where_they_are_equal(root: Path) -> None:
    dataset = IEMOCAP(root)
    list(dataset.trials())
    (said,) = (text for text in dataset.remarks if "release" in text)
    assert said.startswith(
        "6 utterances of 4 classes in sessions 1 and 3, where the release has 2,236: session 1 angry"
    )
    (root / "SYNTHETIC.json").write_text("{}")
    list(dataset.trials())
    assert not any("release" in text for text in dataset.remarks)
    (root / "SYNTHETIC.json").rename(root.parent / "SYNTHETIC.json")
    list(dataset.trials())
    assert not any("release" in text for text in dataset.remarks)


def test_every_utterance_of_a_full_session_is_counted(tmp_path: Path) -> None:
    codes = {"angry": "ang", "happy": "hap", "excited": "exc", "sad": "sad", "neutral": "neu"}
    wanted = [code for emotion, code in codes.items() for _ in range(SESSIONS["4"][emotion])]
    lines = [f"[{n}.0 - {n}.9]\tSes04F_impro01_F{n:04d}\t{code}\t[3, 3, 3]\n" for n, code in enumerate(wanted)]
    path = evaluation(tmp_path, "Ses04F_impro01")
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(lines))
    first = write_wav(wav(tmp_path, "Ses04F_impro01_F0000"))
    for n in range(1, len(wanted)):
        first.with_name(f"Ses04F_impro01_F{n:04d}.wav").touch()
    dataset = IEMOCAP(tmp_path)
    list(dataset.trials())
    assert dataset.remarks[0] == "1,031 utterances of 4 classes in session 4, as in the release"
    assert dataset.remarks[1:] == ["1,031 of 1,031 utterances have no transcript"]
    first.unlink()
    list(dataset.trials())
    assert dataset.remarks[0].endswith("has 1,031: session 4 angry 326 (there 327)")
