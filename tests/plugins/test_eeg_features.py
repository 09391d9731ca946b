"""Features of a window, against MNE and SciPy."""

import mne
import numpy as np
import pytest
from scipy import stats
from scipy.signal import butter, sosfiltfilt, welch

from insula import ConfigError, Signal, SignalError
from insula.plugin.testing import check_preprocessor
from insula_eeg.band_power import BandPower
from insula_eeg.band_statistics import BandStatistics
from insula_eeg.bands import BANDS
from insula_eeg.differential_entropy import DifferentialEntropy
from insula_eeg.frontal_asymmetry import FrontalAsymmetry
from made_eeg import CHANNELS, made

FLOAT32 = 1e-6
STEPS = [BandPower, DifferentialEntropy, BandStatistics, FrontalAsymmetry]


def window(seconds: float = 2.0, sfreq: float = 128.0, unit: str = "V") -> Signal:
    signal = made(max(seconds, 4), sfreq, seed=3).signal()
    data = signal.data[:, : round(seconds * sfreq)]
    return Signal.of(data if unit == "V" else data / data.std(), sfreq, CHANNELS, unit, t0=6.0)


def in_band(signal: Signal, band: tuple[float, float]) -> np.ndarray:
    sos = butter(4, band, "bandpass", fs=signal.sfreq, output="sos")
    return sosfiltfilt(sos, signal.data.astype(np.float64), axis=-1)


@pytest.mark.parametrize("n_per_seg", [None, 1.0])
def test_band_power_is_mnes_welch(n_per_seg: float | None) -> None:
    signal = window()
    length = 256 if n_per_seg is None else 128
    psd, freqs = mne.time_frequency.psd_array_welch(
        signal.data.astype(float), 128.0, 0, 60, n_fft=length, n_per_seg=length, verbose="ERROR"
    )
    expected = [psd[:, (freqs >= low) & (freqs < high)].mean(axis=1) for low, high in BANDS.values()]
    result = BandPower(n_per_seg=n_per_seg)(signal)
    assert result.data.shape == (70, 1)
    np.testing.assert_allclose(result.data.reshape(14, 5), np.transpose(expected), rtol=FLOAT32)
    assert result.ch_names[:6] == ("AF3.delta", "AF3.theta", "AF3.alpha", "AF3.beta", "AF3.gamma", "F7.delta")
    assert set(result.units) == {"V^2/Hz"}
    assert (result.static, result.t0) == (True, 6.0)


def test_band_power_options() -> None:
    signal = window()
    freqs, psd = welch(signal.data.astype(float), 128.0, window="hamming", nperseg=64, noverlap=32)
    expected = np.log(psd[:, (freqs >= 4) & (freqs < 12)].mean(axis=1))
    result = BandPower(bands={"slow": (4.0, 12.0)}, n_per_seg=0.5, overlap=0.5, log=True)(signal)
    np.testing.assert_allclose(result.data[:, 0], expected, rtol=FLOAT32)
    assert (result.ch_names[0], result.units[0]) == ("AF3.slow", "1")
    assert BandPower()(window(unit="1")).units[0] == "1"


def test_a_sine_has_its_power_in_its_band() -> None:
    time = np.arange(256) / 128
    power = BandPower()(Signal.of(3 * np.sin(2 * np.pi * 10 * time), 128.0, ["a"], "1")).data[:, 0]
    assert power[2] * 5 == pytest.approx(3**2 / 2, rel=1e-3)  # density times the width of the band
    assert power[[0, 3, 4]].max() < 1e-3 * power[2]


@pytest.mark.parametrize(("seconds", "sfreq"), [(2.0, 128.0), (1.0, 256.0), (7.0, 128.0)])
def test_differential_entropy_is_that_of_scipys_filters(seconds: float, sfreq: float) -> None:
    signal = window(seconds, sfreq)
    result = DifferentialEntropy()(signal)
    expected = [stats.norm(scale=in_band(signal, band).std(axis=1)).entropy() for band in BANDS.values()]
    np.testing.assert_allclose(result.data.reshape(14, 5), np.transpose(expected), rtol=FLOAT32)
    assert set(result.units) == {"1"}
    assert result.ch_names[69] == "AF4.gamma"


@pytest.mark.parametrize("unit", ["V", "1"])
def test_band_statistics_are_scipys(unit: str) -> None:
    signal = window(unit=unit)
    result = BandStatistics()(signal)
    waves = np.stack([in_band(signal, band) for band in BANDS.values()], axis=1)
    moments = [waves.mean(-1), waves.std(-1), stats.skew(waves, axis=-1), stats.kurtosis(waves, axis=-1)]
    found = np.moveaxis(result.data.reshape(14, 5, 4), -1, 0)
    for values, expected in zip(found, moments, strict=True):
        np.testing.assert_allclose(values, expected, rtol=1e-5, atol=FLOAT32 * np.abs(expected).max())
    assert len(result.ch_names) == 280
    assert result.ch_names[:5] == (
        "AF3.delta.mean", "AF3.delta.std", "AF3.delta.skewness", "AF3.delta.kurtosis", "AF3.theta.mean"
    )  # fmt: skip
    assert result.units[:5] == (unit, unit, "1", "1", unit)


