"""Synthetic data: what its knobs do, and that memory and disk agree."""

import json
import pickle
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from insula import DataError, Signal, SignalError, Trial
from insula_synthetic.dataset import Synthetic
from insula_synthetic.reader import SyntheticEEG, SyntheticPeripheral, SyntheticPersonality

READERS = {"eeg": SyntheticEEG, "peripheral": SyntheticPeripheral, "personality": SyntheticPersonality}
SMALL = {"subjects": 2, "trials": 4, "seconds": 5.0}


def read(trial: Trial, modality: str, root: Path | None = None) -> Signal:
    signal = READERS[modality](root).read(trial)
    assert signal is not None
    return signal


def band_powers(dataset: Synthetic, length: int = 512) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return log power in four bands of every 4-s window, with class, subject and trial."""
    rows = []
    for trial in dataset.trials():
        data = read(trial, "eeg").data
        for begin in range(0, data.shape[1] - length + 1, length):
            power = np.abs(np.fft.rfft(data[:, begin : begin + length])) ** 2
            edges = [round(f * length / 128) for f in (4, 8, 13, 30, 45)]
            bands = [power[:, a:b].mean(axis=1) for a, b in pairwise(edges)]
            rows.append((np.log(np.concatenate(bands)), trial.labels["emotion"], trial.subject, trial.id))
    x, *keys = zip(*rows, strict=True)
    return np.array(x), *map(np.array, keys)  # type: ignore[return-value]


def accuracy(x: np.ndarray, y: np.ndarray, groups: np.ndarray) -> float:
    """Return how often the nearest class mean is right about groups that it wasn't computed from."""
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    classes = np.unique(y)
    right = 0
    for group in np.unique(groups):
        train, test = groups != group, groups == group
        means = np.stack([x[train & (y == c)].mean(axis=0) for c in classes])
        found = classes[((x[test, None] - means) ** 2).sum(axis=2).argmin(axis=1)]
        right += (found == y[test]).sum()
    return right / len(y)


def test_signals_are_like_what_they_stand_for() -> None:
    trial = next(iter(Synthetic(None).trials()))
    eeg, eda, traits = (read(trial, name) for name in READERS)
    assert (eeg.data.shape, eeg.sfreq, set(eeg.units), len(eeg.ch_names)) == ((14, 2560), 128.0, {"V"}, 14)
    assert 3e-6 < eeg.data.std(axis=1).mean() < 6e-5
    assert (eda.data.shape, eda.sfreq, eda.units) == ((1, 80), 4.0, ("S",))
    assert 1e-7 < eda.data.min() < eda.data.max() < 1e-4
    assert (traits.static, traits.units) == (True, ("1",) * 5)
    power = np.mean(
        [np.abs(np.fft.rfft(read(t, "eeg").data)) ** 2 for t in Synthetic(None, effect=0.0).trials()], axis=(0, 1)
    )
    freqs = np.fft.rfftfreq(2560, 1 / 128)
    slow, fast = ((freqs > 1) & (freqs < 4)), ((freqs > 20) & (freqs < 30))
    slope = np.log(power[slow].mean() / power[fast].mean()) / np.log(25 / 2.2)
    assert 0.8 < slope < 1.4


def test_every_draw_is_a_function_of_its_place() -> None:
    first, second = list(Synthetic(None, **SMALL).trials()), list(Synthetic(None, **{**SMALL, "subjects": 5}).trials())
    for name in READERS:
        np.testing.assert_array_equal(read(first[-1], name).data, read(first[-1], name).data)
        np.testing.assert_array_equal(read(first[3], name).data, read(second[3], name).data)
        other = list(Synthetic(None, **SMALL, seed=1).trials())
        assert not np.array_equal(read(first[0], name).data, read(other[0], name).data)
        np.testing.assert_array_equal(read(pickle.loads(pickle.dumps(first[2])), name).data, read(first[2], name).data)
    assert not np.array_equal(read(first[0], "eeg").data, read(first[1], "eeg").data)
    np.testing.assert_array_equal(read(first[0], "personality").data, read(first[1], "personality").data)


def test_classes_and_stimuli_are_balanced_and_crossed() -> None:
    trials = list(Synthetic(None).trials())
    assert len(trials) == 96
    assert len({trial.id for trial in trials}) == 96
    pairs = Counter((t.subject, t.labels["emotion"], t.stimulus) for t in trials)
    assert set(pairs.values()) == {1}
    orders = {tuple(t.labels["emotion"] for t in trials if t.subject == s) for s in ("S01", "S02", "S03")}
    assert len(orders) == 3


def test_labels_fit_their_targets() -> None:
    dataset = Synthetic(None, classes=4)
    assert list(dataset.targets) == ["emotion", "arousal", "arousal_trace", "raters"]
    assert len(dataset.targets["emotion"].classes) == 4
    trials = list(dataset.trials())
    for trial in trials:
        raters, trace = trial.labels["raters"], trial.labels["arousal_trace"]
        assert sum(raters.values()) == pytest.approx(1)  # type: ignore[union-attr]
        assert isinstance(trace, Signal)
        assert (trace.sfreq, trace.duration) == (4.0, 20.0)
    agree = [max(t.labels["raters"], key=t.labels["raters"].get) == t.labels["emotion"] for t in trials]  # type: ignore[union-attr]
    assert np.mean(agree) > 0.7


