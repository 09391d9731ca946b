"""The quality gate: planted faults are found, and only they; real recordings pass."""

from typing import Any

import numpy as np
import pytest

from insula import ConfigError, Signal, SignalError
from insula.plugin.testing import check_preprocessor
from insula_signals.enough_valid import EnoughValid
from insula_signals.quality import Quality
from insula_signals.stretches import Stretches

BVP: dict[str, Any] = {"flat": 2.0, "saturated": 0.1, "noise": 0.4}


def signal(x, sfreq: float = 64.0, **more) -> Signal:
    x = np.atleast_2d(x)
    return Signal.of(x, sfreq, [f"c{k}" for k in range(len(x))], "nW", **more)


def pulse(seconds: float) -> np.ndarray:
    time = np.arange(round(seconds * 64)) / 64
    return 50 * np.sin(2 * np.pi * 1.2 * time) + 15 * np.sin(2 * np.pi * 2.4 * time + 1)


@pytest.fixture
def real_pulse(real_data):
    return np.loadtxt(real_data / "stress_predict" / "S03" / "BVP.csv", skiprows=2)


@pytest.mark.parametrize(
    "options", [{}, {"stretch": 0.7}, {"low": -1.0, "high": 1.0, "noise": 0.9, "band": (0.5, 2000.0)}]
)
def test_contract(options: dict[str, Any]) -> None:
    check_preprocessor(Quality, **options)


def test_nothing_is_found_in_a_pulse() -> None:
    result = Quality(**BVP, low=-100, high=100)(signal(pulse(31)))
    assert dict(result.notes) == {"flat": 0, "saturated": 0, "out of range": 0, "noise": 0}
    assert result.defined.all()


@pytest.mark.parametrize(
    ("fault", "garbage"),
    [
        ("noise", lambda rng, n: 50 * rng.standard_normal(n)),
        ("flat", lambda rng, n: np.zeros(n)),
        ("flat", lambda rng, n: 0.3 * rng.standard_normal(n)),  # a sensor that is off
        ("saturated", lambda rng, n: np.clip(pulse(n / 64), -1e9, 10)),
        ("saturated", lambda rng, n: np.clip(pulse(n / 64), -20, 20)),
    ],
)
def test_silent_garbage_is_found_where_it_is(fault: str, garbage) -> None:
    """Ten seconds of garbage in thirty: all of it is marked, the data are kept, nothing else is touched."""
    x = pulse(30)
    x[640:1280] = garbage(np.random.default_rng(0), 640)
    before = signal(x)
    result = Quality(**BVP)(before)
    np.testing.assert_array_equal(np.flatnonzero(~result.defined[0]), np.arange(640, 1280))
    np.testing.assert_array_equal(result.data, before.data)
    assert dict(result.notes) == pytest.approx(dict.fromkeys(("flat", "saturated", "noise"), 0.0) | {fault: 1 / 3})


def test_real_pulse_passes_and_its_ruins_do_not(real_pulse) -> None:
    gate = Quality(**BVP)
    assert gate(signal(real_pulse)).defined.mean() > 0.99
    limit = 0.5 * real_pulse.std()
    assert gate(signal(np.clip(real_pulse, -limit, limit))).notes["saturated"] > 0.5
    rng = np.random.default_rng(0)
    assert gate(signal(real_pulse.std() * rng.standard_normal(len(real_pulse)))).notes["noise"] > 0.99
    assert gate(signal(rng.integers(0, 2, len(real_pulse)) * 0.01)).notes["flat"] == 1.0


def test_real_session_passes(real_data) -> None:
    x = np.loadtxt(real_data / "e4_session" / "BVP.csv", skiprows=2)
    assert Quality(**BVP)(signal(x)).defined.mean() > 0.95
    eda = np.loadtxt(real_data / "e4_session" / "EDA.csv", skiprows=2) * 1e-6
    result = Quality(stretch=10, low=0.01e-6, high=100e-6)(Signal.of(eda, 4.0, ["EDA"], "S"))
    assert not result.defined[0, 0]  # an E4's first value is 0
    assert result.defined.mean() > 0.99


