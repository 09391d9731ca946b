"""Heart rate variability: against NeuroKit2, SciPy and closed forms, on made and real pulses."""

import warnings
from typing import Any

import numpy as np
import pytest

from insula import ConfigError, Signal, SignalError
from insula_physio.hrv import HRV
from insula_physio.intervals import Intervals
from insula_physio.pulse import neurokit_peaks, paper_peaks

NAMES = ("mean_ibi", "sdnn", "rmssd", "pnn50", "lf", "hf", "lf_hf")
PEOPLE = [f"S0{number}" for number in range(1, 9)]


def signal(x, sfreq: float = 64.0) -> Signal:
    return Signal.of(x, sfreq, ["BVP"], "nW")


def values(step: HRV, x, sfreq: float = 64.0) -> dict[str, float]:
    result = step(signal(x, sfreq))
    return dict(zip(result.ch_names, result.data[:, 0].astype(float), strict=True))


def pulse(beats, seconds: float, sfreq: float = 64.0) -> np.ndarray:
    """A bump at every beat."""
    time = np.arange(round(seconds * sfreq)) / sfreq
    return np.exp(-(((time[:, None] - np.asarray(beats)) / 0.1) ** 2) / 2).sum(axis=1)


def modulated(seconds: float, lf: float, hf: float, mean: float = 0.8) -> np.ndarray:
    """Beats whose intervals swing by ``lf`` seconds at 0.1 Hz and by ``hf`` at 0.25 Hz."""
    beats = [0.3]
    while beats[-1] < seconds:
        t = beats[-1]
        beats.append(t + mean + lf * np.sin(2 * np.pi * 0.1 * t) + hf * np.sin(2 * np.pi * 0.25 * t))
    return np.array(beats)


def real_pulses(real_data, people, every: int = 5) -> list[np.ndarray]:
    minutes = []
    for person in people:
        x = np.loadtxt(real_data / "stress_predict" / person / "BVP.csv", skiprows=2)
        minutes += [x[64 * 60 * m : 64 * 60 * (m + 1)].astype(np.float32) for m in range(2, 42, every)]
    return minutes


def test_names_and_units() -> None:
    result = HRV()(signal(pulse(np.arange(0.3, 10, 0.8), 10)))
    assert result.static
    assert result.ch_names == NAMES
    assert result.units == ("s", "s", "s", "1", "s2", "s2", "1")


def test_time_domain_in_closed_form() -> None:
    intervals = np.array([0.8, 0.9, 0.8, 0.84, 0.84])
    found = Intervals.between(np.cumsum(np.r_[0, intervals * 1000]).round().astype(int), 1000.0, 0.3, 2.0).over_time()
    assert found == pytest.approx(
        {
            "mean_ibi": 0.836,
            "sdnn": np.std(intervals, ddof=1),
            "rmssd": np.sqrt(np.mean([0.1**2, 0.1**2, 0.04**2, 0])),
            "pnn50": 2 / 5,
        }
    )


def test_intervals_that_no_heart_has_are_left_out() -> None:
    peaks = np.array([0, 800, 1600, 1700, 2500, 3300, 9000, 9800])  # one too many, then five seconds without
    found = Intervals.between(peaks, 1000.0, 0.3, 2.0)
    np.testing.assert_array_equal(found.normal, [1, 1, 0, 1, 1, 0, 1])
    assert found.over_time() == pytest.approx({"mean_ibi": 0.8, "sdnn": 0.0, "rmssd": 0.0, "pnn50": 0.0})
    assert np.isnan(found.over_frequency("paper")["lf_hf"])  # 0 by 0, and not what rounding leaves of it


@pytest.mark.parametrize("method", ["paper", "neurokit"])
def test_a_known_rhythm(method: Any) -> None:
    """A sine of amplitude a has the power a²/2; the time features are those of the true beats."""
    beats = modulated(120, lf=0.04, hf=0.02)
    found = values(HRV(method=method), pulse(beats, 119, sfreq=256.0), sfreq=256.0)
    true = np.diff(beats[beats < 119])
    assert found["mean_ibi"] == pytest.approx(true.mean(), rel=2e-3)
    assert found["sdnn"] == pytest.approx(true.std(ddof=1), rel=0.03)
    assert found["rmssd"] == pytest.approx(np.sqrt(np.mean(np.diff(true) ** 2)), rel=0.05)
    assert found["lf"] == pytest.approx(0.04**2 / 2, rel=0.15)
    assert found["hf"] == pytest.approx(0.02**2 / 2, rel=0.3)  # intervals are a slow sampling of 0.25 Hz
    assert 3 < found["lf_hf"] < 8