def test_frontal_asymmetry_is_right_less_left() -> None:
    signal = window()
    freqs, psd = welch(signal.data.astype(float), 128.0, window="hamming", nperseg=256)
    alpha = dict(zip(CHANNELS, psd[:, (freqs >= 8) & (freqs < 13)].mean(axis=1), strict=True))
    pairs = [("AF4", "AF3"), ("F8", "F7"), ("F4", "F3")]
    logs, plain = FrontalAsymmetry()(signal), FrontalAsymmetry(literal=True)(signal)
    np.testing.assert_allclose(
        logs.data[:, 0], [np.log(alpha[right] / alpha[left]) for right, left in pairs], rtol=1e-5
    )
    np.testing.assert_allclose(plain.data[:, 0], [alpha[right] - alpha[left] for right, left in pairs], rtol=1e-5)
    assert logs.ch_names == ("AF4-AF3", "F8-F7", "F4-F3")
    assert (logs.units[0], plain.units[0]) == ("1", "V^2/Hz")
    louder = np.array(signal.data)
    louder[13] *= 2
    np.testing.assert_allclose(
        FrontalAsymmetry()(signal.with_data(louder)).data[:, 0] - logs.data[:, 0], [np.log(4), 0, 0], atol=1e-5
    )


@pytest.mark.parametrize("step", [*STEPS, lambda: BandPower(log=True), lambda: FrontalAsymmetry(literal=True)])
def test_undefined_and_flat_channels_have_undefined_features(step) -> None:
    whole = window()
    data, valid = np.array(whole.data), np.ones(whole.data.shape, bool)
    data[0, 3], data[4] = np.nan, 7e-6
    data[9, 100] = np.inf
    valid[12, 255] = False
    result, expected = step()(whole.with_data(data, valid=valid)), step()(whole)
    gone = {"AF3", "T7", "T8", "F8"}
    kept = [gone.isdisjoint(name.replace("-", ".").split(".")) for name in result.ch_names]
    np.testing.assert_array_equal(result.defined[:, 0], kept)
    np.testing.assert_array_equal(result.data[kept], expected.data[kept])


@pytest.mark.parametrize("step", [BandPower, DifferentialEntropy, BandStatistics])
def test_a_band_needs_a_cycle(step) -> None:
    half = step()(window(0.5))
    fits = np.array([name.split(".")[1] != "delta" for name in half.ch_names])  # 2 Hz is the lowest here
    np.testing.assert_array_equal(half.defined[:, 0], fits)
    assert step()(window(1.0)).defined.all()


def test_windows_too_short_for_anything() -> None:
    for step in (DifferentialEntropy, BandStatistics):
        assert step(bands={"gamma": (30.0, 45.0)})(window(28 / 128)).defined.all()
        assert not step(bands={"gamma": (30.0, 45.0)})(window(27 / 128)).defined.any()
    assert not FrontalAsymmetry()(window(0.1)).defined.any()
    assert not BandPower(bands={"narrow": (9.1, 9.4)})(window()).defined.any()  # no bin within


@pytest.mark.parametrize("step", STEPS)
def test_windows_that_are_none(step) -> None:
    with pytest.raises(SignalError, match=r"takes a window of samples at a regular rate; this signal has none"):
        step()(Signal.of([[1.0], [2.0]], 0.0, "ab", "1"))


@pytest.mark.parametrize("step", STEPS[:3])
def test_bands_that_are_none(step) -> None:
    with pytest.raises(SignalError, match=r"'gamma' \(30–45 Hz\) needs a sampling rate above 90 Hz; this .* has 64 Hz"):
        step()(window(2.0, 64.0))
    with pytest.raises(ConfigError, match="'alpha' goes from 13 to 8 Hz; type 0 < lowest < highest"):
        step(bands={"alpha": (13.0, 8.0)})


def test_asymmetry_names_what_is_missing() -> None:
    with pytest.raises(SignalError, match=r"needs the channel 'Fp2'; this signal has AF3, .*: type pairs"):
        FrontalAsymmetry(pairs=(("Fp2", "Fp1"),))(window())


def test_notes_are_kept() -> None:
    for step in STEPS:
        assert step()(window().noted("spikes", 0.5)).notes == {"spikes": 0.5}


@pytest.mark.parametrize("step", STEPS)
def test_contract(step) -> None:
    check_preprocessor(step)
