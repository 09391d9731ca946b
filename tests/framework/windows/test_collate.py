"""Batches: padded, masked, nothing undefined in them."""

import numpy as np
import pytest
import torch

from insula import DataSpec, Signal, SignalError, SignalSpec, TargetSpec, Window
from insula.windows.collate import collate

SPEC = DataSpec(
    {
        "eeg": SignalSpec(("a", "b"), ("1", "1"), 10.0, None),
        "rr": SignalSpec(("rr",), ("1",), 0.0, None),
        "age": SignalSpec(("age",), ("1",), 0.0, 1, True),
    },
    {"emotion": TargetSpec("emotion", "classes", ("x", "y")), "valence": TargetSpec("valence", "number")},
)


def window(row: int, n: int, **more) -> Window:
    eeg = None if n == 0 else Signal.of(np.ones((2, n)), 10.0, "ab", "1")
    streams = {"eeg": eeg, "rr": None, "age": Signal.of([[3.0]], 0.0, ["age"], "1"), **more}
    return Window(row, streams, {"emotion": np.array([0, 1], np.float32), "valence": None})


def test_padding_is_valid_nowhere_and_missing_streams_are_absent():
    batch = collate([window(7, 3), window(8, 5), window(9, 0)], SPEC)
    eeg = batch.streams["eeg"]
    assert eeg.x.shape == (3, 2, 5)
    assert eeg.lengths.tolist() == [3, 5, 0]
    assert eeg.valid.sum().item() == 2 * 8
    assert batch.present["eeg"].tolist() == [True, True, False]
    assert not batch.present["rr"].any()
    assert batch.rows.tolist() == [7, 8, 9]


def test_nan_becomes_zero_and_invalid():
    data = np.ones((2, 4))
    data[1, 2] = np.nan
    batch = collate([window(0, 0, eeg=Signal.of(data, 10.0, "ab", "1"))], SPEC)
    assert torch.isfinite(batch.streams["eeg"].x).all()
    assert batch.streams["eeg"].x[0, 1, 2] == 0
    assert batch.streams["eeg"].valid[0].tolist() == [[True] * 4, [True, True, False, True]]


def test_elapsed_is_seconds_since_the_sample_before():
    beats = Signal.of([[1, 1, 1]], 0.0, ["rr"], "1", times=np.array([2.0, 2.8, 3.9]))
    batch = collate([window(0, 2, rr=beats)], SPEC)
    np.testing.assert_allclose(batch.streams["eeg"].elapsed[0], [0.1, 0.1])
    np.testing.assert_allclose(batch.streams["rr"].elapsed[0], [0.95, 0.8, 1.1], rtol=1e-6)
    assert batch.streams["age"].elapsed.tolist() == [[1.0]]


def test_labels_may_be_missing_per_target():
    batch = collate([window(0, 2)], SPEC)
    assert (batch.labelled["emotion"].item(), batch.labelled["valence"].item()) == (True, False)
    assert batch.targets["valence"].tolist() == [[0.0]]


def test_channels_in_another_order_are_put_into_the_specs():
    data = np.array([[1, 2], [3, 4]])
    turned = Signal.of(data, 10.0, "ba", "1", valid=np.array([[True, True], [False, True]]))
    stream = collate([window(0, 2), window(1, 0, eeg=turned)], SPEC).streams["eeg"]
    assert stream.x[1].tolist() == [[0, 4], [1, 2]]
    assert stream.valid[1].tolist() == [[False, True], [True, True]]


@pytest.mark.parametrize("names", ["a", "abc", "ac", "aa", [f"c{k}" for k in range(40)]])
def test_other_channels_are_named_not_broadcast(names):
    other = Signal.of(np.ones((len(names), 3)), 10.0, names, "1")
    with pytest.raises(SignalError, match=r"streams\.eeg: row 8 .* a, b") as caught:
        collate([window(7, 3), window(8, 0, eeg=other)], SPEC)
    assert "pick" in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("sfreq", [5.0, 20.0])
def test_another_rate_is_named(sfreq):
    other = Signal.of(np.ones((2, 3)), sfreq, "ab", "1")
    with pytest.raises(SignalError, match=f"streams.eeg: row 8 .* {sfreq:g} Hz .* 10 Hz.*resamples.*sfreq"):
        collate([window(7, 3), window(8, 0, eeg=other)], SPEC)


def test_irregular_samples_in_a_regular_stream_are_named():
    other = Signal.of(np.ones((2, 3)), 0.0, "ab", "1", times=np.array([0.0, 1.0, 3.0]))
    with pytest.raises(SignalError, match=r"row 8 .* irregular"):
        collate([window(8, 0, eeg=other)], SPEC)


def test_a_rate_estimated_from_rounded_times_passes():
    near = Signal.of(np.ones((2, 3)), 10.02, "ab", "1")
    assert collate([window(0, 0, eeg=near)], SPEC).streams["eeg"].lengths.tolist() == [3]