def test_out_of_range_is_on_single_samples() -> None:
    result = Quality(flat=None, low=20, high=42)(signal([36.0, 19.9, 20.0, 42.0, 42.1, np.nan], sfreq=4.0))
    np.testing.assert_array_equal(result.defined, [[True, False, True, True, False, False]])
    assert dict(result.notes) == pytest.approx({"out of range": 2 / 6})


def test_channels_are_judged_one_by_one() -> None:
    result = Quality()(signal([pulse(4), np.full(256, 7.0)]))
    np.testing.assert_array_equal(result.defined.mean(axis=1), [1, 0])
    assert result.notes["flat"] == 0.5


def test_flat_is_by_the_given_amplitude() -> None:
    small = signal(0.4 * np.sin(np.arange(640)))
    assert Quality(flat=0.0)(small).defined.all()
    assert not Quality(flat=0.8)(small).defined.any()
    assert Quality(flat=None)(signal(np.zeros(640))).defined.all()


def test_the_rest_behind_the_last_whole_stretch_is_judged_with_what_is_before() -> None:
    """4.5 s in stretches of 2 s: the last half second is flat, the two seconds up to the end are not."""
    x = pulse(4.5)
    x[256:] = 5.0
    assert Quality()(signal(x)).defined.all()
    x[160:] = 5.0
    np.testing.assert_array_equal(np.flatnonzero(~Quality()(signal(x)).defined[0]), np.arange(256, 288))


def test_a_signal_shorter_than_a_stretch() -> None:
    assert not Quality()(signal(np.zeros(10))).defined.any()
    assert Quality()(signal([5.0])).defined.all()  # one sample can't be flat


def test_what_was_undefined_stays_so_and_does_not_hide_a_fault() -> None:
    rng = np.random.default_rng(0)
    x, valid = 50 * rng.standard_normal((1, 1280)), np.ones((1, 1280), bool)
    valid[0, ::10], x[0, 5::50] = False, np.nan
    assert not Quality(**BVP)(signal(x, valid=valid)).defined.any()
    clean = np.array(pulse(20))[None]
    clean[0, 100:104], valid[:] = np.nan, True
    clean[0, 200] = np.inf
    result = Quality(**BVP)(signal(clean, valid=valid))
    np.testing.assert_array_equal(np.flatnonzero(~result.defined[0]), [100, 101, 102, 103, 200])


@pytest.mark.parametrize("frequency", [0.5, 3.0, 8.0])
@pytest.mark.parametrize("outside", [16.0, 25.0])
def test_noise_is_the_share_of_power_outside_the_band(frequency: float, outside: float) -> None:
    time = np.arange(8 * 64) / 64
    x = 3 * np.sin(2 * np.pi * frequency * time) + 2 * np.cos(2 * np.pi * outside * time) + 100
    stretches = Stretches.of(signal(x), np.ones((1, len(x)), bool), 8.0)
    # Hann spreads a line over its two neighbours, one sixth each: at the band's edge one of them is outside
    edge = {0.5: 1 / 6, 3.0: 0.0, 8.0: 1 / 6}[frequency]
    assert float(stretches.outside((0.5, 8.0))[0, 0]) == pytest.approx((4 + 9 * edge) / 13, abs=1e-3)


def test_no_sample_static_and_irregular() -> None:
    empty = signal(np.zeros((1, 0)))
    assert Quality(**BVP)(empty).n_times == 0
    static = Signal.of([[1.0], [2.0]], 0.0, "ab", "1")
    assert Quality(**BVP)(static) is static
    with pytest.raises(SignalError, match="quality needs a regularly sampled signal"):
        Quality()(signal(np.zeros(3), sfreq=0.0, times=np.array([0.0, 1.0, 1.5])))


def test_limits_must_be_in_order() -> None:
    with pytest.raises(ConfigError, match="quality: low and high are 42 and 20; the first must be less"):
        Quality(low=42, high=20)
    with pytest.raises(ConfigError, match="quality: band are 8 and 8"):
        Quality(band=(8, 8))


def test_enough_valid() -> None:
    half = signal([[1, 2, np.nan, np.nan], [1, 2, 3, 4]], sfreq=4.0)
    assert EnoughValid(share=0.75)(half) is half
    for refused in (half, signal(np.zeros((1, 0)))):
        with pytest.raises(SignalError, match=r"^too little of the window is defined$"):
            EnoughValid(share=0.8)(refused)
    check_preprocessor(EnoughValid)
