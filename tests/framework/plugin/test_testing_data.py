"""Each check of preprocessors, splits, sources and analyses catches the fault it is there for, and says so."""

import re

import numpy as np
import pytest

from contracts_faulty import sources, steps
from insula import Signal, Trial
from insula.plugin.testing import (
    check_analysis,
    check_augmentation,
    check_dataset,
    check_preprocessor,
    check_reader,
    check_split,
)
from insula.plugin.testing.reach import measure
from insula.plugin.testing.signals import noise

SOUND = sources.SoundDataset


@pytest.mark.parametrize(
    ("check", "component", "message"),
    [
        (check_preprocessor, steps.ClaimsCausal, "s of future, more than the 0 s"),
        (check_preprocessor, steps.WholeRecording, "s of past, more than the 0 s"),
        (check_preprocessor, steps.InPlace, "read-only"),
        (check_preprocessor, steps.ReturnsNone, "it returned NoneType, not a Signal"),
        (check_preprocessor, steps.Draws, "another result the second time"),
        (check_preprocessor, steps.NoDataclass, "fit returned PlainScaled, which is no dataclass"),
        (check_preprocessor, steps.KeepsAList, "Hiding.names is a list, which a bundle can't store"),
        (check_preprocessor, steps.KeepsState, "a later fit changes what was fitted before"),
        (check_augmentation, steps.GlobalDraw, "the same rng gives two results"),
        (check_augmentation, steps.Renames, "it changes channel names, units or sampling rate"),
        (check_augmentation, steps.Idle, "it changes nothing in 30 draws"),
        (check_augmentation, steps.WritesIntoWindow, "read-only"),
        (check_split, sources.Overlaps, "3 rows are in validation and in test"),
        (check_split, sources.AdaptsOnTest, "5 rows are in test and in adapt"),
        (check_split, sources.Boasts, "it claims ('new planets',). A claim is a tuple of: new trials, new stimuli"),
        (check_split, sources.Labels, "Return positions"),
        (check_split, sources.OutOfRange, "test holds rows out of 0…383"),
        (check_split, sources.EmptyTest, "test is empty"),
        (check_split, sources.Restless, "asked twice it gives other folds"),
        (check_split, sources.SortsIndex, "it changed the index"),
        (check_dataset, sources.NoLicence, "it declares no licence"),
        (
            check_dataset,
            sources.UndeclaredClass,
            "the label 'anger' doesn't fit the target 'emotion' (classes joy, sadness)",
        ),
        (check_dataset, sources.TwinTrials, "two trials share an id"),
        (check_dataset, sources.SilentlyEmpty, "a root that isn't there gives 0 trials and no error"),
        (check_analysis, sources.NoJSON, "its values can't go into metrics.json"),
        (check_analysis, sources.ChangesResults, "it changed the results"),
        (check_analysis, sources.SaysNothing, "its section says nothing"),
    ],
)
def test_planted_faults(check, component, message: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(message)):
        check(component)


@pytest.mark.parametrize(
    ("component", "message"),
    [
        (sources.ReadsTwice, "reading a trial twice gives two signals"),
        (sources.Fragile, "a trial whose file is missing"),
        (sources.WrongFiles, "names what isn't a file"),
    ],
)
def test_faulty_readers(component, message: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(message)):
        check_reader(component, dataset=SOUND)


def test_what_is_sound_passes(tmp_path) -> None:
    check_preprocessor(steps.Scale)
    check_augmentation(steps.SoundNoise)
    check_split(sources.SoundSplit)
    check_analysis(sources.SoundAnalysis)
    check_dataset(SOUND)
    check_reader(sources.SoundReader, dataset=SOUND)
    SOUND.generate(tmp_path / "files")
    check_dataset(SOUND(tmp_path / "files"))
    trials = list(SOUND(tmp_path / "files").trials())
    check_reader(sources.SoundReader(tmp_path / "files"), trials=trials)
    check_reader(sources.SoundReader, root=tmp_path / "files", trials=trials)


def test_a_reader_that_finds_nothing_is_caught(tmp_path) -> None:
    reader = type("Missing", (sources.SoundReader,), {"read": lambda self, trial: None, "__module__": sources.__name__})
    with pytest.raises(AssertionError, match="none of 1 trials has this modality"):
        check_reader(_instance(reader, tmp_path), trials=[Trial("a", "b")])


def _instance(cls, root):
    setattr(sources, cls.__name__, cls)
    return cls(root)


def test_a_step_that_takes_no_made_up_signal_says_which_to_pass() -> None:
    with pytest.raises(AssertionError, match=r"it takes none of the made-up signals \(speech at 16 kHz: no"):
        check_preprocessor(steps.Picky)
    check_preprocessor(steps.Picky, signal=noise(8.0, 777.0, ("a",), "1", 1.0))


@pytest.mark.parametrize("sfreq", [50.0, 128.0])
@pytest.mark.parametrize("length", [0.4, 1.0, 2.0])
def test_the_measured_reach_of_a_moving_average_is_half_its_length(sfreq: float, length: float) -> None:
    past, future = measure(steps.Smooth(length=length), noise(20.0, sfreq, ("a", "b"), "1", 1.0))
    assert past == pytest.approx(length / 2, abs=1 / sfreq)
    assert future == pytest.approx(length / 2, abs=2 / sfreq)


def test_the_measured_reach_tells_past_from_future() -> None:
    def delay(signal: Signal) -> Signal:
        return signal.with_data(np.roll(signal.data, 30, axis=1))

    past, future = measure(delay, noise(10.0, 100.0, ("a",), "1", 1.0))
    assert past == pytest.approx(0.3)
    assert future == 0.0


def test_the_mean_of_a_long_recording_is_seen() -> None:
    past, future = measure(steps.WholeRecording(), noise(20.0, 16000.0, ("a",), "1", 0.1))
    assert min(past, future) > 5.0


def test_a_frame_stands_for_its_own_stretch() -> None:
    def seconds(signal: Signal) -> Signal:
        return signal.with_data(signal.data.reshape(len(signal.data), -1, 100).mean(axis=2), sfreq=1.0)

    past, future = measure(seconds, noise(20.0, 100.0, ("a",), "1", 1.0))
    assert (past, future) == (pytest.approx(0.99, abs=1.0), 0.0)
    assert past <= 0.0


def test_events_that_appear_are_located() -> None:
    """Beats: the times at which a signal passes 4 standard deviations."""

    def beats(signal: Signal) -> Signal:
        found = np.flatnonzero(np.abs(signal.data[0]) > 4.0)
        times = np.concatenate([[0.0], found / signal.sfreq])
        return Signal.of(np.diff(times, prepend=0.0), 0.0, ("interval",), "s", times=times)

    past, future = measure(beats, noise(10.0, 100.0, ("a",), "1", 0.5))
    assert (past, future) == (0.0, 0.0) or past < 10.0
    assert future == 0.0


def test_an_output_without_time_has_no_reach() -> None:
    assert (
        measure(
            lambda s: Signal.of(s.data.mean(axis=1)[:, None], 0.0, s.ch_names, "1"), noise(9.0, 50.0, ("a",), "1", 1.0)
        )
        is None
    )
