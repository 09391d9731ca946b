"""Near duplicates: one recording under two names is found, whatever was done to it; two recordings are not one."""

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import soundfile

from insula import Signal, Target, Trial
from insula.preprocess.prepare import Prepared
from insula.sources.joined_trial import joined
from insula.sources.memory import MemoryStore
from insula.windows.audit import audit_folds
from insula.windows.cut import cut_windows
from insula.windows.likeness import likeness
from insula.windows.near_duplicates import near_duplicates, nearest
from insula.windows.run_facts import RunFacts
from insula.windows.split import Fold
from insula.windows.stream import StreamPlan


def signal(data, sfreq: float = 128.0) -> Signal:
    data = np.atleast_2d(data)
    return Signal.of(data, sfreq, [f"c{k}" for k in range(len(data))], "1")


def coloured(seed: int, channels: int = 2, samples: int = 1280) -> np.ndarray:
    """Noise whose power falls with frequency, as an EEG's does, on a drift."""
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=(channels, samples)), axis=1) * 0.2 + rng.normal(size=(channels, samples))


CHANGES = {
    "nothing": lambda x, rng: x,
    "gain and offset": lambda x, rng: 3.1 * x + 40 * x.std(),
    "gain per channel": lambda x, rng: x * np.linspace(1, 5, len(x))[:, None],
    "noise of 30 dB": lambda x, rng: x + 10**-1.5 * x.std(axis=1, keepdims=True) * rng.normal(size=x.shape),
    "begins later": lambda x, rng: x[:, x.shape[1] // 100 :],
    "ends earlier": lambda x, rng: x[:, : -(x.shape[1] // 100)],
    "some samples before it": lambda x, rng: np.concatenate([np.repeat(x[:, :1], 5, axis=1), x], axis=1),
    "another scale": lambda x, rng: np.round(x * 200) / 200,
}


def compared(stretches, names=None, recordings=None, joined_as=None, **more):
    """Compare the trials of a run whose only stream has these signals; ``joined_as``: as trials of several datasets."""
    store, prepared, trials = MemoryStore(), Prepared(), []
    for number, stretch in enumerate(stretches):
        name = f"t{number}"
        recording = recordings[number] if recordings else name
        prepared.signals["x", recording] = store.put(recording, [stretch])
        prepared.keys["x", recording] = recording
        given = {key: values[number] for key, values in more.items()}
        trial = Trial(name, f"s{number}", recording=recording, labels={"y": 0}, **given)
        if joined_as:
            trial = replace(joined(replace(trial, id=joined_as[number]), trial.dataset), recording=recording)
        trials.append(trial)
    plans = {"x": StreamPlan("x", (), (), None, 0.0)}
    windows = cut_windows(trials, prepared, plans, {"y": (Target("classes", ("a", "b")), None)}, None, None, store)
    return near_duplicates(windows, ["x"])


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_copy_is_found_among_others(change):
    rng = np.random.default_rng(1)
    several = [coloured(seed) for seed in range(12)]
    (pair,) = compared([signal(x) for x in (*several, change(several[7], rng))])
    assert (pair.stream, {pair.trial, pair.other}) == ("x", {"t7", "t12"})
    assert pair.likeness > 0.8


def test_recordings_of_their_own_are_not_copies():
    assert compared([signal(coloured(seed)) for seed in range(60)]) == []


def test_what_is_alike_by_nature_is_not_a_copy():
    """Drifts, spikes and a common hum make any two recordings correlate."""
    time = np.arange(1280) / 128
    hum = [np.sin(2 * np.pi * 50 * time + phase) * 5 + coloured(9 + n)[0] for n, phase in enumerate((0, 0.1, 0.2))]
    drifts = [slope * time + 0.01 * coloured(n)[0] for n, slope in enumerate((1, 1.2, -3, 4))]
    spikes = [np.where(np.arange(1280) == 400 + n, 1000.0, 0.0) + coloured(20 + n)[0] for n in range(3)]
    constant = [np.ones(1280), 2 * np.ones(1280), time, 3 * time + 1]
    assert compared([signal(x) for x in (*hum, *drifts, *spikes, *constant)]) == []


def test_what_the_index_knows_is_left_out():
    one, other = signal(coloured(0)), signal(coloured(1))
    assert compared([one, one, other], parent=[None, "t0", None]) == []
    assert compared([one, one, other], recordings=["r", "r", "q"]) == []
    assert len(compared([one, one, other])) == 1


def test_parts_of_one_recording_are_compared():
    x = coloured(0, samples=1280)
    whole = signal(np.concatenate([x, coloured(1), x], axis=1))
    starts, stops = [0.0, 10.0, 20.0], [10.0, 20.0, 30.0]
    (pair,) = compared([whole] * 3, recordings=["r"] * 3, start=starts, stop=stops)
    assert {pair.trial, pair.other} == {"t0", "t2"}


def test_gaps_static_vectors_and_other_channels():
    x = coloured(3)
    x[:, 200:400] = np.nan
    assert len(compared([signal(x), signal(2 * x), signal(coloured(4))])) == 1
    static = Signal.of([[1.0], [2.0]], 0.0, ["a", "b"], "1")
    assert compared([static, static]) == []
    assert likeness(signal(x), signal(coloured(3, channels=3))) == 0
    assert likeness(signal(x[:, :10]), signal(x[:, :10])) == 0, "too short to say"


def test_every_trial_is_compared_with_the_likest():
    rng = np.random.default_rng(0)
    sketches = rng.normal(size=(3000, 256))
    sketches[2500] = sketches[3] + 0.3 * rng.normal(size=256)
    sketches /= np.linalg.norm(sketches, axis=1, keepdims=True)
    trials = [Trial(f"t{k}", "s") for k in range(3000)]
    assert nearest(sketches, trials) == [(3, 2500)]


def test_thousands_of_sketches_are_compared_in_seconds():
    sketches = np.random.default_rng(0).normal(size=(6000, 256)) / 16
    trials = [Trial(f"t{k}", "s") for k in range(6000)]
    begin = time.process_time()
    assert nearest(sketches, trials) == []
    assert time.process_time() - begin < 10


def heart(folder):
    """A minute each of three people's pulse."""
    for path in sorted(folder.glob("stress_predict/S0[2-4]/BVP.csv")):
        samples = pd.read_csv(path, header=None)[0].to_numpy(np.float64)[2:]
        yield from (samples[None, k : k + 3840] for k in range(3840, 80000, 3840))


def brain(folder):
    for path in sorted(folder.glob("epoc_feis/*.gz"))[:2]:
        table = pd.read_csv(path)
        for _, epoch in table.groupby("Epoch"):
            yield epoch[sorted(table.columns[2:16])].to_numpy(np.float64).T


def speech(folder):
    yield from (soundfile.read(path)[0][None] for path in sorted(folder.glob("emodb/wav/0[38]*.wav")))


@pytest.mark.parametrize(("read", "sfreq"), [(heart, 64), (brain, 256), (speech, 16000)], ids=("E4", "EPOC", "EmoDB"))
def test_real_recordings_are_told_apart_and_their_copies_found(real_data, read, sfreq):
    several = list(read(real_data))
    assert len(several) > 40
    rng = np.random.default_rng(0)
    copies = [change(several[5 * number], rng) for number, change in enumerate(CHANGES.values())]
    found = compared([signal(x, sfreq) for x in (*several, *copies)])
    pairs = {frozenset((pair.trial, pair.other)) for pair in found}
    assert pairs == {frozenset((f"t{5 * k}", f"t{len(several) + k}")) for k in range(len(CHANGES))}


def test_one_recording_in_two_datasets_is_on_both_sides():
    """Trials of two datasets may have one name, and be two recordings; or have two names, and be one."""
    whose = ("berlin", "berlin", "mine", "mine")
    stretches = [signal(coloured(seed)) for seed in (0, 1, 2, 0)]
    found = compared(stretches, dataset=whose, joined_as=("a", "b", "a", "c"))
    assert [{pair.trial, pair.other} for pair in found] == [{"berlin/a", "mine/c"}]
    index = pd.DataFrame({"dataset": whose, "subject": ["p", "q", "p", "q"], "trial": ["a", "b", "a", "c"]})
    berlin, mine = np.array([0, 1]), np.array([2, 3])
    audit = audit_folds(index, [Fold(berlin, test=mine)], facts=RunFacts(duplicates=found))
    (finding,) = [finding for finding in audit.findings if finding.kind == "near_duplicates"]
    assert "1 recordings lie on both sides" in finding.reason
    assert "'c' in test and 'a' in train" in finding.reason
    alone = audit_folds(index, [Fold(np.array([0]), test=np.array([1, 2]))], facts=RunFacts(duplicates=found))
    assert not [finding for finding in alone.findings if finding.kind == "near_duplicates"]
