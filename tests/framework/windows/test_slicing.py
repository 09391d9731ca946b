"""Seconds become samples in one place, and windows of one length have one size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insula import Signal
from insula.windows.slicing import behind, covers, cut, samples, spans


def ramp(n: int, sfreq: float, t0: float = 0.0) -> Signal:
    return Signal.of(np.arange(n), sfreq, ["x"], "1", t0=t0)


def test_spans_tile_a_stretch():
    assert spans(1.0, 7.5, 2.0, None) == [(1.0, 3.0), (3.0, 5.0), (5.0, 7.0)]
    assert spans(0.0, 4.0, 2.0, 1.0) == [(0.0, 2.0), (1.0, 3.0), (2.0, 4.0)]
    assert spans(0.0, 1.9, 2.0, None) == []
    assert spans(0.5, 9.0, None, None) == [(0.5, 9.0)]


@given(st.sampled_from([4.0, 31.25, 64.0, 100.0, 128.0, 256.0]), st.floats(0.3, 5), st.floats(0.1, 2), st.floats(0, 20))
def test_windows_of_one_length_have_one_size_and_stay_inside(sfreq, length, step, start):
    signal = ramp(round(60 * sfreq), sfreq)
    windows = [cut(signal, t0, t1) for t0, t1 in spans(start, 59.0, length, step)]
    assert {w.n_times for w in windows} == {samples(length, sfreq)}
    for (t0, _), window in zip(spans(start, 59.0, length, step), windows, strict=True):
        if window is not None:
            assert abs(window.t0 - t0) <= 0.5 / sfreq + 1e-6
            assert window.data[0, 0] == pytest.approx(window.t0 * sfreq)


def test_half_a_sample_makes_no_difference_between_windows():
    signal = ramp(2000, 31.25)
    assert {cut(signal, t0, t1).n_times for t0, t1 in spans(0.1, 60.0, 2.0, 0.3)} == {62}


def test_a_late_signal_keeps_its_clock():
    rate = ramp(20, 1.0, t0=10.0)
    assert cut(rate, 12.0, 15.0).data.tolist() == [[2, 3, 4]]
    assert not covers(rate, 8.0, 12.0)
    assert covers(rate, 10.0, 30.0)
    assert cut(rate, 0.0, 5.0) is None


def test_irregular_signals_are_cut_by_their_times():
    beats = Signal.of([[1, 2, 3, 4]], 0.0, ["rr"], "s", times=np.array([0.0, 0.9, 2.0, 3.1]))
    piece = cut(beats, 0.9, 3.0)
    assert piece.data.tolist() == [[2, 3]]
    assert piece.times.tolist() == [0.9, 2.0]


def test_valid_is_cut_along():
    signal = Signal.of([[1, 2, 3, 4]], 1.0, ["x"], "1", valid=np.array([[True, False, True, True]]))
    assert cut(signal, 1.0, 3.0).valid.tolist() == [[False, True]]


def test_the_whole_of_an_irregular_signal_keeps_its_last_sample():
    beats = Signal.of([[1, 2, 3]], 0.0, ["rr"], "s", times=np.array([0.0, 0.9, 2.0]))
    ((t0, t1),) = spans(0.0, beats.stop, None, None)
    assert cut(beats, t0, t1).data.tolist() == [[1, 2, 3]]
    alone = Signal.of([[1]], 0.0, ["rr"], "s", times=np.array([4.0]))
    assert cut(alone, 0.0, alone.stop).data.tolist() == [[1]]


def test_behind_keeps_the_end():
    kept = behind(ramp(100, 10.0), 8.0, 10.0)
    assert (kept.n_times, kept.t0, kept.data[0, 0]) == (20, 8.0, 80.0)


def test_behind_drops_the_context_of_irregular_signals_too():
    times = np.array([0.0, 0.9, 2.0, 3.1])
    valid = np.array([[True, True, False, True]])
    beats = Signal.of([[1, 2, 3, 4]], 0.0, ["rr"], "s", times=times, valid=valid)
    kept = behind(beats, 2.0, 4.0)
    assert (kept.data.tolist(), kept.times.tolist(), kept.t0) == ([[3, 4]], [2.0, 3.1], 2.0)
    assert kept.valid.tolist() == [[False, True]]
    assert behind(beats, 5.0, 6.0).n_times == 0


@given(st.sampled_from([4.0, 31.25, 100.0]), st.floats(0.5, 3), st.floats(4, 50))
def test_windows_of_one_length_have_one_size_behind_their_context(sfreq, length, t1):
    window = cut(ramp(round(60 * sfreq), sfreq), t1 - length - 1.0, t1)
    assert behind(window, t1 - length, t1).n_times == samples(length, sfreq)
