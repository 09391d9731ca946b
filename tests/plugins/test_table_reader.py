"""Table: every kind of file against the library that wrote it."""

import warnings
from pathlib import Path

import mne
import numpy as np
import pandas as pd
import pytest
import soundfile

from insula import SignalError, Trial
from insula_table.reader import TableFile

CHANNELS = ["AF3", "F7", "O1"]


def read(path: Path, **options):
    reader = TableFile(path.parent, **options)
    trial = Trial("t", "s", context={options.get("column", "path"): path.name})
    assert list(reader.files(trial)) == [path]
    return reader.read(trial)


def raw(seconds: float = 4.0, sfreq: float = 128.0) -> mne.io.RawArray:
    time = np.arange(round(seconds * sfreq)) / sfreq
    data = 2e-5 * np.stack([np.sin(2 * np.pi * (k + 5) * time) for k in range(len(CHANNELS))])
    return mne.io.RawArray(data, mne.create_info(CHANNELS, sfreq, "eeg"), verbose="error")


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_sound(tmp_path: Path, suffix: str) -> None:
    samples = 0.3 * np.sin(2 * np.pi * 220 * np.arange(16_000) / 16_000)
    soundfile.write(tmp_path / f"a{suffix}", np.stack([samples, samples], 1), 16_000)
    signal = read(tmp_path / f"a{suffix}")
    assert (signal.data.shape, signal.sfreq, signal.units) == ((1, 16_000), 16_000, ("1",))
    assert np.corrcoef(signal.data[0], samples)[0, 1] > 0.99
    halved = read(tmp_path / f"a{suffix}", sfreq=8000.0)
    assert (halved.data.shape, halved.sfreq) == ((1, 8000), 8000)
    np.testing.assert_allclose(halved.data[0, 100:-100], signal.data[0, ::2][100:-100], atol=5e-3)


@pytest.mark.parametrize("suffix", [".edf", ".bdf", "_raw.fif", ".set"])
def test_recordings_are_in_volts(tmp_path: Path, suffix: str) -> None:
    path, made = tmp_path / f"a{suffix}", raw()
    if suffix == "_raw.fif":
        made.save(path, verbose="error")
    else:
        mne.export.export_raw(path, made, verbose="error")
    signal = read(path)
    assert (signal.ch_names, signal.units, signal.sfreq) == (tuple(CHANNELS), ("V",) * 3, 128.0)
    np.testing.assert_allclose(signal.data, made.get_data(), atol=2e-9)
    assert read(path, channels=("O1", "AF3")).ch_names == ("O1", "AF3")
    with pytest.raises(SignalError, match="has no channel 'Cz'; it has: AF3, F7, O1"):
        read(path, channels=("Cz",))


def test_triggers_are_no_channel_and_units_follow_the_kind(tmp_path: Path) -> None:
    info = mne.create_info(["EEG", "GSR", "TEMP", "TRIG"], 100.0, ["eeg", "gsr", "temperature", "stim"])
    mne.io.RawArray(np.ones((4, 200)), info, verbose="error").save(tmp_path / "a_raw.fif", verbose="error")
    signal = read(tmp_path / "a_raw.fif")
    assert (signal.ch_names, signal.units) == (("EEG", "GSR", "TEMP"), ("V", "S", "degC"))


