"""Spectrogram against scipy, zero-crossing rate against counting."""

import warnings

import numpy as np
import pytest
from scipy.signal import stft

from insula import Signal, SignalError
from insula_speech.mfcc import MFCC
from insula_speech.spectrogram import Spectrogram
from insula_speech.zero_crossing_rate import ZeroCrossingRate

STEPS = [Spectrogram(), Spectrogram(center=False), ZeroCrossingRate(), ZeroCrossingRate(center=False)]


def noise(seconds: float = 0.7, sfreq: float = 16_000, **more) -> Signal:
    return Signal.of(np.random.default_rng(0).normal(0, 0.1, round(seconds * sfreq)), sfreq, ["speech"], "1", **more)


def tone(frequency: float, seconds: float = 1.0, sfreq: float = 16_000) -> Signal:
    time = np.arange(round(seconds * sfreq)) / sfreq
    return Signal.of(0.3 * np.sin(2 * np.pi * frequency * time), sfreq, ["speech"], "1")


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize(("n_fft", "hop", "top", "bins"), [(640, 160, 4000, 161), (512, 100, 3990, 128)])
def test_spectrogram_is_scipys(n_fft: int, hop: int, top: float, bins: int, center: bool) -> None:
    signal = noise(t0=2.0)
    result = Spectrogram(n_fft=n_fft, hop=hop, top=top, center=center, top_db=None)(signal)
    frequencies, _, theirs = stft(
        signal.data[0].astype(np.float64),
        fs=16_000,
        nperseg=n_fft,
        noverlap=n_fft - hop,
        boundary="zeros" if center else None,  # pyright: ignore[reportArgumentType]
        padded=False,
    )
    kept = theirs[frequencies <= top] * (n_fft / 2)  # scipy divides by the sum of the window, which is n_fft / 2
    np.testing.assert_allclose(result.data, 10 * np.log10(np.abs(kept) ** 2), atol=2e-3)
    assert result.ch_names == tuple(f"bin_{k}" for k in range(bins))
    assert (result.sfreq, result.t0, set(result.units)) == (16_000 / hop, 2.0, {"1"})


def test_a_tone_is_loudest_in_its_bin_and_top_db_cuts_the_rest() -> None:
    plain, cut = (Spectrogram(top_db=top_db)(tone(1000)).data for top_db in (None, 30.0))
    assert set(plain.argmax(axis=0)) == {40}  # 25 Hz apart
    assert plain.max() - plain.min() > 60
    np.testing.assert_allclose(cut, np.maximum(plain, plain.max() - 30), atol=1e-4)


def test_zero_crossing_rate_is_what_counting_gives() -> None:
    sound = noise().data[0]
    result = ZeroCrossingRate(frame_length=400, hop=160)(noise(t0=1.0))
    extended = np.concatenate([np.full(200, sound[0]), sound, np.full(200, sound[-1])])
    counted = []
    for begin in range(0, len(extended) - 399, 160):
        frame = extended[begin : begin + 400]
        counted.append(sum((a >= 0) != (b >= 0) for a, b in zip(frame[1:], frame[:-1], strict=True)) / 400)
    np.testing.assert_allclose(result.data[0], counted, atol=1e-7)
    assert (result.ch_names, result.sfreq, result.t0) == (("zero_crossing_rate",), 100.0, 1.0)
    middle = ZeroCrossingRate()(tone(400, 2.0)).data[0, 5:-5]
    np.testing.assert_allclose(middle, 2 * 400 / 16_000, rtol=0.02)
    assert ZeroCrossingRate()(noise(1.3)).n_times == MFCC()(noise(1.3)).n_times


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("n_times", [1, 2, 639, 640, 2048])
def test_short_sound_is_finite_and_silent_about_it(step, n_times: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for sound in (noise(), noise().with_data(np.zeros((1, n_times)))):
            result = step(sound.with_data(sound.data[:, :n_times]))
            assert result.n_times >= 1
            assert np.isfinite(result.data).all()
    if isinstance(step, ZeroCrossingRate):
        np.testing.assert_array_equal(result.data, 0)  # silence crosses nothing


@pytest.mark.parametrize("step", STEPS)
def test_what_is_no_sound_is_refused(step) -> None:
    gap = noise().data.copy()
    gap[0, 5:8] = np.nan
    with pytest.raises(SignalError, match="3 of 11200 samples are undefined"):
        step(noise().with_data(gap))
    with pytest.raises(SignalError, match=r"(spectrogram|zero_crossing_rate) takes one channel of sound; .* has 2"):
        step(Signal.of(np.zeros((2, 900)), 16_000, "lr", "1"))


def test_a_top_above_the_sounds_own_is_refused() -> None:
    with pytest.raises(SignalError, match="up to 5000 Hz, and sound at 8000 Hz ends at 4000: type top=4000 or less"):
        Spectrogram(top=5000)(noise(sfreq=8000))
    assert len(Spectrogram()(noise(sfreq=8000)).data) == 321


def test_reach_is_what_a_perturbed_sample_shows() -> None:
    assert Spectrogram().reach == (float("inf"), float("inf"))
    signal = noise(1.5, sfreq=8000)
    for step in (Spectrogram(top_db=None), Spectrogram(top_db=None, center=False), *STEPS[2:]):
        plain, furthest = step(signal), np.zeros(2)
        for at in range(4000, 4700, 7):
            changed = signal.data.copy()
            changed[0, at] = -np.sign(changed[0, at]) * 5
            moved = np.flatnonzero((step(signal.with_data(changed)).data != plain.data).any(axis=0)) / plain.sfreq
            if len(moved):
                furthest = np.maximum(furthest, [moved.max() - at / 8000, at / 8000 - moved.min()])
        assert (furthest <= np.array(step.reach) + 1 / 8000).all()
        assert (furthest >= np.array(step.reach) - 0.08).all()  # and not declared far too long
