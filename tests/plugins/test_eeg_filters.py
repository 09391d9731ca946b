"""Bandpass, notch and resample, against MNE on a Raw and against what sines must become."""

import mne
import numpy as np
import pytest
from scipy.signal import resample_poly

from insula import ConfigError, Signal, SignalError
from insula.plugin.testing import check_preprocessor
from insula.plugin.testing.reach import measure
from insula_eeg.bandpass import Bandpass
from insula_eeg.notch import Notch
from insula_eeg.resample import Resample
from made_eeg import CHANNELS, made

FLOAT32 = 3e-6
"""What float32 may change, as a share of a channel's standard deviation."""


def raw_of(signal: Signal) -> mne.io.RawArray:
    info = mne.create_info(list(signal.ch_names), signal.sfreq, "eeg")
    return mne.io.RawArray(signal.data.astype(np.float64), info, verbose="ERROR")


def close(result: Signal, expected: np.ndarray, share: float = FLOAT32) -> None:
    assert result.data.shape == expected.shape
    assert np.abs(result.data - expected).max() < share * expected.std()


def sine(freq: float, sfreq: float = 256.0, seconds: float = 20.0) -> Signal:
    return Signal.of(np.sin(2 * np.pi * freq * np.arange(seconds * sfreq) / sfreq), sfreq, ["a"], "V")


