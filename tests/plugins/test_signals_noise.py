"""Gaussian noise: its size, in the channel's own spread or in its unit."""

import numpy as np
import pytest

from insula import Signal
from insula_signals.gaussian_noise import GaussianNoise


def signal(data) -> Signal:
    data = np.atleast_2d(np.asarray(data, np.float32))
    return Signal.of(data, 10.0, [f"c{k}" for k in range(len(data))], "1")


def channels() -> Signal:
    rng = np.random.default_rng(0)
    return signal(
        np.stack([1e-5 * rng.standard_normal(20_000), 50 + 3 * rng.standard_normal(20_000), np.full(20_000, 7)])
    )


def test_relative_noise_is_in_proportion_to_the_channel() -> None:
    before = channels()
    noise = GaussianNoise(std=0.2)(before, np.random.default_rng(1)).data - before.data
    np.testing.assert_allclose(
        noise.std(axis=1) / before.data.std(axis=1, dtype=np.float64).clip(1e-9), [0.2, 0.2, 0], rtol=0.03
    )
    again = GaussianNoise(std=0.2)(before, np.random.default_rng(1)).data - before.data
    np.testing.assert_array_equal(noise, again)


def test_absolute_noise_is_in_the_channels_unit() -> None:
    before = channels()
    noise = GaussianNoise(std=0.005, relative=False)(before, np.random.default_rng(1)).data - before.data
    np.testing.assert_allclose(noise.std(axis=1), 0.005, rtol=0.03)
    np.testing.assert_allclose(noise.mean(axis=1), 0, atol=2e-4)
    assert abs(np.corrcoef(noise)[0, 1]) < 0.03


@pytest.mark.parametrize("relative", [True, False])
def test_undefined_samples_stay_undefined(relative: bool) -> None:
    hole = GaussianNoise(relative=relative)(signal([1, np.nan, 2]), np.random.default_rng(0))
    np.testing.assert_array_equal(np.isnan(hole.data), [[False, True, False]])
