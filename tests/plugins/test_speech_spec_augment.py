"""SpecAugment: how many masks, how wide, where, and what they leave."""

import numpy as np
import pytest

from insula import Signal, SignalError
from insula_speech.spec_augment import SpecAugment


def features(channels: int = 40, steps: int = 200, sfreq: float = 100.0, **more) -> Signal:
    data = np.random.default_rng(0).normal(np.arange(channels)[:, None], 1.0, (channels, steps))
    return Signal.of(data, sfreq, [f"mel_{k}" for k in range(channels)], "1", **more)


def changed(signal: Signal, seed: int, **options) -> np.ndarray:
    """Return what was hidden, ``(channels, time)``."""
    return SpecAugment(**options)(signal, np.random.default_rng(seed)).data != signal.data


def test_what_is_hidden_becomes_the_channels_mean_and_the_rest_stays() -> None:
    signal = features(t0=2.0)
    result = SpecAugment()(signal, np.random.default_rng(3))
    hidden = result.data != signal.data
    assert hidden.any()
    mean = np.broadcast_to(signal.data.mean(axis=1, keepdims=True), hidden.shape)
    np.testing.assert_allclose(result.data[hidden], mean[hidden], rtol=1e-5)
    bands, stretches = hidden.all(axis=1), hidden.all(axis=0)
    np.testing.assert_array_equal(hidden, bands[:, None] | stretches)
    assert (result.ch_names, result.units, result.sfreq, result.t0) == (signal.ch_names, signal.units, 100.0, 2.0)


def test_the_mean_of_a_channel_stays_about_what_it_was() -> None:
    signal = features(steps=2000)
    means = np.mean([SpecAugment()(signal, np.random.default_rng(k)).data.mean(axis=1) for k in range(40)], axis=0)
    np.testing.assert_allclose(means, signal.data.mean(axis=1), atol=0.01)


def test_a_bands_width_is_uniform_up_to_the_widest_and_so_is_its_place() -> None:
    signal = features(20, 3)
    hidden = [changed(signal, k, frequency_masks=1, frequency_width=4, time_masks=0) for k in range(3000)]
    bands = np.array([one.all(axis=1) for one in hidden])
    assert all((one == one[:, :1]).all() for one in hidden)  # whole channels
    widths = bands.sum(axis=1)
    np.testing.assert_allclose(np.bincount(widths) / 3000, [0.2] * 5, atol=0.03)
    assert (np.abs(np.diff(bands.astype(int), axis=1)).sum(axis=1) <= 2).all()  # in one piece
    begins = bands[widths == 3].argmax(axis=1)
    assert (begins.min(), begins.max()) == (0, 16)  # [0, 20 - 3), as the paper has it
    np.testing.assert_allclose(np.bincount(begins) / len(begins), 1 / 17, atol=0.04)


@pytest.mark.parametrize(
    ("options", "longest"),
    [
        ({"time_width": 0.3, "time_share": 1.0}, 30),
        ({"time_width": 5.0, "time_share": 0.2}, 40),
        ({"time_width": 9.0, "time_share": 1.0}, 199),
        ({"time_width": 0.0}, 0),
        ({"time_share": 0.0}, 0),
    ],
)
def test_a_stretch_is_limited_in_seconds_and_in_share(options: dict, longest: int) -> None:
    hidden = [changed(features(3), k, frequency_masks=0, time_masks=1, **options) for k in range(1500)]
    widths = np.array([one.all(axis=0).sum() for one in hidden])
    assert longest * 0.98 <= widths.max() <= longest
    assert widths.mean() == pytest.approx(longest / 2, rel=0.06)


def test_several_masks_add_up() -> None:
    pieces = [
        np.diff(changed(features(60, 9), k, frequency_masks=3, frequency_width=4, time_masks=0)[:, 0].astype(int))
        for k in range(400)
    ]
    assert max((one == 1).sum() for one in pieces) == 3
    none = SpecAugment(frequency_masks=0, time_masks=0)(features(), np.random.default_rng(0))
    np.testing.assert_array_equal(none.data, features().data)


def test_never_is_everything_hidden() -> None:
    for k in range(300):
        assert not changed(features(3, 5), k, frequency_masks=1, time_masks=1, time_share=1.0, time_width=9.0).all()
    one = features(1, 1)
    np.testing.assert_array_equal(SpecAugment()(one, np.random.default_rng(0)).data, one.data)
    empty = features(3, 0)
    assert SpecAugment()(empty, np.random.default_rng(0)).n_times == 0


def test_undefined_values_stay_undefined_and_out_of_the_mean() -> None:
    data = features(30, 50).data.copy()
    data[2, 5:20] = np.nan
    data[4] = np.nan
    signal = features(30, 50).with_data(data)
    seen = 0
    for k in range(40):
        result = SpecAugment()(signal, np.random.default_rng(k)).data
        np.testing.assert_array_equal(np.isnan(result), np.isnan(data))
        hidden = (result[2] != data[2]) & ~np.isnan(data[2])
        np.testing.assert_allclose(result[2, hidden], np.nanmean(data[2]), rtol=1e-5)
        seen += hidden.sum()
    assert seen
    valid = np.ones((30, 50), dtype=bool)
    valid[0, 10:] = False
    marked = features(30, 50).with_data(np.where(valid, 1.0, 1e9), valid=valid)
    result = SpecAugment()(marked, np.random.default_rng(1))
    np.testing.assert_array_equal(result.data, marked.data)  # what is marked neither changes nor counts
    assert result.valid is valid


def test_what_has_no_time_is_refused() -> None:
    with pytest.raises(SignalError, match="hides stretches of features at a regular rate; this signal has none"):
        SpecAugment()(Signal.of([[1.0], [2.0]], 0, "ab", "1"), np.random.default_rng(0))
    beats = Signal.of([[0.8, 0.9]], 0, ["ibi"], "s", times=np.array([0.8, 1.7]))
    with pytest.raises(SignalError, match="regular rate"):
        SpecAugment()(beats, np.random.default_rng(0))
