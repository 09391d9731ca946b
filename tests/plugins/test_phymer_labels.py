"""PhyMER's labels: rows without a video, wrong ratings, spellings, thresholds, and what the columns are called."""

from collections import Counter
from pathlib import Path

import pytest

from insula import DataError, Trial
from insula.windows.targets import Cuts, encode
from insula_phymer.affect import EMOTIONS, QUADRANTS, affect_targets
from insula_phymer.dataset import PhyMER
from made_phymer import LABELS, write_text, write_wrist


def dataset(root: Path, rows: str, columns: str = LABELS, trials=((1, 7),), **options) -> PhyMER:
    write_text(root / "labels.csv", f"{columns}\n{rows}\n")
    for subject, video in trials:
        write_wrist(root, subject, video)
    return PhyMER(root, **options)


def told(made: PhyMER, word: str) -> list[str]:
    return [f"{item.what}: {item.why}" for item in made.left_out if word in f"{item.what}: {item.why}"]


def decided(trial: Trial, target: str, threshold="midpoint", among=()) -> str | None:
    found = affect_targets(threshold)[target]
    coded = encode(trial, target, found, None, 0, 1, Cuts.of(target, found, [trial, *among]))
    if coded is None:
        return None
    return found.classes[int(coded[0]) if found.kind == "binary" else int(coded.argmax())]


def test_a_row_says_everything(tmp_path: Path) -> None:
    made = dataset(tmp_path, "SUB07VID24,6,2.5,Sadness,Angry", trials=[(7, 24)])
    (trial,) = made.trials()
    assert (trial.id, trial.subject, trial.stimulus) == ("SUB07VID24", "07", "VID24")
    assert (trial.dataset, trial.recording, trial.stop) == ("phymer", "SUB07VID24", None)
    assert trial.labels == {"emotion": "sad", "stimulus_emotion": "anger", "valence": 2.5, "arousal": 6.0}


def test_rows_that_name_no_video_are_counted(tmp_path: Path) -> None:
    made = dataset(
        tmp_path, "SUB01,5,5,Sad,Sad\nSUB02_base,5,5,Sad,Sad\nVID07,5,5,Sad,Sad\n,,,,\nSUB01VID07,5,5,Sad,Sad"
    )
    assert [trial.id for trial in made.trials()] == ["SUB01VID07"]
    assert Counter(item.why for item in made.left_out)["its code names no video"] == 3
    assert "labels.csv row 4 (VID07): its code names no subject" in told(made, "no subject")
    assert "labels.csv row 5 (no code): its code names no video" in told(made, "no code")


def test_codes_may_be_written_in_any_case_and_with_any_zeros(tmp_path: Path) -> None:
    made = dataset(tmp_path, "sub1vid007,5,5,Sad,Sad")
    assert [trial.id for trial in made.trials()] == ["SUB01VID07"]


def test_a_trial_that_is_there_twice_counts_once_and_is_reported(tmp_path: Path) -> None:
    rows = "SUB01VID07,4,5,Sad,Sad\nSUB01VID07,4,5,Sad,Sad\nSUB1VID7,9,5,Sad,Sad"
    made = dataset(tmp_path, rows)
    (trial,) = made.trials()
    assert trial.labels["arousal"] == 4
    assert told(made, "row before it") == [
        "labels.csv row 3 (SUB01VID07): the trial has the same row before it, which counts",
        "labels.csv row 4 (SUB1VID7): the trial has another row before it, which counts",
    ]


@pytest.mark.parametrize("cell", ["0", "11", "9.5", "-1", "high", "inf"])
def test_a_rating_outside_the_scale_is_missing_and_named(tmp_path: Path, cell: str) -> None:
    made = dataset(tmp_path, f"SUB01VID07,{cell},5,Sad,Sad")
    (trial,) = made.trials()
    assert (trial.labels["arousal"], trial.labels["valence"]) == (None, 5)
    assert told(made, "no rating from") == [
        f"arousal {cell!r} in labels.csv (subject 01, trial SUB01VID07): no rating from 1 to 9: taken as missing"
    ]


@pytest.mark.parametrize("cell", ["", "nan", "NA"])
def test_an_empty_cell_is_simply_missing(tmp_path: Path, cell: str) -> None:
    made = dataset(tmp_path, f"SUB01VID07,{cell},5,{cell},Sad")
    (trial,) = made.trials()
    assert trial.labels["arousal"] is None
    assert trial.labels["emotion"] is None
    assert not told(made, "missing")


def test_a_word_that_is_no_emotion_is_missing_and_named(tmp_path: Path) -> None:
    made = dataset(tmp_path, "SUB01VID07,5,5,Bored,Sad")
    assert next(iter(made.trials())).labels["emotion"] is None
    assert told(made, "Bored")[0].startswith(
        "emotion 'Bored' in labels.csv (subject 01, trial SUB01VID07): none of the"
    )


@pytest.mark.parametrize(
    ("word", "emotion"),
    [("Angry", "anger"), ("ANGER", "anger"), ("Happiness", "happy"), ("Sadness", "sad"), (" fearful ", "fear"),
     ("Disgusted", "disgust"), ("Surprised", "surprise"), ("neutral", "neutral")],
)  # fmt: skip
def test_spellings(tmp_path: Path, word: str, emotion: str) -> None:
    made = dataset(tmp_path, f"SUB01VID07,5,5,{word},{word}")
    assert next(iter(made.trials())).labels["emotion"] == emotion


