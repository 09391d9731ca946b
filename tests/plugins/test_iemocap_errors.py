"""IEMOCAP: what is wrong in a tree is named with its place and counted; the rest is used."""

import shutil
from pathlib import Path

import pytest

from insula import DataError
from insula_iemocap.dataset import IEMOCAP
from made_iemocap import IMPRO01, UTTERANCES, evaluation, wav, write_iemocap, write_text, write_wav

NEUTRAL, ANGRY, NOBODY, FRUSTRATED = (f"Ses01F_impro01_{turn}" for turn in ("F000", "M000", "F001", "F002"))
PLACE = "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_iemocap(tmp_path)


def listed(root: Path, **options):
    """Return the trials by id, and what was left out with the reason."""
    dataset = IEMOCAP(root, **options)
    trials = {trial.id: trial for trial in dataset.trials()}
    return trials, [(item.what, item.why) for item in dataset.left_out]


def change(root: Path, old: str, new: str) -> None:
    """Replace something in the first dialogue's evaluation."""
    assert IMPRO01.count(old) == 1
    write_text(evaluation(root, "Ses01F_impro01"), IMPRO01.replace(old, new))


HEAD = "[7.5712 - 10.4750]\tSes01F_impro01_M000\tang\t[2.0000, 4.0000, 4.5000]"
LINE = "an utterance's line is [start - end] name label [valence, activation, dominance]"


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("[7.5712 - 10.4750]\tSes01F_impro01_M000", LINE),
        ("[7.5712 - 10.4750\tSes01F_impro01_M000\tang\t[2.0, 4.0, 4.5]", LINE),
        ("7.5712 - 10.4750]\tSes01F_impro01_M000\tang\t[2.0, 4.0, 4.5]", LINE),
        ("[7.5712 - 1O.4750]\tSes01F_impro01_M000\tang\t[2.0, 4.0, 4.5]", "its times aren't two numbers of seconds"),
        ("[17.5 - 10.4]\tSes01F_impro01_M000\tang\t[2.0, 4.0, 4.5]", "its times aren't two numbers of seconds"),
        ("[7.5 - 10.4]\tSes01F_impro_M000\tang\t[2.0, 4.0, 4.5]", "its name isn't an utterance's: names look like"),
        ("what is this", "the line is no utterance"),
    ],
)
def test_a_line_that_does_not_parse_is_named_and_its_ratings_go_to_nobody(root: Path, broken: str, why: str) -> None:
    change(root, HEAD, broken)
    trials, left_out = listed(root)
    assert set(trials) == {*UTTERANCES} - {ANGRY}
    (line, sound) = left_out
    assert line[0] == f"{PLACE} line 18 ({broken})"
    assert line[1].startswith(why)
    assert sound == (
        f"Session1/sentences/wav/Ses01F_impro01/{ANGRY}.wav",
        "a WAV file without a label in dialog/EmoEvaluation/DIALOGUE.txt",
    )
    assert trials[NOBODY].labels["emotion_e3"] == "angry"  # its own, not those below the broken line
    assert trials[NOBODY].labels["emotion_votes"] == pytest.approx({"neutral": 2 / 3, "angry": 1 / 3})


@pytest.mark.parametrize(
    ("rating", "why"),
    [
        ("C-E:\tAnger;\t()", "a rating begins with its rater, such as C-E1: or A-E3:"),
        ("C-E4\tAnger;\t()", "a rating begins with its rater, such as C-E1: or A-E3:"),
        ("C-E4:\t\t()", "the rating names no emotion"),
        ("C-E3:\tSadness;\t()", "the rater's second rating of the utterance: the first counts"),
        ("(two lines of free text)", "the line is no utterance"),
    ],
)
def test_a_rating_that_does_not_parse_takes_only_itself_away(root: Path, rating: str, why: str) -> None:
    change(root, "C-E4:\tFrustration;\t()", f"{rating}\nC-E5:\tAnger;\t()")
    trials, ((what, reason),) = listed(root)
    assert what == f"{PLACE} line 21 ({rating})"
    assert reason.startswith(why)
    said = trials[ANGRY].labels
    assert (said["emotion_e3"], said["emotion_e4"], said["emotion_e5"]) == ("angry", None, "angry")


