"""A stream made for tests: recordings whose samples count up, and steps that show what they were given."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from insula import Augmentation, Fold, Preprocessor, Signal, SignalError, Target, Transform, Trial
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
