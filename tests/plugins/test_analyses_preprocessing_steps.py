"""preprocessing_steps: the right stretch of the right channel in the right unit, and a spectrum that finds a sine."""

import warnings

import numpy as np
import pytest

from insula import ConfigError, DataSpec, Signal, SignalSpec, TargetSpec
from insula_analyses.excerpt import POINTS, Excerpt, thinned
from insula_analyses.preprocessing_steps import PreprocessingSteps
from made_model import results_of, texts

SFREQ = 128.0
TIME = np.arange(int(20 * SFREQ)) / SFREQ
SINE = 30e-6 * np.sin(2 * np.pi * 10 * TIME)
TARGETS = {"emotion": TargetSpec("emotion", "classes", ("a", "b"))}


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def eeg(data=None, sfreq=SFREQ, names=("AF3", "F7"), unit="V", **more):
    return Signal.of([4.2e-3 + SINE, SINE] if data is None else data, sfreq, names, unit, **more)


def run(stages, config=None, streams=("eeg",), **options):
    specs = {name: SignalSpec(("x",), ("1",), 0.0, 1, name == "traits") for name in streams}
    asked = []
    results = results_of(
        data=DataSpec(specs, TARGETS), config=config or {}, stages=lambda name: asked.append(name) or stages
    )
    return PreprocessingSteps(**options)(results), asked


def test_every_step_has_a_row_in_its_own_unit_and_rate():
    half = eeg([SINE[::2], SINE[::2]], SFREQ / 2)
    scaled = eeg([SINE[::2] / 1e-5] * 2, SFREQ / 2, unit="1")
    section, _ = run([("raw", eeg()), ("resample", half), ("standardize", scaled)])
    rows = section.tables[0].rows
    deviation = f"{30 / np.sqrt(2):.4g}"
    assert rows[0] == ("raw", "128 Hz", "µV", "4200", deviation, "0.0%")
    assert rows[1][:3] == ("resample", "64 Hz", "µV")
    assert rows[2][:3] == ("standardize", "64 Hz", "none")
    shown = texts(section.figures[0].svg)
    assert {"raw", "resample", "standardize", "µV", "no unit", "1/Hz", "seconds", "Hz"} <= set(shown)
    assert "Channel AF3 of stream eeg" in section.text
    assert "first 5 s" in section.text
    assert "currentColor" in section.figures[0].svg


def test_the_first_seconds_of_the_channel_asked_for():
    cut = Excerpt.of("raw", eeg(t0=3.0), "F7", 5)
    assert (len(cut.values), cut.seconds[0], cut.seconds[-1]) == (640, 3.0, 3 + 639 / 128)
    np.testing.assert_allclose(cut.values, SINE[:640] * 1e6, atol=1e-4)
    section, _ = run([("raw", eeg())], channel="F7", seconds=2)
    assert "Channel F7" in section.text
    assert "first 2 s" in section.text


def test_the_spectrum_finds_the_sine_and_its_power():
    cut = Excerpt.of("raw", eeg(), "AF3", 20)
    frequency, power, why = cut.spectrum()
    assert why == ""
    assert frequency[power.argmax()] == 10
    assert (power * np.diff(frequency)[0]).sum() == pytest.approx(30**2 / 2, rel=0.02)


def test_a_gap_stays_a_gap_and_the_spectrum_is_of_the_longest_stretch():
    gap = SINE.copy()
    gap[100:160] = np.nan
    section, _ = run([("raw", eeg([gap, gap]))])
    assert section.tables[0].rows[0][-1] == f"{60 / 640:.1%}"
    cut = Excerpt.of("raw", eeg([gap, gap]), "AF3", 5)
    whole = Excerpt.of("raw", eeg([SINE[160:], SINE[160:]]), "AF3", 3.75)
    for one, other in zip(cut.spectrum(), whole.spectrum(), strict=True):
        np.testing.assert_array_equal(one, other)
    told = eeg(valid=np.arange(len(TIME)) < np.array([[100], [2000]]))
    assert np.isnan(Excerpt.of("raw", told, "AF3", 5).values).sum() == 540


def test_what_has_no_spectrum_says_why():
    times = np.sort(np.random.default_rng(0).uniform(0, 8, 9))
    stages = [
        ("raw", eeg()),
        ("flat", eeg(np.zeros((2, 640)))),
        ("lost", eeg(np.full((2, 640), np.nan))),
        ("slow", eeg(np.random.default_rng(0).normal(size=(2, 20)), 1.0, unit="degC")),
        ("beats", eeg(np.ones((1, 9)), 0.0, ("AF3",), "1", times=times)),
        ("nothing", eeg(np.zeros((1, 0)), 1.0, ("AF3",), "1")),
    ]
    section, _ = run(stages)
    shown = texts(section.figures[0].svg)
    assert {"flat: no power", "undefined here", "irregular sampling:"} <= set(shown)
    assert shown.count("without a gap: no spectrum") == 3
    assert section.tables[0].rows[2][3:] == ("–", "–", "100.0%")
    assert section.tables[0].rows[4][1] == "irregular"
    assert "nan" not in section.figures[0].svg


def test_a_step_that_renames_the_channels_shows_its_first():
    bands = eeg(np.random.default_rng(0).normal(size=(3, 640)), names=("delta", "theta", "alpha"), unit="1")
    shown = texts(run([("raw", eeg()), ("bands", bands)])[0].figures[0].svg)
    assert "bands (delta)" in shown


def test_the_first_stream_with_a_chain_or_else_with_a_time_axis():
    config = {"streams": {"speech": {}, "eeg": {"signal": {"bandpass": {}}}}}
    assert run([], config, ("speech", "eeg"))[1] == ["eeg"]
    assert run([], {}, ("traits", "speech", "eeg"))[1] == ["speech"]
    assert run([], config, ("speech", "eeg"), stream="speech")[1] == ["speech"]
    section, asked = run([], {}, ("traits",))
    assert "No stream has a time axis" in section.text
    assert not asked


def test_steps_that_are_fitted_on_training_data_are_mentioned():
    config = {"streams": {"eeg": {"signal": {"bandpass": {}, "standardize": {"fit": "train"}}}}}
    stages = [("raw", eeg()), ("bandpass", eeg())]
    assert "fitted on training data differ from fold to fold" in run(stages, config)[0].text
    assert "fitted" not in run([*stages, ("standardize", eeg())], config)[0].text


def test_what_cannot_be_shown():
    assert "No recording of stream eeg" in run([])[0].text
    static = [("raw", Signal.of([[1.0]], 0, ("x",), "1"))]
    assert "No recording of stream eeg" in run(static)[0].text
    with pytest.raises(ConfigError, match=r"preprocessing_steps.stream: there is no stream 'ecg'; this run has eeg"):
        run([("raw", eeg())], stream="ecg")
    with pytest.raises(ConfigError, match=r"preprocessing_steps.channel: .* has no channel 'Cz'; it has AF3, F7"):
        run([("raw", eeg())], channel="Cz")


def test_long_lines_keep_their_extremes():
    y = np.random.default_rng(0).normal(size=80_000)
    y[1234], y[45_678], y[10:30] = 50, -60, np.nan
    x, few = thinned(np.arange(80_000.0), y)
    assert len(x) == len(few) <= POINTS
    assert (np.nanmax(few), np.nanmin(few)) == (50, -60)
    assert (np.diff(x) > 0).all()
    np.testing.assert_array_equal(thinned(np.arange(3.0), y[:3]), [np.arange(3.0), y[:3]])
    blank = thinned(np.arange(80_000.0), np.full(80_000, np.nan))[1]
    assert np.isnan(blank).all()