def test_a_long_line_is_shown_shortened(root: Path) -> None:
    change(root, "C-M1:\tSadness;\t()", "x" * 500)
    _, ((what, _),) = listed(root)
    assert what == f"{PLACE} line 22 ({'x' * 60}…)"


def test_an_unknown_label_is_missing_and_the_rest_is_used(root: Path) -> None:
    change(root, "\tang\t", "\tfurious\t")
    trials, ((what, why),) = listed(root)
    assert what == f"label furious of {ANGRY} ({PLACE} line 18)"
    assert why == "none of neu, fru, ang, sad, exc, hap, sur, fea, dis, oth, xxx: taken as missing"
    assert trials[ANGRY].labels["emotion"] is None
    assert trials[ANGRY].labels["emotion_votes"] == {"angry": 1.0}
    assert trials[ANGRY].labels["valence"] == 2.0


@pytest.mark.parametrize(
    ("means", "left", "why"),
    [
        ("[2.0, 4.0]", (None, None, None), "valence, activation, dominance are three numbers: taken as missing"),
        ("", (None, None, None), "valence, activation, dominance are three numbers: taken as missing"),
        ("[2.0, x, 4.5]", (2.0, None, 4.5), "activation: no number from 1 to 5, taken as missing"),
        ("[25, nan, 5.5]", (None, None, 5.5), "valence and activation: no number from 1 to 5, taken as missing"),
    ],
)
def test_affect_that_is_none_is_missing_and_the_label_counts(root: Path, means: str, left: tuple, why: str) -> None:
    change(root, "[2.0000, 4.0000, 4.5000]", means)
    trials, ((_, reason),) = listed(root)
    labels = trials[ANGRY].labels
    assert (labels["valence"], labels["activation"], labels["dominance"], reason) == (*left, why)
    assert labels["emotion"] == "angry"


def test_an_utterance_that_occurs_twice(root: Path) -> None:
    again = HEAD.replace("ang", "sad")
    write_text(evaluation(root, "Ses01F_impro01"), f"{IMPRO01}{again}\nC-E2:\tSadness;\t()\n")
    trials, ((what, why),) = listed(root)
    assert what == f"{ANGRY} ({PLACE} line 29; before it: {PLACE} line 18)"
    assert why == "an utterance that occurs a second time: the first counts"
    assert (trials[ANGRY].labels["emotion"], trials[ANGRY].labels["emotion_e2"]) == ("angry", "angry")


@pytest.mark.parametrize("end", ["\r\n", "\r", "\r\r\n"])
def test_ends_of_lines(root: Path, end: str) -> None:
    before, _ = listed(root)
    evaluation(root, "Ses01F_impro01").write_bytes(IMPRO01.replace("\n", end).encode())
    after, left_out = listed(root)
    assert left_out == []
    assert {name: trial.labels for name, trial in after.items()} == {n: trial.labels for n, trial in before.items()}


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8-sig", "utf-8"])
def test_encodings(root: Path, encoding: str) -> None:
    write_text(evaluation(root, "Ses01F_impro01"), IMPRO01.replace("curious", "naïve"), encoding)
    trials, left_out = listed(root)
    assert left_out == []
    assert len(trials) == len(UTTERANCES)


@pytest.mark.parametrize("text", ["", "\n\n", "not an evaluation\n" * 50, "C-E1:\tAnger;\t()\n"])
def test_a_file_without_an_utterance_is_told_once(root: Path, text: str) -> None:
    write_text(evaluation(root, "Ses03M_impro05a"), text)
    trials, left_out = listed(root)
    assert "Ses03M_impro05a_F000" not in trials
    file, sound = left_out
    assert file[0].startswith("Session3/dialog/EmoEvaluation/Ses03M_impro05a.txt")
    assert ("the first fault" in file[0]) == bool(text.strip())
    assert file[1] == "no line of the file is an utterance"
    assert sound[1].startswith("a WAV file without a label")


def test_an_evaluation_that_cannot_be_opened(root: Path) -> None:
    evaluation(root, "Ses03M_impro05a").unlink()
    evaluation(root, "Ses03M_impro05a").symlink_to(root / "gone.txt")  # no file any more: as if it weren't there
    trials, ((what, why),) = listed(root)
    assert len(trials) == len(UTTERANCES) - 1
    assert what == "Session3/sentences/wav/Ses03M_impro05a/Ses03M_impro05a_F000.wav"
    assert why == "a WAV file of a dialogue without a file in dialog/EmoEvaluation"


