"""The generator of IEMOCAP on disk: the release's layout, SYNTHETIC, whole after an interruption."""

import json
import re
import wave
from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from insula import DataError
from insula_iemocap.dataset import IEMOCAP
from insula_iemocap.generator import dialogue
from insula_iemocap.generator.plan import Utterance, plan
from insula_iemocap.generator.recipe import Recipe
from insula_iemocap.generator.write import write

SMALL = {"seed": 0, "preset": "null", "utterances": 50, "effect": None, "others": 0.4}
NAMES = {"Neutral": "neu", "Anger": "ang", "Happiness": "hap", "Excited": "exc", "Sadness": "sad", "Frustration": "fru"}
NAMES |= {"Surprise": "sur", "Fear": "fea", "Disgust": "dis", "Other": "oth"}


def planned() -> list[Utterance]:
    return [utterance for said in plan(Recipe.of(**SMALL)).values() for utterance in said]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("iemocap") / "made"
    write(folder, **SMALL)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def blocks(made: Path) -> list[tuple[str, list[str]]]:
    """Return dialogue and lines of every block of every evaluation."""
    found = []
    for path in sorted(made.glob("IEMOCAP_full_release/Session?/dialog/EmoEvaluation/Ses*.txt")):
        header, *rest = path.read_bytes().decode("latin-1").split("\n\n")
        assert header == "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]"
        found += [(path.stem, block.strip().split("\n")) for block in rest]
    return found


def test_the_layout(made: Path) -> None:
    found = {name for name in contents(made) if "/._" not in name}
    expected = {"SYNTHETIC.json", "IEMOCAP_full_release/SYNTHETIC.json"}
    for u in planned():
        session = f"IEMOCAP_full_release/Session{u.id[4]}"
        expected |= {f"{session}/dialog/{kind}/{u.dialogue}.txt" for kind in ("EmoEvaluation", "transcriptions")}
        expected.add(f"{session}/sentences/wav/{u.dialogue}/{u.id}.wav")
    own = {name for name in found if re.search(r"EmoEvaluation/[A-Z][a-z-]+/", name)}
    assert found == expected | own
    assert {name.split("/")[4] for name in own} == {"Categorical", "Attribute", "Self-evaluation"}
    assert len(own) == 15
    about = json.loads((made / "SYNTHETIC.json").read_text())
    assert "SYNTHETIC" in about["note"]
    assert about["options"] == {**SMALL, "effect": 0.0}


def test_a_macs_files_lie_beside(made: Path) -> None:
    names = [name for name in contents(made) if "/._" in name]
    assert len(names) == 15
    for name in names:
        assert (made / name.replace("/._", "/")).is_file()
        assert b"Mac OS X" in (made / name).read_bytes()


def test_times_are_those_of_the_sounds(made: Path) -> None:
    ended: dict[str, float] = {}
    for name, (first, *_) in blocks(made):
        start, stop, utterance = re.match(r"\[(\d+\.\d{4}) - (\d+\.\d{4})\]\t(\S+)\t", first).groups()
        path = made / f"IEMOCAP_full_release/Session{name[4]}/sentences/wav/{name}/{utterance}.wav"
        with wave.open(str(path)) as sound:
            assert float(stop) - float(start) == pytest.approx(sound.getnframes() / 16_000, abs=1e-9)
        assert ended.get(name, 0.0) < float(start)
        ended[name] = float(stop)
    assert len(blocks(made)) == 70


def test_the_votes_make_the_label(made: Path) -> None:
    labels = Counter()
    for _, (first, *lines) in blocks(made):
        _, utterance, label, means = first.split("\t")
        said = [re.fullmatch(r"C-([EFM]\d):\t((?:\w+; ?)+)\t\(.*\)", line) for line in lines if line.startswith("C-")]
        named = {fits[1]: [NAMES[name] for name in re.findall(r"\w+", fits[2])] for fits in said}
        raters = [rater for rater in named if rater[0] == "E"]
        assert len({*raters} & {f"E{n}" for n in range(1, 7)}) == 3
        assert [rater for rater in named if rater not in raters] == [f"{utterance.split('_')[-1][0]}1"]
        (top, most), *others = Counter(chain(*(named[rater] for rater in raters))).most_common()
        if label == "xxx":
            assert others[0][1] == most
        else:
            assert (top, most >= 2) == (label, True)
            assert not others or others[0][1] < most
        values = r"A-(E\d):\tval (\d); act (\d); dom  (\d);\t\(.*\)"
        rated = [[*map(int, re.fullmatch(values, line).groups()[1:])] for line in lines if line.startswith("A-E")]
        assert means == "[{:.4f}, {:.4f}, {:.4f}]".format(*np.mean(rated, axis=0))
        assert len(rated) == 2
        labels[label] += 1
    assert labels["fru"] == 8
    assert labels["xxx"] == 11


