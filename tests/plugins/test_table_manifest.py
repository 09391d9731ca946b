"""Table: how a manifest becomes trials, labels and readers."""

from pathlib import Path

import pandas as pd
import pytest

from insula import DataError, Target
from insula_table.dataset import Table


def manifest(
    folder: Path, text: str, *, name: str = "manifest.csv", files: str = "a b c", suffix: str = ".wav"
) -> Path:
    for stem in files.split():
        (folder / f"{stem}{suffix}").parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{stem}{suffix}").touch()
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_becomes_a_trial(tmp_path: Path) -> None:
    text = (
        "path,subject,trial,session,stimulus,recording,group,position,parent,dataset,start,stop,emotion\n"
        "a.wav,s1,t1,day1,video,r1,talk,3,t0,mine,0.5,2,joy\n"
        "b.wav,s2,t2,,,,,,,,,,fear\n"
    )
    full, plain = Table(manifest(tmp_path, text)).trials()
    assert (full.id, full.subject, full.session, full.stimulus) == ("t1", "s1", "day1", "video")
    assert (full.recording, full.group, full.position, full.parent) == ("r1", "talk", 3, "t0")
    assert (full.dataset, full.start, full.stop, full.labels) == ("mine", 0.5, 2.0, {"emotion": "joy"})
    assert full.context == {"path": "a.wav"}
    assert (plain.dataset, plain.session, plain.position, plain.start, plain.stop) == ("table", None, None, 0.0, None)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_delimiters_and_byte_order_mark(tmp_path: Path, delimiter: str, mark: str) -> None:
    rows = [["path", "subject", "emotion"], ["a.wav", "Zoë", "joy"], ["b.wav", "s2", "fear"]]
    root = manifest(tmp_path, mark + "\n".join(delimiter.join(row) for row in rows))
    dataset = Table(root)
    assert [trial.subject for trial in dataset.trials()] == ["Zoë", "s2"]
    assert dataset.targets == {"emotion": Target("classes", ("fear", "joy"))}


def test_parquet_keeps_whole_numbers(tmp_path: Path) -> None:
    manifest(tmp_path, "")
    frame = {
        "path": ["a.wav", "b.wav", "c.wav"],
        "subject": [1, 2, 3],
        "score": [1, None, 3],
        "valence": [0.1, None, 0.3],
    }
    pd.DataFrame(frame).to_parquet(tmp_path / "m.parquet")
    dataset = Table(tmp_path / "m.parquet")
    assert dataset.targets == {"score": Target("classes", ("1", "3")), "valence": Target("number")}
    assert [trial.labels for trial in dataset.trials()] == [
        {"score": "1", "valence": 0.1},
        {"score": None, "valence": None},
        {"score": "3", "valence": 0.3},
    ]


def test_what_a_column_is(tmp_path: Path) -> None:
    text = (
        "path,subject,word,rating,valence,liked,site,note,emotion\n"
        "a.wav,s1,x,1,0.5,True,lab,n1,joy\nb.wav,s2,y,2,1,FALSE,lab,n2,\nc.wav,s3,x,10,NA,,lab,n3,fear\n"
    )
    root = manifest(tmp_path, text)
    dataset = Table(root, max_classes=3)
    assert list(dataset.targets) == ["emotion", "word", "rating", "valence", "liked", "note"]
    assert dataset.targets["rating"] == Target("classes", ("1", "10", "2"))
    assert dataset.targets["valence"] == Target("number")
    assert dataset.targets["liked"] == Target("binary", ("false", "true"))
    trials = list(dataset.trials())
    assert [trial.labels["liked"] for trial in trials] == ["true", "false", None]
    assert [trial.labels["valence"] for trial in trials] == [0.5, 1.0, None]
    assert [trial.labels["emotion"] for trial in trials] == ["joy", None, "fear"]
    assert trials[0].context == {"path": "a.wav", "site": "lab"}
    fewer = Table(root, max_classes=2)
    assert fewer.targets["rating"] == Target("number")
    assert "note" not in fewer.targets
    named = Table(root, labels=("emotion",), numbers=("rating",))
    assert named.targets == {"emotion": Target("classes", ("fear", "joy")), "rating": Target("number")}
    assert next(iter(named.trials())).context["word"] == "x"


def test_a_wrong_label_option_is_said(tmp_path: Path) -> None:
    root = manifest(tmp_path, "path,subject,emotion,site\na.wav,s1,joy,lab\nb.wav,s2,fear,lab\n")
    with pytest.raises(DataError, match=r"no label column 'emotoin'.*emotion, site"):
        Table(root, labels=("emotoin",))
    with pytest.raises(DataError, match=r"'emotion' is to hold numbers.*'joy'"):
        Table(root, numbers=("emotion",))
    with pytest.raises(DataError, match="'site' has 1 distinct values"):
        Table(root, labels=("site",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,subject\na.wav,s1\n", r"no column 'path'.*Its columns are: file, subject"),
        ("path,emotion\na.wav,joy\n", r"no column 'subject'.*training and test.*the same name in every row"),
        ("path,subject\n", "has no rows"),
        ("", "can't be read"),
        ("path,subject,trial\na.wav,s1,t\nb.wav,s1,t\n", "rows 1, 2 are the same trial"),
        ("path,subject\na.wav,s1\na.wav,s1\n", "rows 1, 2 are the same trial"),
        ("path,subject,recording\na.wav,s1,r\nb.wav,s1,r\n", "recording 'r' has different files, a.wav and b.wav"),
        ("path,subject\na.wav,s1\nb.edf,s1\n", r"different kinds \(\.edf \.wav\).*dataset\.modality=NAME"),
        ("path,subject\na.doc,s1\n", r"no file of a known kind \(\.doc; known: .*\.wav"),
        ("path,subject\nnone.wav,s1\n", "no row of .* can be used.*there is no file .*none.wav"),
    ],
)
def test_a_manifest_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    root = manifest(tmp_path, text)
    with pytest.raises(DataError, match=message):
        Table(root).trials()


