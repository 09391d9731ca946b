"""Preparation: shared prefixes once, scopes respected, failures named and counted, the store keyed by content."""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from insula import DataError, Dataset, Preprocessor, Reader, Signal, SignalError, Transform, Trial
from insula.plugin.choice import Choice
from insula.plugin.registry import REGISTRIES, Component
from insula.preprocess.chain import Step, infinite, reach, stored_part
from insula.preprocess.prepare import Source, prepare
from insula.sources.store import Store

CALLS: Counter[str] = Counter()


class Lab(Dataset):
    def trials(self) -> Iterable[Trial]:
        return []


class Numbers(Reader):
    """Reads a number per trial from a file; 'broken' can't be read, 'none' lacks the modality."""

    def read(self, trial: Trial) -> Signal | None:
        CALLS["read"] += 1
        text = (self.root / trial.id).read_text()
        if text == "broken":
            raise SignalError(f"{self.root / trial.id} is no number")
        return None if text == "none" else Signal.of(np.full((1, 8), float(text)), 2.0, ["x"], "V")

    def files(self, trial: Trial) -> Iterable[Path]:
        return [self.root / trial.id]


class Double(Transform):
    reach = (1.0, 0.5)

    def __init__(self, *, times: float = 2.0) -> None:
        self.times = times

    def __call__(self, signal: Signal) -> Signal:
        CALLS["double"] += 1
        return signal.with_data(signal.data * self.times)


class Endless(Double):
    reach = (float("inf"), float("inf"))


@dataclass(frozen=True, eq=False)
class Shift(Transform):
    mean: float

    def __call__(self, signal: Signal) -> Signal:
        return signal.with_data(signal.data - self.mean)


class Center(Preprocessor):
    def fit(self, signals: Iterable[Signal]) -> Shift:
        return Shift(float(np.mean([signal.data.mean() for signal in signals])))


def choice(registry: str, cls: type, **options) -> Choice:
    component = Component(REGISTRIES[registry], cls.__name__, f"{__name__}:{cls.__name__}", "test")
    component.__dict__["cls"] = cls
    full = component.options(**options)
    return Choice(component, {name: getattr(full, name) for name in type(full).model_fields})


def step(cls: type, **options) -> Step:
    return Step(f"streams.x.signal.{cls.__name__}", choice("preprocessors", cls, **options))


def source(root: Path, name: str, *steps: Step) -> Source:
    return Source(name, choice("readers", Numbers), Numbers(root), steps)


@pytest.fixture
def lab(tmp_path):
    CALLS.clear()
    root = tmp_path / "data"
    root.mkdir()
    for name, text in {"a1": "1", "a2": "3", "b1": "10", "b2": "none"}.items():
        (root / name).write_text(text)
    trials = [Trial(name, name[0]) for name in ("a1", "a2", "b1", "b2")]
    return root, trials, Store(tmp_path / "store")


def values(prepared, stream: str) -> dict[str, float]:
    found = {key[1]: stored[0] for key, stored in prepared.signals.items() if key[0] == stream}
    return {name: float(signal.data.mean()) for name, signal in found.items() if signal is not None}


def test_a_shared_prefix_is_read_and_computed_once(lab):
    root, trials, store = lab
    sources = [source(root, "one", step(Double)), source(root, "two", step(Double), step(Double, times=10.0))]
    prepared = prepare(choice("datasets", Lab), trials, sources, store)
    assert values(prepared, "two") == {"a1": 20, "a2": 60, "b1": 200}
    assert CALLS == {"read": 4, "double": 6}
    prepare(choice("datasets", Lab), trials, sources, store)
    assert CALLS == {"read": 4, "double": 6}, "the second time everything comes from the store"


