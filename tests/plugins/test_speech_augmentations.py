"""Pitch shift, time stretch and vocal-tract length perturbation, on sounds whose frequencies and times are known."""

import warnings

import librosa
import numpy as np
import pytest

from insula import ConfigError, Signal, SignalError
from insula_speech.pitch_shift import PitchShift
from insula_speech.spectrogram import Spectrogram
from insula_speech.time_stretch import TimeStretch
from insula_speech.vtlp import VTLP

ALL = [PitchShift, TimeStretch, VTLP]


def sound(samples, sfreq: float = 16_000, **more) -> Signal:
    return Signal.of(samples, sfreq, ["speech"], "1", **more)


def tone(frequency: float, *, seconds: float = 1.5, sfreq: float = 16_000) -> Signal:
    time = np.arange(round(seconds * sfreq)) / sfreq
    return sound(0.2 * np.sin(2 * np.pi * frequency * time), sfreq, t0=3.0, notes={"clipped": 0.1})


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def loudest(signal: Signal) -> float:
    """Return the loudest frequency of the middle of a sound, to 0.1 Hz."""
    middle = signal.data[0, signal.n_times // 4 : -signal.n_times // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), round(10 * signal.sfreq)))
    return float(spectrum.argmax()) / 10


@pytest.mark.parametrize("semitones", [2.0, -3.5, 12.0])
def test_pitch_shift_moves_a_tone_by_semitones_and_keeps_the_duration(semitones: float) -> None:
    shifted = PitchShift(low=semitones, high=semitones)(tone(440), rng())
    assert loudest(shifted) == pytest.approx(440 * 2 ** (semitones / 12), rel=2e-3)
    assert (shifted.n_times, shifted.t0, shifted.notes) == (24_000, 3.0, {"clipped": 0.1})
    assert shifted.data.dtype == np.float32


def test_pitch_shift_is_uniform_in_semitones() -> None:
    shifts = [
        12 * np.log2(loudest(PitchShift(low=-1, high=3)(tone(500, seconds=0.4), rng(k))) / 500) for k in range(60)
    ]
    assert -1.1 < min(shifts) < -0.7
    assert 2.7 < max(shifts) < 3.1
    assert np.mean(shifts) == pytest.approx(1.0, abs=0.45)


def test_the_published_recipe_is_librosas(real_data) -> None:
    y, sr = librosa.load(real_data / "emodb" / "wav" / "03a01Fa.wav", sr=None)
    expected = librosa.effects.pitch_shift(y, sr=sr, n_steps=2)
    np.testing.assert_allclose(PitchShift(low=2, high=2)(sound(y, sr), rng()).data[0], expected, atol=1e-6)
    expected = librosa.util.fix_length(librosa.effects.time_stretch(y, rate=0.9), size=len(y))
    np.testing.assert_allclose(TimeStretch(low=0.9, high=0.9)(sound(y, sr), rng()).data[0], expected, atol=1e-6)


@pytest.mark.parametrize("rate", [0.8, 1.25])
def test_time_stretch_moves_clicks_and_keeps_a_tones_frequency(rate: float) -> None:
    clicks = np.zeros(32_000)
    clicks[[4000, 12_000, 22_000]] = 0.9
    stretched = TimeStretch(low=rate, high=rate, keep_length=False)(sound(clicks), rng()).data[0]
    assert len(stretched) == round(32_000 / rate)
    for at in np.array([4000, 12_000, 22_000]) / rate:
        around = np.arange(int(at) - 2000, int(at) + 2000)
        energy = stretched[around] ** 2
        assert (energy * around).sum() / energy.sum() == pytest.approx(at, abs=1024)  # half a window
    assert loudest(TimeStretch(low=rate, high=rate)(tone(440), rng())) == pytest.approx(440, rel=2e-3)


def test_time_stretch_keeps_the_length_by_cutting_or_by_silence() -> None:
    whole = TimeStretch(low=1.25, high=1.25, keep_length=False)(tone(440), rng())
    kept = TimeStretch(low=1.25, high=1.25)(tone(440), rng())
    assert (whole.n_times, kept.n_times) == (19_200, 24_000)
    np.testing.assert_array_equal(kept.data[:, :19_200], whole.data)
    np.testing.assert_array_equal(kept.data[:, 19_200:], 0)
    slow = TimeStretch(low=0.8, high=0.8)(tone(440), rng())
    long = TimeStretch(low=0.8, high=0.8, keep_length=False)(tone(440), rng())
    assert (slow.n_times, long.n_times, slow.t0, slow.sfreq) == (24_000, 30_000, 3.0, 16_000)
    np.testing.assert_array_equal(slow.data, long.data[:, :24_000])


def test_time_stretch_is_uniform_in_the_logarithm() -> None:
    stretch = TimeStretch(low=0.5, high=2, keep_length=False)
    rates = np.array([3000 / stretch(tone(300, seconds=3000 / 16_000), rng(k)).n_times for k in range(200)])
    assert 0.5 <= rates.min() < 0.53
    assert 1.9 < rates.max() <= 2
    assert np.mean(rates < 1) == pytest.approx(0.5, abs=0.1)


def expected_warp(frequency: float, factor: float, top: float, boundary: float = 0.6) -> float:
    """Jaitly & Hinton's G(f), written as they write it."""
    edge = boundary * top * min(factor, 1)
    if frequency <= edge / factor:
        return frequency * factor
    return top - (top - edge) / (top - edge / factor) * (top - frequency)


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("hertz", [210.0, 1000.0, 3100.0, 6600.0])
def test_vtlp_moves_a_tone_to_the_warped_frequency(factor: float, hertz: float) -> None:
    warped = VTLP(low=factor, high=factor)(tone(hertz), rng())
    assert loudest(warped) == pytest.approx(expected_warp(hertz, factor, 8000), rel=1e-3)
    assert (warped.n_times, warped.t0, warped.notes) == (24_000, 3.0, {"clipped": 0.1})
    loudness = librosa.feature.rms(y=warped.data[0, 2000:-2000], center=False)
    assert loudness.std() < 0.02 * loudness.mean()  # steady: phases go on from frame to frame
    assert loudness.mean() == pytest.approx(0.2 / np.sqrt(2), rel=0.2)


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_vtlp_of_speech_has_the_spectrogram_that_was_meant(real_data, factor: float) -> None:
    """The sound's own spectrogram beside the warped one; with the phases left as they were 0.5 is missed of it."""
    y, sr = librosa.load(real_data / "emodb" / "wav" / "03a01Fa.wav", sr=None)
    vtlp, step = VTLP(low=factor, high=factor), Spectrogram(n_fft=1024, hop=256, top=8000, top_db=None)
    warped = vtlp(step(sound(y, sr)), rng()).data
    heard = step(vtlp(sound(y, sr), rng())).data
    meant, got = 10 ** (warped / 20), 10 ** (heard / 20)
    assert np.linalg.norm(got - meant) / np.linalg.norm(meant) < 0.25


def test_vtlp_keeps_the_time_of_a_click() -> None:
    click = np.zeros(16_000)
    click[7000] = 0.9
    energy = VTLP(low=1.1, high=1.1)(sound(click), rng()).data[0] ** 2
    assert (energy * np.arange(16_000)).sum() / energy.sum() == pytest.approx(7000, abs=80)  # 5 ms


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("at", [20, 50, 90])
def test_vtlp_moves_the_bins_of_a_spectrogram(factor: float, at: int) -> None:
    bump = np.exp(-0.5 * ((np.arange(101) - at) / 3) ** 2)
    names = [f"bin_{k}" for k in range(101)]
    spectrogram = Signal.of(np.stack([bump, 2 * bump], axis=1), 100, names, "1", t0=1.0)
    warped = VTLP(low=factor, high=factor)(spectrogram, rng())
    moved = expected_warp(at, factor, 100)
    for column, scale in ((0, 1), (1, 2)):
        values = warped.data[:, column]
        assert (values * np.arange(101)).sum() / values.sum() == pytest.approx(moved, abs=0.35)
        assert values.max() == pytest.approx(scale, rel=0.03)
    assert (warped.ch_names, warped.sfreq, warped.t0) == (spectrogram.ch_names, 100, 1.0)


def test_vtlp_keeps_both_ends_and_factor_one_changes_nothing() -> None:
    spectrogram = Spectrogram()(sound(rng(3).normal(0, 0.1, 16_000)))
    warped = VTLP(low=0.9, high=0.9, boundary=0.8)(spectrogram, rng())
    np.testing.assert_allclose(warped.data[[0, -1]], spectrogram.data[[0, -1]], rtol=1e-6)
    np.testing.assert_allclose(VTLP(low=1, high=1)(spectrogram, rng()).data, spectrogram.data, rtol=1e-5)
    speech = sound(rng(3).normal(0, 0.1, 16_000))
    np.testing.assert_allclose(VTLP(low=1, high=1)(speech, rng()).data, speech.data, atol=1e-5)


def test_vtlp_draws_its_factor_uniformly() -> None:
    ramp = Signal.of(np.arange(101.0)[:, None], 100, [f"bin_{k}" for k in range(101)], "1")
    factors = np.array([50 / VTLP()(ramp, rng(k)).data[50, 0] for k in range(300)])  # at 50 the ramp says where from
    assert 0.9 <= factors.min() < 0.91
    assert 1.09 < factors.max() <= 1.1001
    assert factors.mean() == pytest.approx(1.0, abs=0.012)


def test_vtlp_leaves_undefined_bins_undefined() -> None:
    spectrogram = Spectrogram()(sound(rng().normal(0, 0.1, 16_000)))
    holes = spectrogram.data.copy()
    holes[:, 7] = np.nan
    warped = VTLP()(spectrogram.with_data(holes), rng())
    np.testing.assert_array_equal(np.isnan(warped.data).all(axis=0), np.arange(warped.n_times) == 7)
    assert np.isfinite(np.delete(warped.data, 7, axis=1)).all()
    marked = np.ones_like(holes, dtype=bool)
    marked[:, 3] = False
    warped = VTLP()(spectrogram.with_data(spectrogram.data, valid=marked), rng())
    np.testing.assert_array_equal(warped.defined, marked)


@pytest.mark.parametrize("augmentation", ALL)
@pytest.mark.parametrize("n_times", [1, 2, 500, 1023, 2047])
def test_short_and_silent_sound(augmentation, n_times: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        short = augmentation()(sound(tone(440).data[:, :n_times]), rng(4))
        silent = augmentation()(sound(np.zeros(n_times)), rng(4))
    assert short.n_times == n_times
    assert np.isfinite(short.data).all()
    np.testing.assert_array_equal(silent.data, np.zeros((1, n_times)))


def test_one_sample_spoken_fast_is_still_one() -> None:
    assert TimeStretch(low=4, high=4, keep_length=False)(sound([0.5]), rng()).n_times == 1


@pytest.mark.parametrize("augmentation", ALL)
def test_what_is_no_sound_is_refused(augmentation) -> None:
    gap = tone(440).data.copy()
    gap[0, 5:8] = np.nan
    with pytest.raises(SignalError, match="takes sound without gaps; 3 of 24000 samples are undefined"):
        augmentation()(tone(440).with_data(gap), rng())
    with pytest.raises(SignalError, match="takes sound of at least 8000 Hz at a regular rate; this has 128 Hz"):
        augmentation()(tone(440, sfreq=128), rng())
    with pytest.raises(SignalError, match="no samples"):
        augmentation()(tone(440, seconds=0), rng())


def test_vtlp_says_where_it_stands() -> None:
    coefficients = Signal.of(np.zeros((39, 9)), 31.25, [f"mfcc_{k}" for k in range(39)], "1")
    with pytest.raises(SignalError, match=r"bins of spectrogram, .* 39 channels, mfcc_0 first: move vtlp to augment"):
        VTLP()(coefficients, rng())
    with pytest.raises(SignalError, match="this signal has 1 channels, age first"):
        VTLP()(Signal.of([[3.0]], 0, ["age"], "1"), rng())


@pytest.mark.parametrize(("augmentation", "name"), zip(ALL, ["pitch_shift", "time_stretch", "vtlp"], strict=True))
def test_bounds_the_wrong_way_round_are_refused(augmentation, name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name}: low is 1.2 and high is 1.1; type a low that isn't above high"):
        augmentation(low=1.2, high=1.1)
