"""robustness: what each change does to a signal, and what is said of answers that get worse."""

import json

import numpy as np
import pytest

from insula import Signal
from insula.plugin.testing.results import example_results
from insula_analyses.robustness import Robustness
from insula_analyses.robustness_changes import LostChannels, LostSamples, MissingModality, Noise


def signal(channels=6, seconds=100.0, sfreq=50.0):
    rng = np.random.default_rng(1)
    scale = 10.0 ** np.arange(channels)[:, None]
    data = scale * (5 + rng.standard_normal((channels, int(seconds * sfreq))))
    data[0, :50] = np.nan
    return Signal.of(data, sfreq, [f"c{k}" for k in range(channels)], "1", t0=3.0)


def applied(change, given, seed=0, stream="x"):
    return change(stream, given, np.random.default_rng(seed))


STATIC = Signal.of([[1.0], [2.0]], 0.0, ["a", "b"], "1")


@pytest.mark.parametrize("change", [Noise(0.0), LostChannels(1), LostSamples(0.5, 0.1)])
def test_a_static_vector_stays_as_it_is(change):
    assert applied(change, STATIC) is STATIC


@pytest.mark.parametrize("ratio", [20.0, 0.0, -10.0])
def test_noise_has_the_power_that_the_ratio_asks_for_in_every_channel(ratio):
    given = signal()
    noise = applied(Noise(ratio), given).data - given.data
    known = np.isfinite(given.data)
    assert np.array_equal(np.isfinite(noise), known)
    for channel in range(6):
        power = given.data[channel, known[channel]].var() / noise[channel, known[channel]].var()
        assert 10 * np.log10(power) == pytest.approx(ratio, abs=0.3)
        assert abs(np.corrcoef(given.data[channel, 50:], noise[channel, 50:])[0, 1]) < 0.06


def test_more_noise_is_the_same_noise_louder():
    given = signal()
    quiet, loud = (applied(Noise(ratio), given).data - given.data for ratio in (10.0, -10.0))
    np.testing.assert_allclose(loud[:2, 50:], 10 * quiet[:2, 50:], rtol=0.01, atol=1e-4)


def test_channels_that_are_constant_or_undefined_get_no_noise():
    given = Signal.of([[2.0] * 9, [np.nan] * 9], 1.0, ["a", "b"], "1")
    found = applied(Noise(0.0), given).data
    assert found[0].tolist() == [2.0] * 9
    assert np.isnan(found[1]).all()


def test_lost_channels_are_undefined_and_nested():
    given = signal()
    lost = [set(np.flatnonzero(~applied(LostChannels(k), given).defined[:, 60:].any(axis=1))) for k in (1, 3, 5)]
    assert [len(several) for several in lost] == [1, 3, 5]
    assert lost[0] < lost[1] < lost[2]
    found = applied(LostChannels(3), given)
    kept = sorted(set(range(6)) - lost[1])
    np.testing.assert_array_equal(found.data[kept], given.data[kept])
    assert np.isnan(found.data[sorted(lost[1])]).all()
    assert len({frozenset(np.flatnonzero(applied(LostChannels(1), given, s).defined[:, 60])) for s in range(30)}) == 6


def test_a_stream_keeps_its_last_channels():
    given = signal(channels=2)
    assert applied(LostChannels(2), given) is given
    assert applied(LostChannels(1), given) is not given


def test_lost_samples_are_blocks_of_all_channels_as_many_as_asked_for():
    given = signal(channels=2, seconds=2000.0)
    less, more = (applied(LostSamples(share, 0.5), given) for share in (0.2, 0.6))
    gone = [~found.defined[1] for found in (less, more)]
    assert gone[0].mean() == pytest.approx(0.2, abs=0.03)
    assert gone[1].mean() == pytest.approx(0.6, abs=0.03)
    assert not (gone[0] & ~gone[1]).any()
    assert np.isnan(less.data[:, gone[0]]).all()
    np.testing.assert_array_equal(less.data[:, ~gone[0]], given.data[:, ~gone[0]])
    edges = np.flatnonzero(np.diff(gone[0].astype(int)))
    assert set(np.diff(edges) % 25) == {0}, "blocks of 25 samples"


def test_lost_samples_of_a_window_are_the_same_whatever_context_stands_before_it():
    given = signal(channels=2, seconds=8.0)
    short = given.with_data(given.data[:, 200:], t0=given.t0 + 4.0)
    for seed in range(5):
        long_one, short_one = (applied(LostSamples(0.4, 0.3), each, seed) for each in (given, short))
        np.testing.assert_array_equal(long_one.defined[1, 200:], short_one.defined[1])


