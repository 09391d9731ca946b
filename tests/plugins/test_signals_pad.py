"""Pad: zeros up to a fixed number of samples, and what the audit is told."""

import numpy as np
import pytest

from insula import Signal, SignalError
from insula_signals.pad import Pad


def signal(data, **more) -> Signal:
    data = np.atleast_2d(np.asarray(data, np.float32))
    return Signal.of(data, 31.25, [f"c{k}" for k in range(len(data))], "1", t0=2.0, **more)


def test_a_short_window_is_filled_with_zeros_that_count_as_measured() -> None:
    result = Pad(to=5)(signal([[1, 2, 3], [4, 5, 6]]))
    np.testing.assert_array_equal(result.data, [[1, 2, 3, 0, 0], [4, 5, 6, 0, 0]])
    assert result.defined.all()
    assert (result.ch_names, result.sfreq, result.t0) == (("c0", "c1"), 31.25, 2.0)
    assert Pad()(signal(np.ones((39, 110)))).data.shape == (39, 998)
    np.testing.assert_array_equal(Pad(to=2)(signal(np.ones((1, 0)))).data, [[0, 0]])


def test_a_long_window_is_cut_at_its_end() -> None:
    np.testing.assert_array_equal(Pad(to=2)(signal([1, 2, 3])).data, [[1, 2]])
    same = Pad(to=3)(signal([1, 2, 3]))
    np.testing.assert_array_equal(same.data, [[1, 2, 3]])


def test_undefined_samples_stay_undefined() -> None:
    result = Pad(to=4)(signal([1, np.nan, 3]))
    np.testing.assert_array_equal(result.defined, [[True, False, True, True]])
    marked = signal([1, 2, 3], valid=np.array([[True, False, True]]))
    np.testing.assert_array_equal(Pad(to=4)(marked).defined, [[True, False, True, True]])
    np.testing.assert_array_equal(Pad(to=2)(marked).defined, [[True, False]])


def test_the_audit_is_told() -> None:
    assert Pad().disclosure == (
        "zeros behind the end are read as if they were measured, so that the outcome depends on how long a window is"
    )
    assert Pad().reach == (0.0, 0.0)


def test_what_has_no_length_is_refused() -> None:
    with pytest.raises(SignalError, match=r"this one is a static vector\. Take pad out of this stream"):
        Pad()(Signal.of([[1.0], [2.0]], 0, "ab", "1"))
    with pytest.raises(SignalError, match=r"this one is irregular\. Resample it before pad"):
        Pad()(Signal.of([[0.8, 0.9]], 0, ["ibi"], "s", times=np.array([0.8, 1.7])))
