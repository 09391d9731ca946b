"""read_sound: one channel of samples, what was done to it, and every kind of file that isn't speech."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from insula import SignalError, read_sound

RATE = 16_000
TONE = 0.3 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)


def written(tmp_path: Path, samples, rate: int = RATE, **more) -> Path:
    soundfile.write(tmp_path / "a.wav", samples, rate, **more)
    return tmp_path / "a.wav"


def test_sixteen_bits_exactly(tmp_path):
    samples = np.random.default_rng(0).integers(-20_000, 20_000, 4000).astype(np.int16)
    signal = read_sound(written(tmp_path, samples))
    assert (signal.ch_names, signal.units, signal.sfreq, dict(signal.notes)) == (("speech",), ("1",), RATE, {})
    np.testing.assert_array_equal(signal.data[0], samples / 32768)


def test_two_channels_are_averaged_and_noted(tmp_path):
    signal = read_sound(written(tmp_path, np.stack([TONE, 0 * TONE], axis=1)))
    np.testing.assert_allclose(signal.data[0], TONE / 2, atol=1e-4)
    assert dict(signal.notes) == {"channels averaged": 1.0}


def test_another_rate_is_resampled_and_noted(tmp_path):
    half = 0.3 * np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)
    signal = read_sound(written(tmp_path, half, 8000), RATE)
    assert (signal.sfreq, signal.n_times, dict(signal.notes)) == (RATE, RATE, {"resampled": 1.0})
    np.testing.assert_allclose(signal.data[0, 2000:-2000], TONE[2000:-2000], atol=2e-3)


def test_clipping_is_noted_and_a_peak_is_not(tmp_path):
    clipped = read_sound(written(tmp_path, (5 * TONE).clip(-1, 1)))
    full = np.abs(5 * TONE) >= 0.999
    assert clipped.notes["clipped"] == pytest.approx(full.mean(), abs=0.01)
    peak = TONE.copy()
    peak[[100, 101]] = 1
    assert "clipped" not in read_sound(written(tmp_path, peak)).notes


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.zeros(0), "holds no samples"),
        (np.zeros(1600), "is silent: all its samples are 0"),
        (np.tile(TONE[:, None], (1, 10)), "has 10 channels; speech has one, or two that are averaged"),
    ],
)
def test_what_is_not_speech(tmp_path, samples, message):
    with pytest.raises(SignalError, match=message) as caught:
        read_sound(written(tmp_path, samples))
    assert "a.wav" in str(caught.value)


def test_silence_may_be_sound_where_it_is_asked_for(tmp_path):
    signal = read_sound(written(tmp_path, np.zeros(1600)), silence=True)
    assert (signal.n_times, dict(signal.notes)) == (1600, {"silent": 1.0})


def test_undefined_samples(tmp_path):
    path = written(tmp_path, np.where(np.arange(RATE) == 5, np.nan, TONE), subtype="FLOAT")
    with pytest.raises(SignalError, match="holds samples that are no numbers"):
        read_sound(path)


def test_a_file_that_is_cut_off(tmp_path):
    path = written(tmp_path, TONE)
    whole = path.read_bytes()
    path.write_bytes(whole[: 44 + 8000])
    with pytest.raises(SignalError, match=r"is cut off: its header promises more sound than there is"):
        read_sound(path)
    path.write_bytes(whole[:40] + b"\xff\xff\xff\xff" + whole[44:])  # the header of a stream promises nothing
    assert read_sound(path).n_times == RATE


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFFjunkWAVE", b"not sound at all"])
def test_no_sound_file(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(SignalError, match=r"a\.wav can't be read as sound"):
        read_sound(tmp_path / "a.wav")
    with pytest.raises(SignalError, match=r"b\.wav can't be read as sound"):
        read_sound(tmp_path / "b.wav")


def test_other_formats_have_no_such_header(tmp_path):
    soundfile.write(tmp_path / "a.flac", TONE, RATE)
    assert read_sound(tmp_path / "a.flac").n_times == RATE