def test_lost_samples_may_be_zeros():
    given = signal(channels=2)
    gap, zeros = (applied(LostSamples(0.4, 0.3, fill), given) for fill in ("gap", "zeros"))
    lost = np.isnan(gap.data[1])
    assert lost.any()
    assert not zeros.data[:, lost].any()
    np.testing.assert_array_equal(zeros.data[:, ~lost], given.data[:, ~lost])


def test_of_irregular_samples_those_that_are_lost_are_not_there():
    times = np.cumsum(np.random.default_rng(0).uniform(0.5, 1.5, 400))
    given = Signal.of(np.arange(400.0), 0.0, ["beat"], "s", times=times, t0=float(times[0]))
    found = applied(LostSamples(0.5, 5.0), given)
    assert 120 < found.n_times < 280
    assert set(found.times) < set(times)
    np.testing.assert_array_equal(times[found.data[0].astype(int)], found.times)
    assert found.t0 == found.times[0]


def test_where_all_samples_are_lost_the_stream_is_missing_and_where_none_is_it_stays():
    given = signal(channels=2, seconds=0.2)
    found = [applied(LostSamples(0.5, 10.0), given, seed) for seed in range(40)]
    assert {None if each is None else each is given for each in found} == {None, True}


def test_a_missing_modality_takes_all_of_its_streams():
    change = MissingModality("eeg", {"raw": "eeg", "psd": "eeg", "hr": "bvp"})
    given = signal()
    assert [applied(change, given, stream=name) is given for name in ("raw", "psd", "hr")] == [False, False, True]
    assert applied(change, STATIC, stream="psd") is None


def test_it_says_what_fell_and_what_does_not_concern_the_run():
    section = Robustness(noise=(0.0,), channels=(1, 9), samples=(), fill="zeros")(example_results())
    table, numbers = section.tables
    assert [row[0] for row in table.rows] == [
        "as they are",
        "noise, 0 dB",
        "lost channels, 1",
        "missing modality, eeg",
        "missing modality, traits",
    ]
    assert numbers.columns[1:3] == ("CCC", "RMSE")
    assert "No stream here can have lost channels, 9" in section.text
    assert "power" in section.text
    assert "power" not in Robustness(noise=(), channels=(1,))(example_results()).text
    values = section.values["emotion"]
    clean = values["clean"]["balanced_accuracy"]["value"]
    for row, change in zip(table.rows[1:], values["changes"], strict=True):
        now = change["metrics"]["balanced_accuracy"]["value"]
        assert change["fall"]["value"] == pytest.approx(clean - now)
        assert row[1].startswith(f"{now:.3f} [")
    assert values["changes"][2]["lost"] == {"eeg": 30}
    assert table.rows[3][-1] == "eeg 30"
    assert table.rows[1][-1] == "–"


def test_without_a_change_that_concerns_the_run_it_says_so():
    found = Robustness(noise=(), channels=(9,), samples=(), modalities=False)(example_results())
    assert found.text == "None of the changes concerns a signal of this run."


def test_of_a_trained_run(train, tmp_path):
    """Unchanged windows score as in the run itself; a little noise does little, and much of it much."""
    metrics = train(
        *(
            "experiment=demo",
            "architecture=logistic_regression",
            "~streams.personality",
            "streams.peripheral.context=0",
        ),
        *("dataset.subjects=6", "dataset.trials=6", "dataset.seconds=6", "dataset.effect=6", "split.k=3", "seed=[0,1]"),
        "controls=null",
        "analyses={metrics: {}, robustness: {noise: [40, -20], channels: [1], samples: [0.5], block: 0.5}}",
    )
    found = json.loads((tmp_path / "run" / "metrics.json").read_text())["analyses"]["robustness"]["emotion"]
    for name in ("balanced_accuracy", "accuracy"):
        assert found["clean"][name] == metrics["metrics"][name]
    by = {(each["change"], each["label"]): each for each in found["changes"]}
    assert by["noise", "40 dB"]["fall"]["value"] < 0.1
    assert by["noise", "-20 dB"]["fall"]["value"] > 0.1
    windows = 2 * sum(fold["windows"] for fold in metrics["folds"] if fold["seed"] == 0)
    assert by["missing modality", "eeg"]["lost"] == {"eeg": windows}
    assert set(by["lost samples", "50 %"]["lost"]) <= {"eeg", "peripheral"}
    assert by["noise", "40 dB"]["lost"] == {}
    assert "Robustness" in (tmp_path / "run" / "report.md").read_text()
