"""IEMOCAP: what is listed, from a tree written by hand; where the root may be; how a WAV is read."""

import shutil
import time
from collections import Counter
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
import soundfile

from insula import SignalError
from insula.plugin.choice import Choice
from insula.plugin.manager import load_plugins
from insula.plugin.testing import check_dataset, check_plugin, check_reader
from insula.sources.corpus import open_corpus
from insula.sources.sound_reader import SoundReader
from insula_iemocap.counts import RELEASE, SESSIONS, WHOLE
from insula_iemocap.dataset import IEMOCAP
from insula_iemocap.name import Name
from made_iemocap import UTTERANCES, evaluation, session, wav, write_iemocap, write_text

POINT = EntryPoint("iemocap", "insula_iemocap", "insula")
SAID = "Ses01F_impro01_M000"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_iemocap(tmp_path)


def listed(root: Path, **options):
    """Return a dataset and its trials by id."""
    dataset = IEMOCAP(root, **options)
    return dataset, {trial.id: trial for trial in dataset.trials()}


def test_contracts(root: Path) -> None:
    check_plugin(POINT)
    check_dataset(IEMOCAP, root=root)
    check_dataset(IEMOCAP, root=root, classes="all", agreement=0.5)
    check_reader(SoundReader, dataset=IEMOCAP, root=root)


def test_options_pass_the_command_line(root: Path) -> None:
    given = {"name": "iemocap", "root": str(root), "classes": "all", "scenarios": "improvised", "agreement": "0.5"}
    corpus = open_corpus(Choice.of("datasets", given, load_plugins([POINT])))
    assert len(corpus.dataset.targets["emotion"].classes) == 10
    assert {trial.context["type"] for trial in corpus.trials} == {"improvised"}


def test_everything_is_listed_and_nothing_left_out(root: Path) -> None:
    dataset, trials = listed(root)
    assert [*trials] == [*UTTERANCES]  # by dialogue and start: M000 speaks before F001
    assert dataset.left_out == []
    for trial in trials.values():
        assert (trial.dataset, trial.recording, trial.start, trial.stop) == ("iemocap", trial.id, 0.0, None)


def test_a_trial_whole(root: Path) -> None:
    trial = listed(root)[1][SAID]
    assert (trial.subject, trial.session, trial.stimulus, trial.group) == ("Ses01M", "1", "impro01", "Ses01F_impro01")
    assert trial.position == 1
    assert trial.context == {
        "path": f"Session1/sentences/wav/Ses01F_impro01/{SAID}.wav",
        "scenario": "impro01",
        "type": "improvised",
        "gender": "male",
        "mocap": "Ses01F",
        "transcript": "Do you have your forms?",
        "agreement": 0.5,
        "dialogue_start": 7.5712,
        "dialogue_stop": 10.475,
    }


def test_the_speaker_is_the_last_tokens_letter_not_who_wore_the_markers(root: Path) -> None:
    trials = listed(root)[1]
    speakers = {name: trial.subject for name, trial in trials.items()}
    assert speakers["Ses01M_script01_1_F000"] == "Ses01F"
    assert speakers["Ses01M_script01_1_MX01"] == "Ses01M"
    assert {trial.subject for trial in trials.values() if trial.context["gender"] == "female"} == {"Ses01F", "Ses03F"}
    assert Counter(trial.subject[-1] != trial.context["mocap"][-1] for trial in trials.values()) == {False: 5, True: 4}


def test_what_the_index_columns_are_called() -> None:
    assert IEMOCAP.terms == {"subject": "speaker", "stimulus": "scenario", "group": "dialogue"}


def test_takes_are_dialogues_of_one_scenario(root: Path) -> None:
    trials = listed(root)[1]
    a, b = trials["Ses03M_impro05a_F000"], trials["Ses03M_impro05b_F000"]
    assert (a.stimulus, a.group, b.stimulus, b.group) == ("impro05", "Ses03M_impro05a", "impro05", "Ses03M_impro05b")
    assert (a.position, b.position) == (0, 1)


@pytest.mark.parametrize(
    ("name", "scenario", "dialogue", "speaker", "wearer", "kind"),
    [
        ("Ses05M_script01_1b_F003", "script01_1", "Ses05M_script01_1b", "Ses05F", "Ses05M", "scripted"),
        ("Ses03M_impro08b_M012", "impro08", "Ses03M_impro08b", "Ses03M", "Ses03M", "improvised"),
        ("Ses02F_script03_2_FXX0", "script03_2", "Ses02F_script03_2", "Ses02F", "Ses02F", "scripted"),
    ],
)
def test_names(name: str, scenario: str, dialogue: str, speaker: str, wearer: str, kind: str) -> None:
    found = Name.of(name)
    assert found is not None
    assert (found.scenario, found.dialogue, found.person, found.wearer) == (scenario, dialogue, speaker, wearer)
    assert (found.type, found.session) == (kind, str(int(name[3:5])))


@pytest.mark.parametrize("name", ["Ses01F_impro01", "Ses1F_impro01_F000", "Ses01F_film01_F000", "03a01Wa", ""])
def test_what_is_no_name(name: str) -> None:
    assert Name.of(name) is None


