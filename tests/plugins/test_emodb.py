"""EmoDB: what file names say, what is left out, and how a WAV is read."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile

from insula import DataError, SignalError
from insula.sources.sound_reader import SoundReader
from insula_emodb.dataset import EmoDB


def wav(path: Path, samples: np.ndarray | None = None, rate: int = 16_000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.zeros(1600) if samples is None else samples, rate)
    return path


def test_real_files(real_data: Path) -> None:
    dataset = EmoDB(real_data / "emodb")
    trials = list(dataset.trials())
    counts = Counter(trial.labels["emotion"] for trial in trials)
    assert counts == {"anger": 127, "happiness": 71, "sadness": 62, "neutral": 79}
    assert len({trial.subject for trial in trials}) == 10
    assert len({trial.stimulus for trial in trials}) == 10
    assert dataset.left_out == []
    by_folder = EmoDB(real_data / "emodb" / "wav")
    assert [trial.id for trial in by_folder.trials()] == [trial.id for trial in trials]


def test_real_signal_is_what_the_file_holds(real_data: Path) -> None:
    root = real_data / "emodb"
    trial = next(iter(EmoDB(root).trials()))
    reader = SoundReader(root)
    signal = reader.read(trial)
    expected, rate = soundfile.read(root / "wav" / f"{trial.id}.wav", dtype="int16")
    np.testing.assert_array_equal(signal.data[0], expected.astype(np.float32) / 32768)
    assert (signal.sfreq, signal.units, rate) == (16_000, ("1",), 16_000)
    assert list(reader.files(trial)) == [root / "wav" / f"{trial.id}.wav"]


def test_a_name_says_everything(tmp_path: Path) -> None:
    wav(tmp_path / "03b09La.wav")
    wav(tmp_path / "16a01Wb.wav")
    boredom, anger = EmoDB(tmp_path).trials()
    assert (boredom.id, boredom.subject, boredom.stimulus) == ("03b09La", "03", "b09")
    assert boredom.labels == {"emotion": None, "emotion7": "boredom"}
    assert anger.labels == {"emotion": "anger", "emotion7": "anger"}
    assert boredom.context == {"path": "03b09La.wav", "gender": "male", "age": 31}
    assert anger.context["gender"] == "female"


@pytest.mark.parametrize("name", ["99a01Wa", "03a03Wa", "03a01Xa", "03a01W", "03a01Waa", "notes"])
def test_wrong_names_are_left_out_and_counted(tmp_path: Path, name: str) -> None:
    wav(tmp_path / "03a01Fa.wav")
    wav(tmp_path / f"{name}.wav")
    dataset = EmoDB(tmp_path)
    for _ in range(2):  # listing twice counts once
        assert [trial.id for trial in dataset.trials()] == ["03a01Fa"]
    (item,) = dataset.left_out
    assert item.what.endswith(f"{name}.wav")
    assert "not an EmoDB name" in item.why


def test_a_missing_root_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no folder .*nowhere.*dataset\.root="):
        EmoDB(tmp_path / "nowhere").trials()
    with pytest.raises(DataError, match=r"no WAV files in .*03a01Wa\.wav.*dataset\.root="):
        EmoDB(tmp_path).trials()
    wav(tmp_path / "a.wav")
    with pytest.raises(DataError, match=r"none of the 1 WAV files .* has an EmoDB name"):
        EmoDB(tmp_path).trials()


def test_other_rates_and_channels_become_mono_at_16_khz(tmp_path: Path) -> None:
    time = np.arange(44_100) / 44_100
    tone = 0.5 * np.sin(2 * np.pi * 440 * time)
    wav(tmp_path / "03a01Fa.wav", np.stack([tone, 0.5 * tone], axis=1), 44_100)
    trial = next(iter(EmoDB(tmp_path).trials()))
    signal = SoundReader(tmp_path).read(trial)
    expected = 0.75 * 0.5 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    assert (signal.data.shape, signal.sfreq) == ((1, 16_000), 16_000)
    np.testing.assert_allclose(signal.data[0, 200:-200], expected[200:-200], atol=2e-3)


@pytest.mark.parametrize("content", [b"", b"RIFFjunk", b"not sound at all"])
def test_an_unreadable_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "03a01Fa.wav").write_bytes(content)
    trial = next(iter(EmoDB(tmp_path).trials()))
    with pytest.raises(SignalError, match=r"03a01Fa\.wav can't be read as sound"):
        SoundReader(tmp_path).read(trial)


def test_a_file_without_samples_is_named(tmp_path: Path) -> None:
    wav(tmp_path / "03a01Fa.wav", np.zeros(0))
    trial = next(iter(EmoDB(tmp_path).trials()))
    with pytest.raises(SignalError, match=r"03a01Fa\.wav holds no samples"):
        SoundReader(tmp_path).read(trial)