def test_damaged_recordings_end_in_one_kind_of_error(tmp_path: Path) -> None:
    epochs = mne.make_fixed_length_epochs(raw(), 1.0, preload=True, verbose="error")
    epochs.save(tmp_path / "epochs-epo.fif", verbose="error")
    raw().save(tmp_path / "whole_raw.fif", verbose="error")
    whole = (tmp_path / "whole_raw.fif").read_bytes()
    (tmp_path / "truncated_raw.fif").write_bytes(whole[: len(whole) // 3])
    mne.export.export_raw(tmp_path / "whole.edf", raw(), verbose="error")
    (tmp_path / "truncated.edf").write_bytes((tmp_path / "whole.edf").read_bytes()[:300])
    for suffix in ("edf", "bdf", "fif", "set"):
        (tmp_path / f"empty.{suffix}").touch()
        (tmp_path / f"junk.{suffix}").write_bytes(b"junk" * 500)
    names = ["epochs-epo.fif", "truncated_raw.fif", "truncated.edf", "nowhere.edf"]
    names += [f"{kind}.{suffix}" for kind in ("empty", "junk") for suffix in ("edf", "bdf", "fif", "set")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            with pytest.raises(SignalError, match=f"{name} can't be read as a continuous"):
                read(tmp_path / name)


def test_csv_with_even_times(tmp_path: Path) -> None:
    time = 2 + np.arange(512) / 128
    frame = pd.DataFrame({"time": time.round(3), "x": np.sin(time), "y": np.cos(time)})
    frame.loc[3, "y"] = None
    frame.to_csv(tmp_path / "a.csv", index=False, sep=";")
    signal = read(tmp_path / "a.csv", units="S")
    assert (signal.sfreq, signal.t0, signal.times, signal.ch_names, signal.units) == (
        128.0,
        2.0,
        None,
        ("x", "y"),
        ("S", "S"),
    )
    np.testing.assert_allclose(signal.data, frame[["x", "y"]].T, atol=1e-6)
    assert not signal.defined[1, 3]
    assert signal.defined.sum() == 2 * 512 - 1


def test_csv_with_uneven_times(tmp_path: Path) -> None:
    (tmp_path / "ibi.csv").write_text("time,IBI\n0.5,0.8\n1.3,0.8\n2.0,0.7\n4.0,2.0\n")
    signal = read(tmp_path / "ibi.csv")
    assert (signal.sfreq, signal.t0) == (0.0, 0.5)
    np.testing.assert_array_equal(signal.times, [0.5, 1.3, 2.0, 4.0])
    gap = np.delete(np.arange(100) / 10, 50)
    pd.DataFrame({"time": gap, "x": gap}).to_csv(tmp_path / "gap.csv", index=False)
    assert read(tmp_path / "gap.csv").times is not None


def test_a_rate_that_is_no_whole_number_stays(tmp_path: Path) -> None:
    pd.DataFrame({"time": np.arange(1000) * 0.032, "x": 1.0}).to_csv(tmp_path / "a.csv", index=False)
    assert read(tmp_path / "a.csv").sfreq == pytest.approx(31.25)


def test_csv_and_parquet_without_time(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [4, 5, 6]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    for name in ("a.csv", "a.parquet"):
        with pytest.raises(SignalError, match=rf"{name} has no column 'time'; say its rate.*sfreq: HZ"):
            read(tmp_path / name)
        signal = read(tmp_path / name, sfreq=4.0)
        np.testing.assert_array_equal(signal.data, [[1, 2, 3], [4, 5, 6]])
        assert signal.sfreq == 4.0
    frame[:1].to_parquet(tmp_path / "one.parquet")
    assert read(tmp_path / "one.parquet").static


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "can't be read as CSV"),
        ("x,y\n", "holds no samples"),
        ("time\n1\n", "holds no samples"),
        ("x\n1\nhigh\n", "column 'x' holds 'high'"),
        ("time,x\n0,1\n0,2\n", "doesn't rise"),
        ("time,x\n0,1\n,2\n", "doesn't rise"),
        ("time,x\n1700000000.0,1\n1700000000.1,2\n", "begins at 1700000000, a date"),
    ],
)
def test_csv_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(SignalError, match=rf"a\.csv.*{message}"):
        read(tmp_path / "a.csv", sfreq=1.0)


def test_npy(tmp_path: Path) -> None:
    data = np.arange(12, dtype=np.float64).reshape(3, 4)
    np.save(tmp_path / "a.npy", data)
    signal = read(tmp_path / "a.npy", sfreq=2.0)
    np.testing.assert_array_equal(signal.data, data)
    assert (signal.sfreq, signal.ch_names) == (2.0, ("c1", "c2", "c3"))
    with pytest.raises(SignalError, match="holds 4 samples and no rate; say its rate"):
        read(tmp_path / "a.npy")
    np.save(tmp_path / "vector.npy", data.ravel())
    assert read(tmp_path / "vector.npy", sfreq=2.0).static
    for bad in (np.zeros((2, 2, 2)), np.array(["a"]), np.array(1.0)):
        np.save(tmp_path / "bad.npy", bad)
        with pytest.raises(SignalError, match=r"bad\.npy must hold numbers"):
            read(tmp_path / "bad.npy")
    (tmp_path / "junk.npy").write_bytes(b"junk")
    with pytest.raises(SignalError, match=r"junk\.npy can't be read as NPY"):
        read(tmp_path / "junk.npy")
    np.save(tmp_path / "none.npy", np.zeros((3, 0)))
    with pytest.raises(SignalError, match=r"none\.npy holds no samples"):
        read(tmp_path / "none.npy", sfreq=1.0)


def test_an_empty_cell_is_a_missing_modality(tmp_path: Path) -> None:
    reader = TableFile(tmp_path / "manifest.csv", column="path_bvp")
    assert reader.read(Trial("t", "s", context={"path": "a.wav"})) is None
    with pytest.raises(SignalError, match="files of this kind can't be read"):
        reader.read(Trial("t", "s", context={"path_bvp": "a.doc"}))


def test_resampling_needs_defined_samples(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("time,x\n0,1\n1,\n2,3\n")
    with pytest.raises(SignalError, match="undefined samples can't be resampled from 1 to 4 Hz"):
        read(tmp_path / "a.csv", sfreq=4.0)
