"""Features of speech against direct calls of librosa."""

import warnings
from pathlib import Path

import librosa
import numpy as np
import pytest

from insula import Signal, SignalError
from insula_speech.log_mel import LogMel
from insula_speech.mfcc import MFCC

INFINITE = (float("inf"), float("inf"))


def sound(seconds: float = 1.5, sfreq: float = 16_000, t0: float = 0.0) -> Signal:
    time = np.arange(round(seconds * sfreq)) / sfreq
    samples = 0.2 * np.sin(2 * np.pi * (200 + 300 * time) * time) + 0.02 * np.random.default_rng(0).standard_normal(
        len(time)
    )
    return Signal.of(samples, sfreq, ["speech"], "1", t0=t0)


def test_mfcc_is_librosas(real_data: Path) -> None:
    y, sr = librosa.load(real_data / "emodb" / "wav" / "03a01Fa.wav", sr=None)
    base = librosa.feature.mfcc(y=y, sr=sr, n_mfcc=13)
    expected = np.concatenate([base, librosa.feature.delta(base), librosa.feature.delta(base, order=2)])
    result = MFCC()(Signal.of(y, sr, ["speech"], "1", t0=2.0))
    np.testing.assert_allclose(result.data, expected, rtol=1e-5, atol=1e-4)
    assert result.data.shape == (39, 1 + len(y) // 512)
    assert (result.sfreq, result.t0, set(result.units)) == (31.25, 2.0, {"1"})
    assert (result.ch_names[0], result.ch_names[13], result.ch_names[38]) == ("mfcc_1", "delta_1", "delta2_13")


@pytest.mark.parametrize("top_db", [80.0, None])
@pytest.mark.parametrize("center", [True, False])
def test_options_reach_librosa(top_db: float | None, center: bool) -> None:
    signal = sound()
    power = librosa.feature.melspectrogram(
        y=signal.data[0], sr=16_000, n_fft=512, hop_length=160, center=center, n_mels=40
    )
    expected = librosa.power_to_db(power, top_db=top_db)
    options = {"n_fft": 512, "hop": 160, "center": center, "top_db": top_db}
    log_mel = LogMel(n_mels=40, **options)(signal)
    np.testing.assert_allclose(log_mel.data, expected, rtol=1e-5, atol=1e-4)
    assert (log_mel.sfreq, log_mel.ch_names[-1]) == (100.0, "mel_40")
    power = librosa.feature.melspectrogram(y=signal.data[0], sr=16_000, n_fft=512, hop_length=160, center=center)
    expected = librosa.feature.mfcc(S=librosa.power_to_db(power, top_db=top_db), n_mfcc=20)
    mfcc = MFCC(n_mfcc=20, deltas=False, **options)(signal)
    np.testing.assert_allclose(mfcc.data, expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("n_times", [1, 400, 512, 3000, 4095, 4096])
@pytest.mark.parametrize("center", [True, False])
def test_short_sound_is_finite_and_silent_about_it(n_times: int, center: bool) -> None:
    signal = sound().with_data(sound().data[:, :n_times])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = MFCC(center=center)(signal)
    assert np.isfinite(result.data).all()
    assert result.n_times == (1 + n_times // 512 if center else 1 + max(n_times - 2048, 0) // 512)
    if result.n_times == 1:
        np.testing.assert_allclose(result.data[13:], 0, atol=1e-4)


def test_silence_is_finite() -> None:
    silent = sound().with_data(np.zeros((1, 8000)))
    assert np.isfinite(MFCC()(silent).data).all()
    assert np.isfinite(LogMel()(silent).data).all()


@pytest.mark.parametrize("step", [MFCC(), LogMel()])
def test_what_is_no_sound_is_refused(step) -> None:
    gap = sound().data.copy()
    gap[0, 5:8] = np.nan
    with pytest.raises(SignalError, match="3 of 24000 samples are undefined"):
        step(sound().with_data(gap))
    gap[0, 5:8] = np.inf
    with pytest.raises(SignalError, match="3 of 24000 samples are undefined"):
        step(sound().with_data(gap))
    with pytest.raises(SignalError, match="one channel of sound; this signal has 2"):
        step(Signal.of(np.zeros((2, 900)), 16_000, "lr", "1"))
    with pytest.raises(SignalError, match="no samples"):
        step(sound(0.0))
    with pytest.raises(SignalError, match="at least 8000 Hz at a regular rate; this has 128 Hz"):
        step(sound(sfreq=128))


def test_reach_is_what_a_perturbed_sample_shows() -> None:
    assert MFCC().reach == LogMel().reach == INFINITE
    signal = sound(3.0, sfreq=8000)
    for step in (
        LogMel(top_db=None),
        LogMel(top_db=None, center=False),
        MFCC(top_db=None),
        MFCC(top_db=None, center=False),
    ):
        plain = step(signal)
        past, future = step.reach
        for at in (60, 12_000, 20_000):
            changed = signal.data.copy()
            changed[0, at] += 5
            moved = np.abs(step(signal.with_data(changed)).data - plain.data).max(axis=0) > 1e-3
            times = np.flatnonzero(moved) / plain.sfreq
            assert len(times)
            assert times.max() - at / 8000 <= past
            assert at / 8000 - times.min() <= future
