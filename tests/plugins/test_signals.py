"""Steps for any kind of signal, against plain numpy."""

import numpy as np
import pytest

from insula import DataError, Signal, SignalError
from insula_signals.average_frames import AverageFrames
from insula_signals.standardize import Standardize, Standardized


def signal(data, sfreq: float = 10.0, **more) -> Signal:
    data = np.atleast_2d(np.asarray(data, np.float32))
    return Signal.of(data, sfreq, [f"c{k}" for k in range(len(data))], "V", **more)


def test_standardize_is_numpys_mean_and_std() -> None:
    rng = np.random.default_rng(0)
    parts = [signal(rng.normal([[4.2e-3], [5.0]], [[1e-6], [3.0]], (2, n))) for n in (50, 1, 700)]
    whole = np.concatenate([part.data for part in parts], axis=1).astype(np.float64)
    fitted = Standardize().fit(part for part in parts)
    np.testing.assert_allclose(fitted.mean, whole.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(fitted.std, whole.std(axis=1), rtol=1e-7)
    scored = fitted(parts[2])
    assert scored.units == ("1", "1")
    np.testing.assert_allclose(
        scored.data, (parts[2].data - whole.mean(1)[:, None]) / whole.std(1)[:, None], rtol=1e-5, atol=1e-6
    )


def test_standardize_ignores_what_is_undefined() -> None:
    holes = signal(
        [[1, np.nan, 3, 99], [np.nan] * 4],
        valid=np.array([[True, True, True, False], [True] * 4]) & [[1, 0, 1, 1], [0] * 4] > 0,
    )
    fitted = Standardize().fit([holes, signal([[5, 7], [np.nan, np.nan]])])
    np.testing.assert_allclose(fitted.mean, [4.0, 0.0])
    np.testing.assert_allclose(fitted.std, [np.std([1, 3, 5, 7]), 0.0])
    assert np.isnan(fitted(signal([[np.nan], [np.nan]])).data).all()
    infinite = Standardize().fit([signal([[1, np.inf, 3]])])
    np.testing.assert_allclose(infinite.mean, [2.0])


@pytest.mark.parametrize("value", [0.0, 0.1, -3e7])
def test_a_constant_channel_becomes_zero(value: float) -> None:
    constant = signal(np.full((1, 9999), value))
    np.testing.assert_array_equal(Standardize().fit([constant, constant])(constant).data, 0)


def test_standardize_says_what_does_not_fit() -> None:
    with pytest.raises(SignalError, match="fitted on 2 channels; this signal has 3"):
        Standardized(np.zeros(2), np.ones(2))(signal(np.zeros((3, 4))))
    with pytest.raises(SignalError, match="it got 2 and 1"):
        Standardize().fit([signal(np.zeros((2, 4))), signal(np.zeros((1, 4)))])
    with pytest.raises(DataError, match="no signals"):
        Standardize().fit([])


def test_average_frames() -> None:
    result = AverageFrames(factor=4)(signal(np.arange(10), sfreq=20.0, t0=3.0))
    np.testing.assert_array_equal(result.data, [[1.5, 5.5]])
    assert (result.sfreq, result.t0) == (5.0, 3.0)
    short = AverageFrames(factor=4)(signal([1, 2, 6]))
    np.testing.assert_array_equal(short.data, [[3.0]])
    static = Signal.of([[1.0], [2.0]], 0.0, "ab", "1")
    assert AverageFrames()(static) is static


def test_average_frames_of_undefined_and_irregular_samples() -> None:
    result = AverageFrames(factor=2)(signal([1, np.nan, np.nan, np.nan, 5]))
    np.testing.assert_array_equal(result.data, [[1.0, np.nan]])
    assert result.valid is None
    beats = AverageFrames(factor=2)(signal([1, 2, 3, 4], sfreq=0.0, times=np.array([0.5, 1.0, 1.7, 2.0])))
    np.testing.assert_array_equal(beats.times, [0.5, 1.7])