@pytest.mark.parametrize("effect", [0.0, 2.0])
def test_arousal_follows_the_class_by_effect(effect: float) -> None:
    trials = list(Synthetic(None, effect=effect, trials=60).trials())
    levels = np.linspace(-1.5, 1.5, 3)
    classes = Synthetic(None).targets["emotion"].classes
    level = [levels[classes.index(t.labels["emotion"])] for t in trials]  # type: ignore[arg-type]
    seen = np.corrcoef(level, [t.labels["arousal"] for t in trials])[0, 1]  # type: ignore[misc]
    assert abs(seen) < 0.1 if effect == 0 else seen > 0.8


def test_the_effect_is_learnt_and_without_it_nothing_is() -> None:
    x, y, subject, _ = band_powers(Synthetic(None))
    assert accuracy(x, y, subject) > 0.75
    chance = [accuracy(*band_powers(Synthetic(None, effect=0.0, seed=seed))[:3]) for seed in range(3)]
    assert abs(np.mean(chance) - 1 / 3) < 0.08
    own = band_powers(Synthetic(None, rho=0.0))
    assert accuracy(*own[:3]) < accuracy(x, y, subject) - 0.2


def test_windows_of_a_trial_are_recognised_by_its_offset() -> None:
    def nearest(offset: float) -> float:
        x, _, _, trial = band_powers(
            Synthetic(None, effect=0.0, trial_offset=offset, subject_offset=0.0, subjects=4), 640
        )
        distance = ((x[:, None] - x[None]) ** 2).sum(axis=2) + 1e9 * np.eye(len(x))
        return float((trial[distance.argmin(axis=1)] == trial).mean())

    assert nearest(1.0) > 0.9
    assert nearest(0.0) < 0.3


def test_some_trials_lack_the_peripheral_modality() -> None:
    trials = list(Synthetic(None, missing=0.3, trials=50).trials())
    lacking = np.mean([SyntheticPeripheral(None).read(trial) is None for trial in trials])
    assert 0.2 < lacking < 0.4
    assert all(SyntheticPeripheral(None).read(t) is not None for t in Synthetic(None).trials())


def test_it_is_fast() -> None:
    trials = list(Synthetic(None).trials())
    for reader in (SyntheticEEG(None), SyntheticPeripheral(None)):
        reader.read(trials[0])
        durations = []
        for trial in trials[:30]:
            begin = time.perf_counter()
            reader.read(trial)
            durations.append(time.perf_counter() - begin)
        assert np.median(durations) < 5e-3


def test_disk_and_memory_give_the_same_numbers(tmp_path: Path) -> None:
    options = {**SMALL, "missing": 0.5, "effect": 0.7}
    Synthetic.generate(tmp_path / "made", seed=3, **options)
    kept, made = Synthetic(tmp_path / "made"), Synthetic(None, seed=3, **options)
    assert kept.targets == made.targets
    lacking = 0
    for ours, theirs in zip(kept.trials(), made.trials(), strict=True):
        assert (ours.id, ours.subject, ours.stimulus, ours.recording) == (
            theirs.id,
            theirs.subject,
            theirs.stimulus,
            theirs.recording,
        )
        for name in ("emotion", "arousal", "raters"):
            assert ours.labels[name] == theirs.labels[name]
        traces = ours.labels["arousal_trace"], theirs.labels["arousal_trace"]
        np.testing.assert_array_equal(*(trace.data for trace in traces))  # type: ignore[union-attr]
        for reader in READERS.values():
            on_disk, in_memory = reader(tmp_path / "made").read(ours), reader(None).read(theirs)
            if on_disk is None or in_memory is None:
                assert on_disk is in_memory
                lacking += 1
                continue
            np.testing.assert_array_equal(on_disk.data, in_memory.data)
            assert (on_disk.ch_names, on_disk.units, on_disk.sfreq) == (
                in_memory.ch_names,
                in_memory.units,
                in_memory.sfreq,
            )
            assert all(path.is_file() for path in (*reader(tmp_path / "made").files(ours), *reader(None).files(theirs)))
    assert 0 < lacking < 8
    assert "SYNTHETIC" in json.loads((tmp_path / "made" / "SYNTHETIC.json").read_text())["note"]


def test_a_folder_that_is_none_of_ours_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"isn't a folder of made-up data.*insula generate synthetic"):
        Synthetic(tmp_path)
    Synthetic.generate(tmp_path / "made", **SMALL)
    with pytest.raises(DataError, match=r"was made with effect=1\.0, so dataset\.effect=0\.0 can't be had from it"):
        Synthetic(tmp_path / "made", effect=0.0)
    trial = next(iter(Synthetic(tmp_path / "made").trials()))
    (tmp_path / "made" / "eeg" / f"{trial.id}.npy").write_bytes(b"")
    with pytest.raises(SignalError, match=r"S01_T01\.npy can't be read"):
        SyntheticEEG(tmp_path / "made").read(trial)
    (tmp_path / "made" / "manifest.csv").unlink()
    with pytest.raises(DataError, match=r"manifest\.csv can't be read"):
        Synthetic(tmp_path / "made").trials()