def gain(step, freq: float) -> float:
    """Return what a step leaves of a sine, away from the ends."""
    signal = sine(freq)
    wave = np.exp(2j * np.pi * freq * np.arange(step(signal).n_times) / step(signal).sfreq)
    inside = slice(wave.size // 4, 3 * wave.size // 4)
    return abs((step(signal).data[0, inside] * wave[inside]).mean() / (wave.imag[inside] * wave[inside]).mean())


@pytest.mark.parametrize(("low", "high"), [(1.0, 45.0), (None, 30.0), (0.5, None), (8.0, 13.0)])
@pytest.mark.parametrize("sfreq", [128.0, 256.0, 250.0])
def test_bandpass_is_mnes(low: float | None, high: float | None, sfreq: float) -> None:
    signal = made(20, sfreq).signal(offset=4.2e-3)
    expected = raw_of(signal).filter(low, high, method="fir", phase="zero", fir_design="firwin", verbose="ERROR")
    result = Bandpass(low=low, high=high)(signal)
    close(result, expected.get_data(), FLOAT32 if low else 1e-4)  # without high-pass the offset takes float32's digits
    assert (result.sfreq, result.units, result.t0) == (sfreq, signal.units, signal.t0)


def test_bandpass_lets_through_what_it_says() -> None:
    gains = [gain(Bandpass(), freq) for freq in (0.5, 2.0, 10.0, 44.0, 50.0, 60.0)]
    np.testing.assert_allclose(gains, [0.5, 1, 1, 1, 10 ** (-4.49 / 20), 10 ** (-59.1 / 20)], atol=4e-3)


def test_notch_is_mnes_and_takes_the_hum_only() -> None:
    signal = made(20).signal()
    for freq, width in ((50.0, None), ((50.0, 100.0), 2.0)):
        expected = raw_of(signal).notch_filter(freq, notch_widths=width, trans_bandwidth=1.0, verbose="ERROR")
        close(Notch(freq=freq, width=width)(signal), expected.get_data())
    np.testing.assert_allclose([gain(Notch(), freq) for freq in (48.0, 50.0, 52.0)], [1, 0, 1], atol=5e-3)


def test_a_notch_that_the_signal_cannot_hold_is_skipped_and_counted() -> None:
    signal = made(10, 64.0).signal()
    skipped = Notch(freq=(50.0, 60.0))(signal)
    np.testing.assert_array_equal(skipped.data, signal.data)
    assert skipped.notes["notch not needed"] == 2
    some = Notch(freq=(20.0, 60.0))(signal)
    assert some.notes["notch not needed"] == 1
    assert not np.array_equal(some.data, signal.data)


@pytest.mark.parametrize(
    ("step", "seconds"),
    [
        (Bandpass(), 1.65),
        (Bandpass(low=None, high=30.0), 0.22),
        (Bandpass(low=4.0), 0.825),
        (Bandpass(low=1.0, low_transition=0.5), 3.3),
        (Bandpass(high_transition=2.0), 1.65),
        (Notch(), 3.3),
        (Notch(transition=4.0), 0.825),
        (Resample(), 10 / 128),
    ],
)
def test_reach_is_half_of_the_filter(step, seconds: float) -> None:
    np.testing.assert_allclose(step.reach, seconds)
    past, future = measure(step, made(16).signal())
    assert 0.8 * seconds <= min(past, future) + 0.01
    assert max(past, future) <= seconds + 1 / 128


@pytest.mark.parametrize("sfreq", [64.0, 128.0, 100.0])
def test_resample_is_scipys_polyphase(sfreq: float) -> None:
    signal = made(20).signal()
    up, down = {64.0: (1, 4), 128.0: (1, 2), 100.0: (25, 64)}[sfreq]
    expected = resample_poly(signal.data.astype(float), up, down, axis=1)
    result = Resample(sfreq=sfreq)(signal)
    edge = round(sfreq / 2)  # ends are another matter: SciPy's default pads with zeros
    np.testing.assert_allclose(result.data[:, edge:-edge], expected[:, edge:-edge], atol=1e-11)
    assert result.sfreq == sfreq
    assert result.n_times == 20 * sfreq
    mnes = raw_of(signal).resample(sfreq, method="polyphase", verbose="ERROR").get_data()
    close(result, mnes)


def test_resample_by_fft_is_mnes_default() -> None:
    signal = made(20).signal()
    for sfreq in (128.0, 300.0):
        close(Resample(sfreq=sfreq, method="fft")(signal), raw_of(signal).resample(sfreq, verbose="ERROR").get_data())
    assert Resample(method="fft").reach == (float("inf"), float("inf"))


def test_resample_keeps_slow_waves_and_drops_what_the_rate_cannot_hold() -> None:
    np.testing.assert_allclose([gain(Resample(), freq) for freq in (2.0, 40.0, 100.0)], [1, 1, 0], atol=5e-3)
    same = sine(2.0, 128.0)
    assert Resample()(same) is same
    odd = Resample()(Signal.of(np.zeros((1, 2561)), 256.0, ["a"], "V", t0=3.0))
    assert (odd.n_times, odd.t0) == (1281, 3.0)


def holed() -> tuple[Signal, Signal]:
    """Return a recording whole and with gaps: one channel partly, one wholly undefined, one infinite once."""
    whole = made(20).signal()
    data, valid = np.array(whole.data), np.ones(whole.data.shape, bool)
    data[0, 1000:1100], data[1] = np.nan, np.nan
    data[2, 2000] = np.inf
    valid[3, 500] = False
    return whole, whole.with_data(data, valid=valid)


@pytest.mark.parametrize("step", [Bandpass(), Notch(), Resample(), Resample(method="fft")])
def test_gaps_stay_where_they_are(step) -> None:
    whole, signal = holed()
    result, ratio = step(signal), 256 // int(step(signal).sfreq)
    gaps = ~result.defined
    assert gaps[1].all()
    assert gaps[0].sum() == pytest.approx(100 / ratio, abs=1)
    assert gaps[0, 1000 // ratio : 1099 // ratio].all()
    assert gaps[2].sum() == gaps[3].sum() == 1
    assert not gaps[4:].any()
    assert np.isfinite(result.data[result.defined]).all()
    expected = step(whole).data
    far = slice(3000 // ratio, None)
    for channel in (0, 2, 3):  # beyond the filter's reach nothing has changed
        np.testing.assert_allclose(result.data[channel, far], expected[channel, far], atol=0.02 * expected.std())
    np.testing.assert_array_equal(result.data[4:], expected[4:])


def test_a_constant_channel_leaves_no_rounding_behind() -> None:
    data = np.array(made(10).signal(offset=4.2e-3).data)
    data[5] = 4.2e-3
    signal = Signal.of(data, 256.0, CHANNELS, "V")
    np.testing.assert_array_equal(Bandpass()(signal).data[5], 0)
    np.testing.assert_array_equal(Bandpass(low=None)(signal).data[5], data[5])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Bandpass(low=None, high=None), "neither low nor high"),
        (lambda: Bandpass(low=40.0, high=30.0), "low=40 Hz isn't below high=30 Hz"),
        (lambda: Bandpass(low=1.0, low_transition=2.0), "low_transition=2 Hz is wider than low=1 Hz"),
        (lambda: Notch(freq=0.4), "the band around 0.4 Hz would begin at -0.101 Hz"),
    ],
)
def test_options_that_make_no_filter(make, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()


@pytest.mark.parametrize(
    ("step", "signal", "message"),
    [
        (Bandpass(), sine(2, 64.0), "high=45 Hz needs a sampling rate of at least 92 Hz; this signal has 64 Hz"),
        (Bandpass(), sine(2, seconds=3.0), r"at least 3.30 s, the length of its filter; this one has 3.00 s"),
        (Bandpass(), Signal.of([[1.0]], 0.0, ["a"], "1"), "bandpass takes samples at a regular rate"),
        (Notch(), sine(2, seconds=6.0), r"notch needs a recording of at least 6.60 s"),
        (Notch(), sine(2, 101.0), "ends at 50.625 Hz, above half the sampling rate of 101 Hz"),
        (Resample(), sine(2, 100.0), "from 100 Hz to 128 Hz type method: fft"),
        (Resample(), sine(2, 256.0437), "from 256.044 Hz to 128 Hz type method: fft"),
        (Resample(), sine(2, 1000.0, seconds=0.003), "a signal of 0.0030 s has no sample at 128 Hz"),
        (
            Resample(),
            Signal.of([[1.0, 2.0]], 0.0, ["a"], "1", times=np.array([0.0, 0.3])),
            "resample takes samples at a regular rate",
        ),
    ],
)
def test_signals_that_cannot_be_filtered(step, signal: Signal, message: str) -> None:
    with pytest.raises(SignalError, match=message):
        step(signal)


def test_a_band_near_half_the_rate_is_narrowed_as_mne_does() -> None:
    signal = made(20, 100.0).signal()
    expected = raw_of(signal).filter(1.0, 45.0, verbose="ERROR").get_data()
    close(Bandpass()(signal), expected)


@pytest.mark.parametrize(
    ("step", "options"), [(Bandpass, {"low": None}), (Notch, {"freq": (50.0,)}), (Resample, {"method": "fft"})]
)
def test_contract(step, options) -> None:
    check_preprocessor(step, signal=made(12, 128.0 if step is Notch else 256.0).signal(), **options)