def test_neurokit_is_neurokit(real_data) -> None:
    import neurokit2 as nk

    step = HRV(method="neurokit", ibi_min=0.01, ibi_max=60.0)
    for x in real_pulses(real_data, ("S01", "S04", "S08")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clean = nk.ppg_clean(x.astype(float), sampling_rate=64)
            peaks = nk.ppg_peaks(clean, sampling_rate=64, correct_artifacts=True)[1]["PPG_Peaks"]
            time = nk.hrv_time(peaks, sampling_rate=64).iloc[0]
            power = nk.hrv_frequency(peaks, sampling_rate=64, normalize=False).iloc[0]
        expected = {
            "mean_ibi": time.HRV_MeanNN / 1e3,
            "sdnn": time.HRV_SDNN / 1e3,
            "rmssd": time.HRV_RMSSD / 1e3,
            "pnn50": time.HRV_pNN50 / 1e2,
            "lf": power.HRV_LF / 1e6,
            "hf": power.HRV_HF / 1e6,
            "lf_hf": power.HRV_LFHF,
        }
        np.testing.assert_array_equal(neurokit_peaks(x.astype(float), 64.0), peaks)
        assert values(step, x) == pytest.approx(expected, rel=1e-6, nan_ok=True)


def test_paper_is_scipy(real_data) -> None:
    """The published recipe, written out."""
    from scipy.interpolate import CubicSpline
    from scipy.signal import find_peaks, welch

    for x in real_pulses(real_data, ("S03", "S05")):
        x = x.astype(float)
        peaks, _ = find_peaks(x, distance=32, prominence=0.1 * np.std(x))
        ibi, times = np.diff(peaks) / 64, peaks[1:] / 64
        even = CubicSpline(times, ibi)(np.arange(times[0], times[-1], 0.25))
        frequency, density = welch(even, 4.0, nperseg=min(256, len(even)))
        lf, hf = (
            np.trapezoid(density[k], frequency[k])
            for k in (
                (frequency >= 0.04) & (frequency < 0.15),
                (frequency >= 0.15) & (frequency < 0.4),
            )
        )
        expected = [
            ibi.mean(),
            ibi.std(ddof=1),
            np.sqrt(np.mean(np.diff(ibi) ** 2)),
            np.mean(np.abs(np.diff(ibi)) > 0.05) * (len(ibi) - 1) / len(ibi),
            lf,
            hf,
            lf / hf,
        ]
        found = values(HRV(ibi_max=60.0), x)
        assert found == pytest.approx(dict(zip(NAMES, expected, strict=True)), rel=1e-4)


def test_windows_of_two_seconds() -> None:
    """At 72 beats a minute RMSSD is undefined in 52 % of them, as the reference found; LF and HF always."""
    import neurokit2 as nk

    x = nk.ppg_simulate(duration=400, sampling_rate=64, heart_rate=72, random_state=0)
    found = [values(HRV(), x[k : k + 128]) for k in range(0, 400 * 64, 128)]
    undefined = {name: np.mean([np.isnan(f[name]) for f in found]) for name in NAMES}
    assert undefined["mean_ibi"] < 0.02
    assert undefined["rmssd"] == undefined["sdnn"] == pytest.approx(0.52, abs=0.04)
    assert undefined["lf"] == undefined["hf"] == undefined["lf_hf"] == 1.0


@pytest.mark.parametrize(("seconds", "defined"), [(10, ()), (25, ("hf",)), (70, ("lf", "hf", "lf_hf"))])
def test_frequencies_need_time(seconds: int, defined: tuple[str, ...]) -> None:
    """NeuroKit2's rule: HF from about 20 s, LF from about a minute."""
    found = values(HRV(method="neurokit"), pulse(modulated(seconds, 0.03, 0.03), seconds))
    assert tuple(name for name in ("lf", "hf", "lf_hf") if np.isfinite(found[name])) == defined


def test_no_more_than_120_beats_by_the_paper() -> None:
    fast = pulse(np.arange(0.3, 30, 0.4), 30)
    assert values(HRV(), fast)["mean_ibi"] > 0.5
    assert values(HRV(method="neurokit"), fast)["mean_ibi"] == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize("method", ["paper", "neurokit"])
def test_heart_rate_is_near_that_of_the_sensor(real_data, method: Any) -> None:
    """60-s windows of eight people against the Empatica's own heart rate: half are within 6 a minute."""
    apart = []
    for person in PEOPLE:
        folder = real_data / "stress_predict" / person
        x, rate = (np.loadtxt(folder / f"{name}.csv", skiprows=2) for name in ("BVP", "HR"))
        for t in range(300, 3000, 600):
            found = values(HRV(method=method), x[64 * t : 64 * (t + 60)])["mean_ibi"]
            apart.append(abs(60 / found - rate[t - 10 : t + 50].mean()))
    assert np.median(apart) < 6


@pytest.mark.parametrize("method", ["paper", "neurokit"])
@pytest.mark.parametrize("samples", [0, 1, 2, 15, 16, 42, 43, 44, 64, 128, 3840])
def test_what_has_no_pulse_has_no_features(method: Any, samples: int) -> None:
    time = np.arange(samples) / 64
    nothing = [np.full(samples, 3.3), np.zeros(samples), time, np.full(samples, np.nan), np.full(samples, np.inf)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for x in nothing:
            assert np.isnan(list(values(HRV(method=method), x[None]).values())).all()
        rng = np.random.default_rng(samples)
        values(HRV(method=method), rng.standard_normal((1, samples)))


def test_refusals() -> None:
    with pytest.raises(SignalError, match="hrv needs a pulse sampled faster than 16 Hz; this has 4 Hz"):
        HRV()(signal(np.random.default_rng(0).standard_normal(240), sfreq=4.0))
    with pytest.raises(ConfigError, match="hrv: ibi_min=2 must be less than ibi_max=2"):
        HRV(ibi_min=2.0)


def test_paper_peaks_of_a_clean_pulse() -> None:
    beats = np.array([1.0, 1.75, 2.5])
    np.testing.assert_array_equal(paper_peaks(pulse(beats, 4), 64.0), beats * 64)