def test_transcriptions(made: Path) -> None:
    spoken = {lines[0].split("\t")[1]: lines[0] for _, lines in blocks(made)}
    odd = []
    for path in sorted(made.rglob("transcriptions/Ses*.txt")):
        for line in path.read_text(encoding="latin-1").splitlines():
            fits = re.fullmatch(r"(Ses\S+_[FM]\d{3}) \[(\d{3}\.\d{4})-(\d{3}\.\d{4})\]: (\S.*\.)", line)
            if fits is None:
                odd.append(line)
                continue
            start, stop = float(fits[2]), float(fits[3])
            assert spoken.pop(fits[1]).startswith(f"[{start:.4f} - {stop:.4f}]")
    assert not spoken
    assert {re.sub(r"^Ses.*]:", "", line) for line in odd} == {" [LAUGHTER]", "F: Yeah."}


def test_the_dataset_reads_it(made: Path) -> None:
    dataset = IEMOCAP(made, classes="all")
    trials = list(dataset.trials())
    assert len(trials) == 70
    assert not dataset.left_out
    assert all(trial.context["transcript"] for trial in trials)
    labels = Counter(u.label for u in planned())
    assert sum(trial.labels["emotion"] is None for trial in trials) == labels["xxx"]
    assert any(trial.context["mocap"] != trial.subject for trial in trials)


def test_the_same_options_give_the_same_files(made: Path, tmp_path: Path) -> None:
    IEMOCAP.generate(tmp_path / "again", **SMALL)
    assert contents(tmp_path / "again") == contents(made)
    IEMOCAP.generate(tmp_path / "other", **{**SMALL, "utterances": 20, "seed": 1})
    assert contents(tmp_path / "other").keys() != contents(made).keys()


def test_what_is_interrupted_goes_on(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = dialogue.speech, []

    def tired(made_by: Recipe, utterance: Utterance) -> np.ndarray:
        calls.append(utterance.id)
        if len(calls) == 30:
            raise KeyboardInterrupt
        return real(made_by, utterance)

    monkeypatch.setattr(dialogue, "speech", tired)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "part", **SMALL)
    done = {path: path.stat().st_mtime_ns for path in (tmp_path / "part").rglob("Ses*.*")}
    assert 29 < len(done) < 100
    half = tmp_path / "part" / "IEMOCAP_full_release" / planned()[-1].wav  # what a kill in the middle of a write leaves
    half.parent.mkdir(parents=True)
    half.with_name(f".{half.name}").write_bytes(b"RIFF")
    write(tmp_path / "part", **SMALL)
    assert len(calls) == 71
    assert all(path.stat().st_mtime_ns == when for path, when in done.items())
    assert contents(tmp_path / "part") == contents(made)


def test_only_what_is_missing_is_written(made: Path, tmp_path: Path) -> None:
    small = {**SMALL, "utterances": 20, "others": 0.0}
    write(tmp_path / "made", **small)
    before = contents(tmp_path / "made")
    for name in [*before][::7]:
        if name != "SYNTHETIC.json":
            (tmp_path / "made" / name).unlink()
    write(tmp_path / "made", **small)
    assert contents(tmp_path / "made") == before


def test_other_options_are_refused(made: Path) -> None:
    with pytest.raises(
        DataError, match=r"made was begun with other options \(effect: 0.0 there, 2.0 now\): name a new"
    ):
        write(made, **{**SMALL, "effect": 2.0})


def test_a_strangers_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match=r"isn't empty, and SYNTHETIC.json isn't in it: name a new folder"):
        write(tmp_path, **SMALL)
    (tmp_path / "SYNTHETIC.json").write_text("{")
    with pytest.raises(DataError, match=r"SYNTHETIC.json can't be read \(.*\): name a new folder"):
        write(tmp_path, **SMALL)
