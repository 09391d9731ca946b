"""Windows of a stream: context, own length, what a train-fitted step may see, augmentation, undefined values."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pytest

from insula import Augmentation, ConfigError, Fold, Preprocessor, Signal, SignalError, Target, Transform, Trial
from insula.plugin.choice import Choice
from insula.plugin.registry import REGISTRIES, Component
from insula.preprocess.chain import Step
from insula.preprocess.prepare import Prepared
from insula.sources.store import Store
from insula.windows.copies import CopyMaker
from insula.windows.cut import cut_windows
from insula.windows.stream import StreamPlan

SEEN: list[np.ndarray] = []


@dataclass(frozen=True, eq=False)
class Shift(Transform):
    mean: float

    def __call__(self, signal: Signal) -> Signal:
        return signal.with_data(signal.data - self.mean)


class Center(Preprocessor):
    """Remembers what it was fitted on."""

    def fit(self, signals: Iterable[Signal]) -> Shift:
        SEEN[:] = [signal.data.copy() for signal in signals]
        return Shift(float(np.mean([data.mean() for data in SEEN])))


@dataclass(frozen=True, eq=False)
class Known(Transform):
    largest: float

    def __call__(self, signal: Signal) -> Signal:
        if signal.data.min() > self.largest:
            raise SignalError(f"never saw {signal.data.min():g}")
        return signal


class Picky(Preprocessor):
    """Refuses what is larger than all it was fitted on."""

    def fit(self, signals: Iterable[Signal]) -> Known:
        return Known(float(max(signal.data.max() for signal in signals)))


class Mean(Transform):
    """One number per window, over whatever it is given."""

    def __call__(self, signal: Signal) -> Signal:
        if signal.n_times < 10:
            raise SignalError(f"{signal.n_times} samples are too few")
        return Signal.of(signal.data.mean(axis=1, keepdims=True), 0.0, signal.ch_names, "1")


class Longer(Transform):
    """Adds ten seconds of zeros."""

    def __call__(self, signal: Signal) -> Signal:
        return signal.with_data(np.pad(signal.data, ((0, 0), (0, 100))))


class Fussy(Transform):
    """Refuses the windows of the first trial."""

    def __call__(self, signal: Signal) -> Signal:
        if signal.t0 < 15:
            raise SignalError("no such window")
        return signal


class Noise(Augmentation):
    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        return signal.with_data(signal.data + rng.normal(size=signal.data.shape))


def component(registry: str, cls: type) -> Component:
    found = Component(REGISTRIES[registry], cls.__name__, f"{__name__}:{cls.__name__}", "test")
    found.__dict__["cls"] = cls
    return found


def step(cls: type, **options) -> Step:
    found = component("preprocessors", cls)
    full = found.options(**options)
    return Step(cls.__name__, Choice(found, {name: getattr(full, name) for name in type(full).model_fields}))


class Raised(Augmentation):
    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        return signal.with_data(signal.data + 1e4)


RAISED = CopyMaker(Choice(component("augmentations", Raised), {"when": "after_split"}), Raised())


class Lab:
    """Two trials in one recording of 40 s at 10 Hz whose sample k is k, and one in a recording of its own."""

    def __init__(
        self, tmp_path, plan: StreamPlan, length: float | None = 2.0, trials: list[Trial] | None = None, copies=None
    ) -> None:
        self.trials = trials or [
            Trial("t1", "a", recording="r1", start=5.0, stop=15.0, labels={"y": 0}),
            Trial("t2", "a", recording="r1", start=20.0, stop=30.0, labels={"y": 1}),
            Trial("t3", "b", recording="r2", stop=10.0, labels={"y": 0}),
        ]
        store = Store(tmp_path)
        prepared = Prepared()
        for number, name in enumerate(("r1", "r2")):
            signal = Signal.of(np.arange(400) + 1000 * number, 10.0, ["x"], "1")
            prepared.signals["x", name] = store.put(f"aa{name}", [signal])
            prepared.keys["x", name] = name
        target = Target("classes", ("no", "yes"))
        self.windows = cut_windows(
            self.trials, prepared, {"x": plan}, {"y": (target, None)}, length, None, store, (), copies
        )

    def rows(self, trial: str) -> np.ndarray:
        return np.flatnonzero(self.windows.rows.index["trial"] == trial)

    def fitted(self, *train: str):
        return self.windows.fit(Fold(np.concatenate([self.rows(name) for name in train])))


def plan(*features: Step, signal: tuple[Step, ...] = (), **more) -> StreamPlan:
    return StreamPlan("x", signal, features, more.pop("length", None), more.pop("context", 0.0), **more)


def test_windows_lie_inside_their_trials(tmp_path):
    lab = Lab(tmp_path, plan())
    assert [len(lab.rows(name)) for name in ("t1", "t2", "t3")] == [5, 5, 5]
    window = lab.fitted("t1")[int(lab.rows("t2")[0])].streams["x"]
    assert window.data[0, [0, -1]].tolist() == [200, 219]
    assert lab.windows.rows.index["y"].tolist() == ["no"] * 5 + ["yes"] * 5 + ["no"] * 5


def test_context_reaches_back_but_not_across_the_trials_start(tmp_path):
    lab = Lab(tmp_path, plan(step(Mean), context=6.0))
    first, last = lab.rows("t2")[[0, -1]]
    fitted = lab.fitted("t1")
    assert fitted[int(first)].streams["x"].data.item() == pytest.approx(np.arange(200, 220).mean())
    assert fitted[int(last)].streams["x"].data.item() == pytest.approx(np.arange(240, 300).mean())
    index = lab.windows.rows.index
    assert index["raw_t0"].iloc[[first, last]].tolist() == [20.0, 24.0]


def test_context_is_dropped_from_what_keeps_its_time_axis(tmp_path):
    lab = Lab(tmp_path, plan(step(Center, fit="train"), context=6.0))
    window = lab.fitted("t1")[int(lab.rows("t2")[-1])].streams["x"]
    assert window.n_times == 20


def test_a_stream_may_have_its_own_length(tmp_path):
    lab = Lab(tmp_path, plan(length=4.0))
    window = lab.fitted("t1")[int(lab.rows("t2")[-1])].streams["x"]
    assert (window.n_times, window.data[0, -1]) == (40, 299)


def test_a_streams_own_length_never_reaches_into_the_trial_before(tmp_path):
    lab = Lab(tmp_path, plan(length=4.0))
    rows = lab.rows("t2")
    assert lab.windows.rows.index["t0"].iloc[rows].tolist() == [22.0, 24.0, 26.0, 28.0], (
        "before, there are no four seconds"
    )
    assert lab.fitted("t1")[int(rows[0])].streams["x"].data[0, 0] == 200


def test_a_feature_step_fitted_on_train_sees_the_training_windows_only(tmp_path):
    lab = Lab(tmp_path, plan(step(Center, fit="train")))
    fitted = lab.fitted("t1")
    assert sorted(np.concatenate(SEEN, axis=1)[0]) == list(range(50, 150))
    assert fitted[int(lab.rows("t1")[0])].streams["x"].data.mean() == pytest.approx(59.5 - 99.5)


def test_a_signal_step_fitted_on_train_sees_the_training_trials_only_not_what_lies_between(tmp_path):
    lab = Lab(tmp_path, plan(signal=(step(Center, fit="train"),)))
    lab.fitted("t2")
    assert sorted(np.concatenate(SEEN, axis=1)[0]) == list(range(200, 300))


def test_a_step_fitted_on_subjects_sees_each_subject_apart(tmp_path):
    lab = Lab(tmp_path, plan(step(Center, fit="subject")))
    fitted = lab.fitted("t1")
    for trials in (("t1", "t2"), ("t3",)):
        rows = np.concatenate([lab.rows(name) for name in trials])
        assert np.mean([fitted[int(row)].streams["x"].data.mean() for row in rows]) == pytest.approx(0, abs=1e-4)


def test_a_window_whose_feature_step_fails_is_left_out_and_counted(tmp_path):
    short = [
        Trial("t1", "a", recording="r1", stop=0.8, labels={"y": 0}),
        Trial("t2", "a", recording="r1", stop=3.0, labels={"y": 1}),
    ]
    lab = Lab(tmp_path, plan(step(Mean)), length=None, trials=short)
    assert lab.windows.rows.index["trial"].tolist() == ["t2"]
    assert lab.fitted("t2")[0].streams["x"].data.item() == pytest.approx(14.5)
    (item,) = [item for item in lab.windows.left_out if "windows" in item.what]
    assert (item.count, "8 samples are too few" in item.why) == (1, True)


def test_a_step_behind_a_fitted_one_that_refuses_a_window_leaves_it_out_too(tmp_path):
    short = [
        Trial("t1", "a", recording="r1", stop=0.8, labels={"y": 0}),
        Trial("t2", "a", recording="r1", stop=3.0, labels={"y": 1}),
    ]
    lab = Lab(tmp_path, plan(step(Center, fit="train"), step(Mean)), length=None, trials=short)
    fitted = lab.fitted("t2")
    fold = fitted.usable(Fold(train=np.array([1]), test=np.array([0])))
    assert (fold.train.tolist(), fold.test.tolist()) == ([1], [])
    assert [(item.what, "8 samples are too few" in item.why) for item in fitted.left_out] == [
        ("x: a window of trial t1", True)
    ]


def test_what_a_fitted_step_alone_refuses_is_an_error_and_no_missing_window(tmp_path):
    lab = Lab(tmp_path, plan(step(Picky, fit="train"), step(Mean)))
    fitted = lab.fitted("t1")
    assert fitted[int(lab.rows("t1")[0])].streams["x"] is not None
    with pytest.raises(SignalError, match="never saw 1000"):
        fitted[int(lab.rows("t3")[0])]


def test_two_people_in_one_recording_are_processed_with_their_own_statistics_in_any_order(tmp_path):
    trials = [
        Trial("t1", "a", recording="r1", start=0.0, stop=10.0, labels={"y": 0}),
        Trial("t2", "b", recording="r1", start=20.0, stop=30.0, labels={"y": 1}),
    ]
    chain = (step(Center, fit="train"), step(Center, fit="subject"))
    forward, backward = (Lab(tmp_path, plan(signal=chain), trials=trials).fitted("t1") for _ in range(2))
    rows = range(10)
    there = [forward[row].streams["x"].data.mean() for row in rows]
    back = [backward[row].streams["x"].data.mean() for row in reversed(rows)][::-1]
    np.testing.assert_array_equal(there, back)
    assert np.mean(there[:5]) == pytest.approx(0, abs=1e-3)
    assert np.mean(there[5:]) == pytest.approx(0, abs=1e-3)


def test_what_is_shorter_than_a_window_is_counted(tmp_path):
    trials = [
        Trial("t1", "a", recording="r1", stop=1.5, labels={"y": 0}),
        Trial("t2", "a", recording="r1", stop=4.0, labels={"y": 1}),
    ]
    lab = Lab(tmp_path, plan(), trials=trials)
    assert [item.why for item in lab.windows.left_out] == ["its 1.50 s are shorter than a window of 2 s"]


def test_augmentation_changes_training_draws_only_and_is_a_function_of_the_draw(tmp_path):
    lab = Lab(tmp_path, plan(augment_features=(Noise(),)))
    fitted = lab.fitted("t1")
    row = int(lab.rows("t1")[0])
    plain, one, again, other = (fitted[item].streams["x"].data for item in (row, (row, 1), (row, 1), (row, 2)))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)
    assert plain.tolist() == [list(range(50, 70))]


class Shy(Augmentation):
    """Refuses what is larger than a number."""

    def __init__(self, largest: float) -> None:
        self.largest = largest

    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        if signal.data.max() > self.largest:
            raise SignalError("too large to be augmented")
        return signal.with_data(signal.data + 0.5)


def test_a_draw_that_is_refused_leaves_the_window_as_it_is(tmp_path):
    fitted = Lab(tmp_path, plan(augment_signal=(Shy(100),))).fitted("t1")
    augmented = [fitted[row, 1].streams["x"].data[0, 0] for row in range(5)]
    assert augmented == [50.5, 70.5, 90, 110, 130]
    fitted.spec(range(5))


@pytest.mark.parametrize("where", ["augment_signal", "augment_features"])
def test_augmentations_that_refuse_every_window_are_a_mistake(tmp_path, where):
    fitted = Lab(tmp_path, plan(**{where: (Shy(0),)})).fitted("t1")
    with pytest.raises(ConfigError, match=r"streams\.x\.augment: too large to be augmented"):
        fitted.spec(range(5))


@pytest.mark.parametrize("scope", ["subject", "recording", "everything", "train"])
@pytest.mark.parametrize("where", ["signal", "features"])
def test_copies_made_after_the_split_teach_steps_of_the_training_rows_alone(tmp_path, scope, where):
    centre = step(Center, fit=scope)
    chains = {"signal": (centre,)} if where == "signal" else {}
    steps = () if where == "signal" else (centre,)
    plain, copied = (
        Lab(tmp_path / name, plan(*steps, **chains, copies=copies), copies=dict.fromkeys(copies, "after_split"))
        for name, copies in (("plain", {}), ("copied", {"raised": RAISED}))
    )
    row = int(plain.rows("t3")[1])
    before = plain.fitted("t1", "t2")[row].streams["x"].data
    train = np.flatnonzero(copied.windows.rows.index["trial"].str.startswith(("t1", "t2")))
    after = copied.windows.fit(Fold(train))[int(copied.rows("t3")[1])].streams["x"].data
    same = scope != "train" or where == "signal"  # a step on the signal sees the recording, which has no copies
    assert np.array_equal(before, after) == same


def test_a_copy_that_is_refused_behind_a_learnt_step_costs_itself_alone(tmp_path):
    copies = {"shy": CopyMaker(Choice(component("augmentations", Shy), {"when": "after_split"}), Shy(-1e9))}
    lab = Lab(tmp_path, plan(signal=(step(Center, fit="train"),), copies=copies), copies={"shy": "after_split"})
    everything = np.arange(len(lab.windows.rows.index))
    fitted = lab.windows.fit(Fold(everything))
    usable = fitted.usable(Fold(everything)).train
    assert set(lab.windows.rows.index["trial"].iloc[usable]) == {"t1", "t2", "t3"}
    assert {item.why for item in fitted.left_out} == {"too large to be augmented"}


def test_a_step_that_moves_the_end_can_not_stand_beside_a_context(tmp_path):
    lab = Lab(tmp_path, plan(step(Longer), context=6.0))
    with pytest.raises(ConfigError, match=r"streams\.x: a feature step moves the end of a window from 7 to 17 s"):
        lab.fitted("t1")[int(lab.rows("t1")[0])]


def test_windows_that_a_step_refuses_do_not_count_against_an_augmentation(tmp_path):
    lab = Lab(tmp_path, plan(step(Center, fit="train"), step(Fussy), augment_signal=(Noise(),)))
    lab.fitted("t1").spec(range(15))