def test_a_file_that_fails_while_it_is_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(path: Path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("insula_iemocap.evaluation.read_lines", failing)
    with pytest.raises(
        DataError, match=r"no utterance in .* both .* left out first: Session1/.*: it can't be opened: P"
    ):
        IEMOCAP(root).trials()


def test_a_label_without_a_sound(root: Path) -> None:
    wav(root, ANGRY).unlink()
    trials, left_out = listed(root)
    assert set(trials) == {*UTTERANCES} - {ANGRY}
    why = "a label without a WAV file in sentences/wav/DIALOGUE"
    assert left_out == [(f"{ANGRY} ({PLACE} line 18)", why)]
    assert [trials[name].position for name in (NEUTRAL, NOBODY, FRUSTRATED)] == [0, 2, 3]  # it was said nevertheless


def test_sounds_without_a_label_and_with_a_strange_name(root: Path) -> None:
    extra = [write_wav(wav(root, name)) for name in ("Ses01F_impro01_M007", "Ses01F_impro09_M000")]
    strange = write_wav(extra[0].with_name("take one.wav"))
    trials, left_out = listed(root)
    assert set(trials) == {*UTTERANCES}
    names = [path.relative_to(root).as_posix() for path in (strange, *extra)]
    assert [what for what, _ in left_out] == names
    assert [why for _, why in left_out] == [
        "a WAV file whose name isn't an utterance's: names look like Ses01F_impro01_F000 or Ses01F_script01_1_M003.wav",
        "a WAV file without a label in dialog/EmoEvaluation/DIALOGUE.txt",
        "a WAV file of a dialogue without a file in dialog/EmoEvaluation",
    ]


def test_two_sounds_of_one_utterance(root: Path) -> None:
    first = wav(root, ANGRY)
    second = shutil.copy(first, first.with_suffix(".WAV"))
    _, ((what, why),) = listed(root)
    assert {Path(part).name for part in what.rstrip(")").split(" (instead: ")} == {first.name, Path(second).name}
    assert why == "a second WAV file of the same utterance"


def test_a_session_without_a_folder(root: Path) -> None:
    shutil.rmtree(root / "Session3" / "dialog")
    trials, left_out = listed(root)
    assert {trial.session for trial in trials.values()} == {"1"}
    assert left_out[0] == ("Session3/dialog/EmoEvaluation", "a session without the folder dialog/EmoEvaluation")
    assert len(left_out) == 1 + 3


def test_a_wrong_root_says_where_it_looked_and_what_to_type(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    with pytest.raises(DataError) as error:
        IEMOCAP(tmp_path).trials()
    said = str(error.value)
    assert f"no folder Session1, nor any of Session2 to Session5, in {tmp_path} or in {tmp_path}/IEMOCAP_full" in said
    assert said.endswith(
        "Type dataset.root=DIR, the folder that holds Session1 to Session5, or the one that has it as "
        "IEMOCAP_full_release"
    )


@pytest.mark.parametrize("below", ["Session1", "Session1/dialog", "Session1/sentences/wav"])
def test_a_root_inside_a_session_says_which_to_type(root: Path, below: str) -> None:
    with pytest.raises(DataError, match=rf"Type dataset\.root={root}$"):
        IEMOCAP(root / below).trials()


def test_empty_sessions_and_options_that_keep_nothing(root: Path, tmp_path: Path) -> None:
    for folder in ("dialog/EmoEvaluation", "sentences/wav"):
        (tmp_path / "none" / "Session1" / folder).mkdir(parents=True)
    with pytest.raises(DataError, match=r"no utterance in .*none has both a label and a WAV file$"):
        IEMOCAP(tmp_path / "none").trials()
    shutil.rmtree(root / "Session1")
    with pytest.raises(DataError, match=r"none of the 3 utterances in .* is scripted: change dataset\.scenarios=scri"):
        IEMOCAP(root, scenarios="scripted").trials()
    for take in "ab":
        path = evaluation(root, f"Ses03M_impro05{take}")
        path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith("C-")))
    with pytest.raises(DataError, match=r"none of the 3 utterances .* label that has 50% .* change dataset\.agreement"):
        IEMOCAP(root, agreement=0.5).trials()