def test_only_what_changed_is_computed_again(lab):
    root, trials, store = lab
    prepare(choice("datasets", Lab), trials, [source(root, "x", step(Double))], store)
    CALLS.clear()
    (root / "a2").write_text("5")
    prepared = prepare(choice("datasets", Lab), trials, [source(root, "x", step(Double))], store)
    assert (CALLS["read"], values(prepared, "x")["a2"]) == (1, 10)
    prepare(choice("datasets", Lab), trials, [source(root, "x", step(Double, times=3.0))], store)
    assert CALLS["read"] == 5


@pytest.mark.parametrize(
    ("scope", "expected"), [("recording", {"a1": 0, "a2": 0, "b1": 0}), ("subject", {"a1": -1, "a2": 1, "b1": 0})]
)
def test_a_learnt_step_sees_its_scope_and_no_more(lab, scope, expected):
    root, trials, store = lab
    prepared = prepare(choice("datasets", Lab), trials, [source(root, "x", step(Center, fit=scope))], store)
    assert values(prepared, "x") == expected


def test_an_unreadable_recording_is_left_out_and_named(lab):
    root, trials, store = lab
    (root / "b1").write_text("broken")
    prepared = prepare(choice("datasets", Lab), trials, [source(root, "x")], store)
    assert set(values(prepared, "x")) == {"a1", "a2"}
    assert [(item.what, item.why) for item in prepared.left_out] == [("x: recording b1", f"{root / 'b1'} is no number")]


def test_no_usable_recording_is_an_error_with_the_first_reason(lab):
    root, trials, store = lab
    for path in root.iterdir():
        path.write_text("broken")
    with pytest.raises(DataError, match=r"streams\.x: none of 4 recordings could be used; the first: .*is no number"):
        prepare(choice("datasets", Lab), trials, [source(root, "x")], store)


def test_the_store_ends_before_the_first_step_fitted_on_train():
    steps = [step(Double), step(Center, fit="subject"), step(Center, fit="train"), step(Double)]
    stored, live = stored_part(steps)
    assert (list(stored), list(live)) == (steps[:2], steps[2:])


def test_finite_reaches_add_up_and_infinite_ones_are_named():
    steps = [step(Double), step(Endless), step(Double), step(Center)]
    assert reach(steps) == (2.0, 1.0)
    assert infinite(steps) == ["streams.x.signal.Endless"]


def test_the_same_data_in_another_folder_are_not_prepared_again(lab, tmp_path):
    root, trials, store = lab
    prepare(choice("datasets", Lab), trials, [source(root, "x")], store)
    elsewhere = tmp_path / "elsewhere"
    root.rename(elsewhere)
    CALLS.clear()
    moved = [replace(trial, context={"path": str(elsewhere / trial.id)}) for trial in trials]
    prepare(choice("datasets", Lab), moved, [source(elsewhere, "x")], store)
    assert CALLS["read"] == 0
    told = [replace(trial, context={"gain": np.arange(2000)}) for trial in trials]
    prepare(choice("datasets", Lab), told, [source(elsewhere, "x")], store)
    told = [replace(trial, context={"gain": np.arange(2000) * (np.arange(2000) != 1000)}) for trial in trials]
    prepare(choice("datasets", Lab), told, [source(elsewhere, "x")], store)
    assert CALLS["read"] == 8, "what a reader may go by is told apart to the last value"


@pytest.mark.parametrize("where", ["deep_lab.sub.steps:Step", "deep_lab:Step"])
def test_a_digest_covers_the_whole_package(tmp_path, monkeypatch, where):
    from insula.plugin.choice import source_digest
    from insula.plugin.registry import import_path

    package = tmp_path / "deep_lab"
    (package / "sub").mkdir(parents=True)
    for name in ("__init__", "sub/__init__", "sub/steps"):
        (package / f"{name}.py").write_text("class Step:\n    pass\n")
    (package / "dsp.py").write_text("GAIN = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    cls = import_path(where)
    before = source_digest(cls)
    (package / "dsp.py").write_text("GAIN = 2\n")
    source_digest.cache_clear()
    assert source_digest(cls) != before
    for module in [name for name in sys.modules if name.partition(".")[0] == "deep_lab"]:
        del sys.modules[module]
