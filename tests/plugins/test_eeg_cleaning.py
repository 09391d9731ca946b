"""Despike and average reference, against plain numpy and on a real EPOC recording."""

from pathlib import Path

import numpy as np
import pytest

from insula import Signal, SignalError
from insula_eeg.average_reference import AverageReference
from insula_eeg.bandpass import Bandpass
from insula_eeg.despike import Despike
from made_eeg import CHANNELS, made

GLITCHES = (898, 10386, 11509, 13179)
"""The broken samples of the recording."""


@pytest.fixture
def epoc(real_data: Path) -> Signal:
    table = np.genfromtxt(real_data / "epoc_eye_state" / "eeg-eye-state.csv", delimiter=",", skip_header=1)
    return Signal.of(1e-6 * table[:, :14].T, 128.0, CHANNELS, "V")


@pytest.mark.parametrize("method", ["interpolate", "clip"])
def test_despike_mends_a_real_recording(epoc: Signal, method) -> None:
    assert np.abs(epoc.data - np.median(epoc.data, axis=1, keepdims=True)).max() > 0.6
    result = Despike(method=method)(epoc)
    assert np.abs(result.data).max() < 6e-4
    assert np.abs(np.median(result.data, axis=1)).max() < 1e-6
    untouched = np.delete(np.arange(epoc.n_times), GLITCHES)
    expected = epoc.data - np.median(epoc.data.astype(float), axis=1, keepdims=True)
    np.testing.assert_allclose(result.data[:, untouched], expected[:, untouched], atol=1e-9)
    assert result.notes["spikes"] == pytest.approx(54 / epoc.data.size)
    assert Bandpass()(result).data.std() < 5e-5 < 1e-3 < Bandpass()(epoc).data.std()


def test_a_glitch_becomes_a_line_or_the_limit() -> None:
    rng = np.random.default_rng(0)
    data = rng.normal(4.2e-3, 1e-5, (2, 1001))
    data[0, 500:502] = 0.7, -0.7
    signal = Signal.of(data, 128.0, "ab", "V")
    centred = data - np.median(signal.data.astype(float), axis=1, keepdims=True)
    line = Despike()(signal).data[0, 499:503]
    np.testing.assert_allclose(line, np.linspace(centred[0, 499], centred[0, 502], 4), atol=1e-9)
    limit = 20 * 1.4826 * np.median(np.abs(centred[0]))
    np.testing.assert_allclose(Despike(method="clip")(signal).data[0, 500:502], [limit, -limit], rtol=1e-3)
    np.testing.assert_allclose(Despike()(signal).data[1], centred[1], atol=1e-9)
    assert np.abs(Despike(threshold=1e6)(signal).data).max() > 0.6


def test_despike_keeps_gaps_and_constants() -> None:
    data = np.array([[1, 2, np.nan, 3, 900, 2, 1.0], [5] * 6 + [7], [np.nan] * 7])
    result = Despike()(Signal.of(data, 10.0, "abc", "V"))
    np.testing.assert_array_equal(np.isnan(result.data), np.isnan(data))
    np.testing.assert_allclose(result.data[0, [0, 1, 3, 4]], [-1, 0, 1, 0.5])  # the median is 2
    np.testing.assert_allclose(result.data[1], [0] * 6 + [2])
    assert result.notes["spikes"] == pytest.approx(1 / 13)


def test_average_reference_takes_the_mean_away() -> None:
    signal = made(10).signal()
    result = AverageReference()(signal)
    expected = signal.data - signal.data.mean(axis=0, dtype=float)
    np.testing.assert_allclose(result.data, expected, atol=1e-11)
    rank = [np.linalg.matrix_rank(s.data.astype(float), tol=1e-6) for s in (signal, result)]
    assert rank == [14, 13]
    assert result.notes["flat channels"] == 0


def test_what_is_undefined_takes_no_part_in_the_mean() -> None:
    data = np.array([[1, 2, 3, 4.0], [3, np.nan, 7, 5], [8, 4, 2, 6], [np.nan] * 4])
    valid = ~np.isnan(data)
    valid[2, 3] = False
    result = AverageReference()(Signal.of(data, 10.0, "abcd", "V", valid=valid))
    nan = np.nan
    expected = [[-3, -1, -1, -0.5], [-1, nan, 3, 0.5], [4, 1, -2, nan], [nan] * 4]
    np.testing.assert_allclose(result.data, expected, atol=1e-6)
    np.testing.assert_array_equal(result.defined, ~np.isnan(expected))
    alone = AverageReference()(Signal.of([[1, 2, 3.0], [5, 9, nan]], 10.0, "ab", "V"))
    np.testing.assert_array_equal(alone.defined, [[True, True, False]] * 2)


@pytest.mark.parametrize("level", [0.0, 4.2e-3])
def test_a_flat_channel_neither_counts_nor_turns_into_a_signal(level: float) -> None:
    data = np.array(made(10).signal().data)
    data[6] = level
    data[7] = level + 1e-12 * np.sin(np.arange(data.shape[1]))  # what rounding leaves of a constant
    result = AverageReference()(Signal.of(data, 256.0, CHANNELS, "V"))
    rest = np.delete(np.arange(14), [6, 7])
    assert np.isnan(result.data[[6, 7]]).all()
    np.testing.assert_allclose(result.data[rest], data[rest] - data[rest].mean(axis=0), atol=1e-11)
    assert result.notes["flat channels"] == 2


@pytest.mark.parametrize("data", [np.zeros((3, 20)), np.random.default_rng(0).normal(size=(1, 20))])
def test_without_two_channels_there_is_no_reference(data: np.ndarray) -> None:
    with pytest.raises(SignalError, match=r"needs two channels with a signal; \d of \d have one"):
        AverageReference()(Signal.of(data, 10.0, "abc"[: len(data)], "V"))


@pytest.mark.parametrize("step", [Despike(), AverageReference()])
def test_static_vectors_are_refused(step) -> None:
    with pytest.raises(SignalError, match="takes samples at a regular rate"):
        step(Signal.of([[1.0], [2.0]], 0.0, "ab", "1"))
