"""The whole chain of arXiv:2602.06997, in order, on a recording with offset, glitch and blinks."""

import numpy as np
import pytest

from insula import Preprocessor, Signal, SignalError
from insula_eeg.average_reference import AverageReference
from insula_eeg.band_power import BandPower
from insula_eeg.band_statistics import BandStatistics
from insula_eeg.bandpass import Bandpass
from insula_eeg.despike import Despike
from insula_eeg.differential_entropy import DifferentialEntropy
from insula_eeg.frontal_asymmetry import FrontalAsymmetry
from insula_eeg.ica import ICA
from insula_eeg.notch import Notch
from insula_eeg.resample import Resample
from insula_signals.standardize import Standardize
from made_eeg import CHANNELS, made

SECONDS = 30


def paper(**ica) -> list[Preprocessor]:
    """Return the chain, with the spikes taken out first."""
    return [Despike(), Bandpass(), Notch(), ICA(**ica), AverageReference(), Resample(), Standardize()]


def run(steps: list[Preprocessor], signal: Signal) -> Signal:
    for step in steps:
        signal = step.fit([signal])(signal)
    return signal


@pytest.fixture(scope="module")
def recording() -> Signal:
    data = made(SECONDS, seed=4).signal(offset=4.2e-3).data.copy()
    data += 5e-6 * np.sin(2 * np.pi * 50 * np.arange(data.shape[1]) / 256).astype(np.float32)
    data[3, 4000] = 0.7
    return Signal.of(data, 256.0, CHANNELS, "V")


@pytest.mark.parametrize("drop", ["frontal_proxy", "paper_top2"])
def test_from_volts_to_scores(recording: Signal, drop: str) -> None:
    result = run(paper(drop=drop), recording)
    assert (result.data.shape, result.sfreq) == ((14, 128 * SECONDS), 128.0)
    assert (result.ch_names, set(result.units)) == (CHANNELS, {"1"})
    assert result.defined.all()
    np.testing.assert_allclose(result.data.mean(axis=1), 0, atol=1e-5)
    np.testing.assert_allclose(result.data.std(axis=1), 1, atol=1e-4)
    assert result.notes["components dropped"] == (1 if drop == "frontal_proxy" else 2)
    assert result.notes["spikes"] == pytest.approx(1 / recording.data.size)
    assert 0.05 < result.notes["variance removed"] < 0.9
    assert result.notes["flat channels"] == result.notes["notch not needed"] == 0


def test_what_comes_out_is_the_brain(recording: Signal) -> None:
    """The same steps on the brain alone, without ICA: blinks, offset, hum and glitch are what they were to remove."""
    brain = Signal.of(made(SECONDS, seed=4).brain, 256.0, CHANNELS, "V")
    expected = run([Bandpass(), AverageReference(), Resample(), Standardize()], brain)
    result = run(paper(), recording)
    alike = [np.corrcoef(a, b)[0, 1] for a, b in zip(result.data, expected.data, strict=True)]
    assert min(alike) > 0.95
    without = run([step for step in paper() if not isinstance(step, ICA)], recording)
    assert np.corrcoef(without.data[0], expected.data[0])[0, 1] < 0.85


def test_a_damaged_recording_has_a_clear_outcome(recording: Signal) -> None:
    """A dead channel, one never connected and one with a gap: undefined as they are, and the others unharmed."""
    data = recording.data.copy()
    data[5], data[6], data[10, 2560:3072] = 4.2e-3, np.nan, np.nan
    result = run(paper(), recording.with_data(data))
    assert not result.defined[[5, 6]].any()
    gap = np.zeros(result.n_times, bool)
    gap[1280:1536] = True
    np.testing.assert_array_equal(result.defined[10], ~gap)
    rest = np.delete(np.arange(14), [5, 6, 10])
    assert result.defined[rest].all()
    assert np.isfinite(result.data[result.defined]).all()
    whole = run(paper(), recording)
    assert min(np.corrcoef(result.data[k], whole.data[k])[0, 1] for k in rest) > 0.9
    assert result.notes["flat channels"] == 1


@pytest.mark.parametrize("level", [0.0, np.nan])
def test_a_recording_without_a_signal_is_refused(recording: Signal, level: float) -> None:
    with pytest.raises(SignalError, match="ica needs two channels with a signal; 0 of 14 have one"):
        run(paper(), recording.with_data(np.full_like(recording.data, level)))


def test_features_of_a_window(recording: Signal) -> None:
    clean = run(paper()[:-1], recording)
    window = clean.with_data(clean.data[:, 1280:1536], t0=10.0)
    sizes = []
    for step in (BandPower(), DifferentialEntropy(), BandStatistics(), FrontalAsymmetry()):
        result = step(window)
        assert result.static
        assert result.defined.all()
        sizes.append(len(result.data))
    assert sizes == [70, 70, 280, 3]