def test_stimulus_labels_may_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    write_text(tmp_path / "stimuli.csv", "video,emotion\nVID07,Fear\n24,Happy\n")
    columns = "experiment_code,arousal,valence,emotion"
    rows = "SUB01VID07,5,5,Sad\nSUB01VID24,5,5,Sad\nSUB01VID30,5,5,Sad"
    made = dataset(tmp_path, rows, columns, [(1, 7), (1, 24), (1, 30)])
    assert [trial.labels["stimulus_emotion"] for trial in made.trials()] == ["fear", "happy", None]


def test_a_file_of_stimuli_without_its_columns_is_named(tmp_path: Path) -> None:
    write_text(tmp_path / "stimuli.csv", "clip,emotion\n7,Fear\n")
    made = dataset(tmp_path, "SUB01VID07,5,5,Sad", "experiment_code,arousal,valence,emotion")
    with pytest.raises(
        DataError, match=r"stimuli\.csv needs the columns 'video' and 'emotion' \(it has: clip, emotion\)"
    ):
        made.trials()


def test_columns_by_other_names(tmp_path: Path) -> None:
    columns = "Code;A;V;Felt;Meant"  # a spreadsheet's semicolons, too
    rows = "SUB01VID07;3;4;Fear;Sad"
    names = {"code": "code", "arousal": "A", "valence": "v", "emotion": "Felt", "target_emotion": "meant"}
    made = dataset(tmp_path, rows, columns, **names)
    labels = next(iter(made.trials())).labels
    assert labels == {"emotion": "fear", "stimulus_emotion": "sad", "valence": 4.0, "arousal": 3.0}


@pytest.mark.parametrize(
    ("option", "column"), [("arousal", "arousal"), ("emotion", "emotion"), ("code", "experiment_code")]
)
def test_a_missing_column_says_what_to_type(tmp_path: Path, option: str, column: str) -> None:
    columns = ",".join("x" if name == column else name for name in LABELS.split(","))
    made = dataset(tmp_path, "SUB01VID07,5,5,Sad,Sad", columns)
    with pytest.raises(DataError, match=rf"labels\.csv has no column '{column}' \(it has: .*x.*dataset\.{option}=NAME"):
        made.trials()


def test_a_column_may_be_said_to_be_missing(tmp_path: Path) -> None:
    made = dataset(tmp_path, "SUB01VID07,5,5", "experiment_code,arousal,valence", emotion=None)
    assert next(iter(made.trials())).labels["emotion"] is None


def test_no_labels_at_all_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"PhyMER: there is no .*labels\.csv.*dataset\.root=DIR.*dataset\.labels="):
        PhyMER(tmp_path).trials()
    write_text(tmp_path / "labels.csv", "")
    with pytest.raises(DataError, match=r"labels\.csv: it is empty"):
        PhyMER(tmp_path).trials()
    write_text(tmp_path / "labels.csv", f"{LABELS}\nS1-V2,5,5,Sad,Sad\n")
    with pytest.raises(
        DataError, match=r"no row of .*labels\.csv names a subject and a video.*dataset\.subject_pattern"
    ):
        PhyMER(tmp_path).trials()


def rated(subject: str, arousal: float | None, valence: float | None = 5.0) -> Trial:
    return Trial(f"{subject}-{arousal}-{valence}", subject, labels={"arousal": arousal, "valence": valence})


def test_the_midpoint_belongs_to_the_lower_half() -> None:
    halves = [decided(rated("01", rating), "arousal_binary") for rating in (1, 4, 5, 5.5, 6, 9)]
    assert halves == ["low", "low", "low", "high", "high", "high"]
    assert decided(rated("01", None), "arousal_binary") is None


def test_three_ways() -> None:
    thirds = [decided(rated("01", rating), "arousal_three") for rating in range(1, 10)]
    assert thirds == ["low"] * 3 + ["medium"] * 3 + ["high"] * 3


def test_quadrants() -> None:
    quadrants = [decided(rated("01", a, v), "quadrant") for a, v in ((2, 2), (2, 8), (8, 2), (8, 8))]
    assert quadrants == ["LALV", "LAHV", "HALV", "HAHV"] == list(QUADRANTS)


def test_thresholds_at_medians() -> None:
    trials = [rated("01", rating) for rating in (1, 2, 3, 4)] + [rated("02", rating) for rating in (6, 7, 8, 9)]
    overall = [decided(trial, "arousal_binary", "train_median", trials) for trial in trials]
    assert overall == ["low"] * 4 + ["high"] * 4
    own = [decided(trial, "arousal_binary", "subject_median", trials) for trial in trials]
    assert own == ["low", "low", "high", "high"] * 2


def test_targets_by_name(tmp_path: Path) -> None:
    targets = PhyMER(tmp_path, threshold="train_median").targets
    assert targets["emotion"].classes == targets["stimulus_emotion"].classes == EMOTIONS
    assert {name for name, target in targets.items() if target.median == "train"} == {
        "valence_binary", "arousal_binary", "quadrant",
    }  # fmt: skip
    assert next(iter(targets)) == "emotion"
    assert targets["valence"].kind == "number"