def test_transcripts(root: Path) -> None:
    said = {name: trial.context["transcript"] for name, trial in listed(root)[1].items()}
    assert said["Ses01F_impro01_F001"] == "Yeah."
    assert said["Ses01F_impro01_F002"] is None  # not in the file
    assert said["Ses03M_impro05b_F000"] is None  # no file
    assert said["Ses01M_script01_1_F000"] == "It\x92s café time\x85 at last."  # Latin-1; 0x85 ends no line


def test_utf8_is_read_as_such(root: Path) -> None:
    text = "\ufeffSes01F_impro01_F000 [006.2901-008.2357]: Entschuldigung, café…\r\n"
    write_text(session(root, "Ses01") / "dialog/transcriptions/Ses01F_impro01.txt", text, "utf-8")
    assert listed(root)[1]["Ses01F_impro01_F000"].context["transcript"] == "Entschuldigung, café…"


def test_scenarios(root: Path) -> None:
    dataset, scripted = listed(root, scenarios="scripted")
    assert {name.split("_")[1] for name in scripted} == {"script01"}
    assert "2 of 9 utterances are scripted (dataset.scenarios=scripted); the others aren't listed" in dataset.remarks
    assert len(listed(root, scenarios="improvised")[1]) == 7
    assert dataset.left_out == []


def test_the_root_may_be_the_folder_above_and_paths_follow(root: Path) -> None:
    above, trials = listed(root.parent)
    assert [*trials] == [*UTTERANCES]
    trial = trials[SAID]
    assert trial.context["path"].startswith("IEMOCAP_full_release/Session1/")
    assert list(SoundReader(root.parent).files(trial)) == [wav(root, SAID)]
    assert above.left_out == []


def test_some_sessions_will_do(root: Path) -> None:
    shutil.rmtree(root / "Session1")
    assert {trial.session for trial in listed(root)[1].values()} == {"3"}


def test_listing_opens_no_sound_and_twice_says_the_same(root: Path) -> None:
    wav(root, SAID).write_bytes(b"no sound")
    dataset, _ = listed(root)
    first = [*dataset.remarks]
    assert SAID in {trial.id for trial in dataset.trials()}
    assert dataset.remarks == first != []


def test_a_sound_is_what_the_file_holds(root: Path) -> None:
    trial = listed(root)[1][SAID]
    signal = SoundReader(root).read(trial)
    expected, _ = soundfile.read(wav(root, SAID), dtype="int16")
    np.testing.assert_array_equal(signal.data[0], expected.astype(np.float32) / 32768)
    assert (signal.ch_names, signal.units, signal.sfreq) == (("speech",), ("1",), 16_000)
    assert SoundReader(root, sfreq=8_000).read(trial).n_times == len(expected) // 2


def test_a_damaged_sound_is_named(root: Path) -> None:
    trial = listed(root)[1][SAID]
    wav(root, SAID).write_bytes(b"RIFFjunk")
    with pytest.raises(SignalError, match=rf"{SAID}\.wav can't be read as sound"):
        SoundReader(root).read(trial)


def many(root: Path, dialogues: int, turns: int) -> None:
    """Write dialogues of many turns, whose WAV files are empty."""
    for number in range(dialogues):
        dialogue = f"Ses0{1 + number % 5}F_impro{number // 5:02d}"
        lines = []
        for turn in range(turns):
            name = f"{dialogue}_{'FM'[turn % 2]}{turn:03d}"
            lines.append(
                f"[{turn}.0 - {turn}.9]\t{name}\tneu\t[2.5, 2.5, 2.5]\nC-E2:\tNeutral;\t()\nC-E3:\tAnger;\t()\n"
            )
            wav(root, name).parent.mkdir(parents=True, exist_ok=True)
            wav(root, name).touch()
        write_text(evaluation(root, dialogue), "\n".join(lines))


def test_the_whole_release_is_listed_in_no_time(tmp_path: Path) -> None:
    many(tmp_path, dialogues=20, turns=50)
    dataset = IEMOCAP(tmp_path)
    begin = time.process_time()
    assert len(list(dataset.trials())) == 1000
    assert time.process_time() - begin < 1.5  # 0.1 s; 0.7 s for the whole release
    assert dataset.left_out == []


def test_tables_of_counts_agree_with_each_other() -> None:
    """The published totals, from which the tables were copied one by one."""
    sums = {emotion: sum(table[emotion] for table in SESSIONS.values()) for emotion in SESSIONS["1"]}
    assert sums == {emotion: WHOLE[emotion] for emotion in sums}
    assert [sum(table.values()) for table in SESSIONS.values()] == [1085, 1023, 1151, 1031, 1241]
    assert sum(WHOLE.values()) == 10_039 - 2_507
    assert sum(sums.values()) == 5531
    assert sum(sums.values()) - sums["excited"] == 4490
    improvised = RELEASE["improvised"]
    assert (sum(improvised.values()), sum(improvised.values()) - improvised["excited"]) == (2943, 2280)
    assert sum(RELEASE["scripted"].values()) == 5531 - 2943