def test_a_missing_manifest_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no manifest at .*nowhere.*dataset\.root=DIR/manifest\.csv"):
        Table(tmp_path / "nowhere")
    (tmp_path / "manifest.csv").write_bytes(b"path,subject\n\xff\xfe,s1\n")
    with pytest.raises(DataError, match="can't be read"):
        Table(tmp_path)


def test_rows_that_cannot_be_used_are_left_out(tmp_path: Path) -> None:
    text = (
        "path,subject,start,stop,position\na.wav,s1,0,1,1\nmissing.wav,s1,,,\nb.wav,s1,2,2,\nb.wav,s1,x,3,\n"
        "b.wav,,0,1,\nb.wav,s1,-1,1,\n,s1,,,\nc.wav,s1,nan,1,\na.wav,s1,1,2,first\n"
    )
    dataset = Table(manifest(tmp_path, text))
    for _ in range(2):
        assert [trial.context["path"] for trial in dataset.trials()] == ["a.wav"]
    reasons = [item.why for item in dataset.left_out]
    assert "there is no file" in reasons[0]
    assert reasons[1] == "nothing lies between its start, 2 s, and its stop, 2.0 s"
    assert reasons[2] == "its start is 'x', which is no number"
    assert reasons[3] == "it names no subject"
    assert reasons[4].startswith("nothing lies between its start, -1 s")
    assert reasons[5] == "it names no file"
    assert reasons[6] == "its start is 'nan', which is no number"
    assert reasons[7] == "its position is 'first', which is no number"
    assert "row 2 (missing" in dataset.left_out[0].what


def test_ids_are_the_shortest_that_are_unique(tmp_path: Path) -> None:
    def ids(text: str) -> list[str]:
        return [trial.id for trial in Table(manifest(tmp_path, text, files="a b x/a")).trials()]

    assert ids("path,subject\na.wav,s1\nb.wav,s1\n") == ["a", "b"]
    assert ids("path,subject\na.wav,s1\nx/a.wav,s1\n") == ["a", "x/a"]
    assert ids("path,subject,start,stop\na.wav,s1,0,1\na.wav,s1,1,2\n") == ["a:1", "a:2"]
    assert ids("path,subject,trial\na.wav,s1,1\nb.wav,s2,1\n") == ["s1/1", "s2/1"]
    assert ids("path,subject,session,trial\na.wav,s1,d1,1\nb.wav,s1,d2,1\n") == ["s1/d1/1", "s1/d2/1"]


def test_rows_of_one_file_share_a_recording(tmp_path: Path) -> None:
    text = "path,subject,start,stop\na.wav,s1,0,1\na.wav,s1,1,2\nb.wav,s1,0,1\n"
    assert [trial.recording for trial in Table(manifest(tmp_path, text)).trials()] == ["a.wav", "a.wav", "b:3"]


def test_further_modalities(tmp_path: Path) -> None:
    text = "path,path_bvp,subject\na.wav,b.csv,s1\nc.wav,,s2\n"
    (tmp_path / "b.csv").touch()
    dataset = Table(manifest(tmp_path, text))
    assert dataset.readers == {"speech": "table_file", "bvp": {"name": "table_file", "column": "path_bvp"}}
    assert [trial.context for trial in dataset.trials()] == [{"path": "a.wav", "path_bvp": "b.csv"}, {"path": "c.wav"}]
    assert "sound" in Table(tmp_path, modality="sound").readers


@pytest.mark.parametrize(
    ("suffix", "modality"), [(".flac", "speech"), (".bdf", "eeg"), (".csv", "signal"), (".npy", "features")]
)
def test_the_suffix_gives_the_modality(tmp_path: Path, suffix: str, modality: str) -> None:
    root = manifest(tmp_path, f"path,subject\na{suffix},s1\n", name="list.txt", suffix=suffix)
    assert Table(root).readers == {modality: "table_file"}


def test_the_same_trials_as_emodb(tmp_path: Path, real_data: Path) -> None:
    from insula_emodb.dataset import EmoDB

    theirs = EmoDB(real_data / "emodb")
    rows = [
        f"{theirs.root / t.context['path']},{t.subject},{t.stimulus},{t.labels['emotion']}" for t in theirs.trials()
    ]
    ours = Table(manifest(tmp_path, "path,subject,stimulus,emotion\n" + "\n".join(rows)))
    assert ours.targets["emotion"] == theirs.targets["emotion"]
    for mine, other in zip(ours.trials(), theirs.trials(), strict=True):
        assert (mine.id, mine.subject, mine.stimulus, mine.recording) == (
            other.id,
            other.subject,
            other.stimulus,
            other.recording,
        )
        assert mine.labels["emotion"] == other.labels["emotion"]
