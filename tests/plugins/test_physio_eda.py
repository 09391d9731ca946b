"""Skin conductance: against NeuroKit2, plain numpy and planted responses."""

import warnings
from typing import Any

import numpy as np
import pytest

from insula import Signal
from insula_physio.eda import EDA
from insula_physio.responses import responses

NAMES = ("scl_mean", "scl_std", "scl_slope", "phasic_mean", "phasic_std", "phasic_max", "scr_count", "scr_amplitude")


def signal(x, sfreq: float = 4.0) -> Signal:
    return Signal.of(x, sfreq, ["EDA"], "S")


def values(step: EDA, x, sfreq: float = 4.0) -> dict[str, float]:
    result = step(signal(x, sfreq))
    return dict(zip(result.ch_names, result.data[:, 0].astype(float), strict=True))


def conductance(onsets, seconds: float = 60.0, height: float = 0.5e-6, sfreq: float = 4.0) -> np.ndarray:
    """A level of 5 µS with responses that rise in a second and fall in three."""
    after = np.maximum(np.arange(round(seconds * sfreq))[:, None] / sfreq - np.asarray(onsets), 0)
    course = np.exp(-after / 3) - np.exp(-after / 0.7)
    return 5e-6 + height / 0.4686 * course.sum(axis=1)  # 0.4686: the course's own height


def test_names_and_units() -> None:
    result = EDA()(signal(conductance([10])))
    assert result.static
    assert result.ch_names == NAMES
    assert result.units == ("S", "S", "S/s", "S", "S", "S", "1", "S")


def test_neurokit_is_neurokit(real_data) -> None:
    import neurokit2 as nk

    for person in ("S01", "S05", "S08"):
        whole = np.loadtxt(real_data / "stress_predict" / person / "EDA.csv", skiprows=2) * 1e-6
        for minute in range(2, 40, 6):
            x = whole[240 * minute : 240 * (minute + 1)].astype(np.float32)
            parts = nk.eda_phasic(x.astype(float), sampling_rate=4)
            tonic, phasic = parts.EDA_Tonic.to_numpy(), parts.EDA_Phasic.to_numpy()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                about = nk.eda_peaks(phasic, sampling_rate=4, amplitude_min=0.1)[1]
            slope = np.polyfit(np.arange(240) / 4, tonic, 1)[0]
            expected = [tonic.mean(), tonic.std(), slope, phasic.mean(), phasic.std(), phasic.max()]
            expected += [len(about["SCR_Peaks"]), np.nanmean(about["SCR_Amplitude"])]
            found = values(EDA(method="neurokit", amplitude_floor=0.0), x)
            assert found == pytest.approx(dict(zip(NAMES, expected, strict=True)), rel=1e-6, abs=1e-18)


@pytest.mark.parametrize("width", [2.0, 5.0, 12.0])
def test_paper_is_a_moving_average(width: float) -> None:
    x = conductance([8, 30, 41]) + 1e-8 * np.random.default_rng(0).standard_normal(240)
    x = x.astype(np.float32).astype(float)
    half = int(width * 4 / 2)
    tonic = np.array([x[max(k - half, 0) : k + half + 1].mean() for k in range(240)])
    found = values(EDA(width=width), x)
    expected = {
        "scl_mean": tonic.mean(),
        "scl_std": tonic.std(),
        "scl_slope": np.polyfit(np.arange(240) / 4, tonic, 1)[0],
        "phasic_mean": (x - tonic).mean(),
        "phasic_std": (x - tonic).std(),
        "phasic_max": (x - tonic).max(),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-5, abs=1e-14)


@pytest.mark.parametrize("options", [{"method": "paper", "width": 10.0}, {"method": "neurokit"}])
def test_planted_responses_are_counted(options: dict[str, Any]) -> None:
    found = values(EDA(**options), conductance([6, 18, 30, 42], height=0.5e-6))
    assert found["scr_count"] == 4
    assert found["scr_amplitude"] == pytest.approx(0.5e-6, rel=0.2)
    assert found["scl_mean"] == pytest.approx(conductance([6, 18, 30, 42]).mean(), rel=0.02)


def test_noise_of_the_sensor_is_no_response() -> None:
    """NeuroKit2's relative rule alone counts it; and without a response the count is 0, the amplitude undefined."""
    noise = 5e-6 + 1.28e-9 * np.random.default_rng(0).integers(-1, 2, 240)
    assert values(EDA(method="neurokit", amplitude_floor=0.0), noise)["scr_count"] > 20
    found = values(EDA(method="neurokit"), noise)
    assert found["scr_count"] == 0
    assert np.isnan(found["scr_amplitude"])


def test_responses_by_hand() -> None:
    x = np.array([3.0, 5.0, 1.0, 4.0, 3.5, 3.6, 0.0, 2.0, 1.0])
    np.testing.assert_array_equal(responses(x, 0.0, 0.5), [np.nan, 3.0, 2.0])  # the first one's trough lies before
    np.testing.assert_array_equal(responses(x, 0.0, 0.0)[1:], [3.0, pytest.approx(0.1), 2.0])
    assert not len(responses(np.arange(9.0), 0.1, 0.0))


def test_two_seconds_by_the_paper() -> None:
    """Eight samples carry level and slope; a response doesn't fit."""
    found = values(EDA(), np.linspace(5e-6, 6e-6, 8))
    assert found["scl_slope"] > 0
    assert found["scr_count"] == 0
    assert np.isnan(found["scr_amplitude"])
    assert np.isfinite([value for name, value in found.items() if name != "scr_amplitude"]).all()


@pytest.mark.parametrize(
    ("options", "samples"), [({}, 7), ({"width": 10.0}, 39), ({"method": "neurokit"}, 9), ({"context_min": 30.0}, 119)]
)
def test_one_sample_too_few(options: dict[str, Any], samples: int) -> None:
    x = conductance([1], seconds=60)
    assert np.isnan(list(values(EDA(**options), x[:samples]).values())).all()
    assert np.isfinite(values(EDA(**options), x[: samples + 1])["scl_mean"])


@pytest.mark.parametrize("method", ["paper", "neurokit"])
@pytest.mark.parametrize("samples", [0, 1, 2, 9, 10, 240])
def test_bad_signals_give_no_warning(method: Any, samples: int) -> None:
    rng = np.random.default_rng(samples)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for x in (np.full(samples, np.nan), np.full(samples, np.inf)):
            assert np.isnan(list(values(EDA(method=method), x[None]).values())).all()
        for x in (np.zeros(samples), np.full(samples, 5e-6), np.arange(samples) * 1e-8):
            assert np.nan_to_num(values(EDA(method=method), x[None])["scr_count"]) == 0
        values(EDA(method=method), rng.standard_normal((1, samples)))
