"""Heart rate and temperature, and what all feature steps do with gaps, short and foreign signals."""

import warnings

import numpy as np
import pytest

from insula import Signal, SignalError
from insula.plugin.testing import check_preprocessor
from insula_physio.eda import EDA
from insula_physio.heart_rate import HeartRate
from insula_physio.hrv import HRV
from insula_physio.temperature import Temperature
from insula_physio.window_features import latest

STEPS = [HRV, EDA, HeartRate, Temperature]


def signal(x, sfreq: float = 4.0, unit: str = "degC", **more) -> Signal:
    return Signal.of(x, sfreq, ["x"], unit, **more)


def values(result: Signal) -> dict[str, float]:
    return dict(zip(result.ch_names, result.data[:, 0].astype(float), strict=True))


@pytest.mark.parametrize(
    ("step", "options"),
    [(HRV, {"method": "neurokit"}), (EDA, {"method": "neurokit"}), (HeartRate, {}), (Temperature, {"context_min": 2})],
)
def test_contract(step, options) -> None:
    check_preprocessor(step, **options)


def test_heart_rate_is_numpy() -> None:
    x = (70 + 5 * np.random.default_rng(0).standard_normal(60)).astype(np.float32)
    result = HeartRate()(signal(x, 1.0, "1/min"))
    expected = [x.mean(), x.std(), x.max(), x.min(), np.ptp(x), np.median(x), np.polyfit(np.arange(60), x, 1)[0]]
    names = ("hr_mean", "hr_std", "hr_max", "hr_min", "hr_range", "hr_median", "hr_slope")
    assert result.ch_names == names
    assert result.units == ("1/min",) * 6 + ("1/min/s",)
    np.testing.assert_allclose(result.data[:, 0], expected, rtol=1e-5, atol=1e-6)


def test_temperature_is_numpy() -> None:
    x = (33 + 0.02 * np.random.default_rng(0).standard_normal(240).cumsum()).astype(np.float32)
    result = Temperature()(signal(x))
    expected = [x.mean(), x.std(), x.max(), x.min(), np.polyfit(np.arange(240) / 4, x, 1)[0], np.ptp(x)]
    assert result.ch_names == ("temp_mean", "temp_std", "temp_max", "temp_min", "temp_slope", "temp_range")
    assert result.units == ("degC",) * 4 + ("degC/s", "degC")
    np.testing.assert_allclose(result.data[:, 0], expected, rtol=1e-5, atol=1e-6)


def test_one_sample_has_a_level_and_no_spread() -> None:
    found = values(HeartRate()(signal([[72.0]], 1.0)))
    assert [found[f"hr_{name}"] for name in ("mean", "max", "min", "median")] == [72.0] * 4
    assert np.isnan([found[f"hr_{name}"] for name in ("std", "range", "slope")]).all()


def test_constant_is_measured_and_not_undefined() -> None:
    found = values(Temperature()(signal(np.full(240, 33.03))))
    assert found["temp_mean"] == pytest.approx(33.03)
    assert [found["temp_std"], found["temp_slope"], found["temp_range"]] == pytest.approx([0, 0, 0], abs=1e-12)


def test_a_short_gap_is_interpolated() -> None:
    x = np.arange(20.0)
    x[5:9] = np.nan
    np.testing.assert_allclose(latest(signal(x), 1.0), np.arange(20.0))
    np.testing.assert_allclose(latest(signal(x), 0.75), np.arange(9.0, 20.0))  # one sample more than the limit


def test_what_is_marked_is_not_read() -> None:
    x, valid = np.full((1, 20), 30.0), np.ones((1, 20), bool)
    x[0, :10], valid[0, :10] = 900.0, False
    assert values(Temperature()(signal(x, valid=valid)))["temp_mean"] == 30.0


def test_only_what_lies_behind_the_last_long_gap_counts() -> None:
    x = np.r_[np.full(50, 10.0), np.full(50, np.nan), np.full(50, 20.0)]
    assert values(Temperature(gap=2.0)(signal(x)))["temp_mean"] == 20.0
    assert values(Temperature(gap=20.0)(signal(x)))["temp_mean"] == pytest.approx(15.0)
    assert np.isnan(values(Temperature(gap=2.0, context_min=13.0)(signal(x)))["temp_mean"])


def test_a_signal_that_ends_in_a_long_gap_has_no_features() -> None:
    x = np.r_[np.full(50, 10.0), np.full(9, np.nan)]
    assert np.isnan(list(values(Temperature()(signal(x))).values())).all()
    assert values(Temperature()(signal(x[:-1])))["temp_mean"] == 10.0


def test_context_min() -> None:
    step = Temperature(context_min=30.0)
    assert np.isnan(step(signal(np.full(119, 30.0))).data).all()
    assert not np.isnan(step(signal(np.full(120, 30.0))).data).any()


def test_time_and_notes_are_kept() -> None:
    result = HeartRate()(signal(np.full(10, 70.0), 1.0, t0=12.0).noted("flat", 0.25))
    assert (result.t0, dict(result.notes)) == (12.0, {"flat": 0.25})


@pytest.mark.parametrize("step", STEPS)
def test_refusals(step) -> None:
    with pytest.raises(SignalError, match="these features are of one channel; this signal has 2"):
        step()(Signal.of(np.zeros((2, 200)), 64.0, "ab", "1"))
    with pytest.raises(SignalError, match="need a regularly sampled signal; this one has no sampling rate"):
        step()(Signal.of([[1.0]], 0.0, "a", "1"))
    with pytest.raises(SignalError, match="need a regularly sampled signal"):
        step()(signal(np.zeros((1, 3)), 0.0, times=np.array([0.0, 0.7, 1.5])))


@pytest.mark.parametrize("step", [HeartRate, Temperature])
@pytest.mark.parametrize("samples", [0, 1, 2, 60])
def test_bad_signals_give_no_warning(step, samples: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for x in (np.full(samples, np.nan), np.full(samples, np.inf)):
            assert np.isnan(step()(signal(x[None])).data).all()
        assert np.isnan(step()(signal(np.zeros((1, 0)))).data).all()
