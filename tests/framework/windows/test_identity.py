"""Identity inputs: what is constant for each person, as a whole stream or a channel of one."""

import numpy as np

from insula import Signal, Target, Trial
from insula.preprocess.prepare import Prepared
from insula.sources.memory import MemoryStore
from insula.windows.cut import cut_windows
from insula.windows.identity import identity_inputs
from insula.windows.stream import StreamPlan


def found(make, people: int = 3, trials: int = 2, length: float | None = None) -> list[str]:
    """Return what is found in a stream ``x`` whose signal of a trial is ``make(person, trial)``."""
    store, prepared, listed = MemoryStore(), Prepared(), []
    for person in range(people):
        for trial in range(trials):
            name = f"s{person}t{trial}"
            prepared.signals["x", name] = store.put(name, [make(person, trial)])
            prepared.keys["x", name] = name
            listed.append(Trial(name, f"s{person}", labels={"y": 0}))
    plans = {"x": StreamPlan("x", (), (), None, 0.0)}
    targets = {"y": (Target("classes", ("a", "b")), None)}
    return identity_inputs(cut_windows(listed, prepared, plans, targets, length, None, store))


def over_time(*channels) -> Signal:
    data = np.array([np.broadcast_to(np.asarray(channel, np.float64), (40,)) for channel in channels])
    return Signal.of(data, 10.0, "abcdef"[: len(data)], "1")


def noise(person, trial):
    return np.random.default_rng([person, trial]).normal(size=40)


def static(*values) -> Signal:
    return Signal.of(np.array(values)[:, None], 0.0, "abcdef"[: len(values)], "1")


def test_a_static_stream_and_a_part_of_one():
    assert found(lambda person, trial: static(person, 2 * person)) == ["x"]
    assert found(lambda person, trial: static(person, trial, 3 - person)) == ["x (a, c)"]
    assert found(lambda person, trial: static(trial, person + trial)) == []


def test_a_channel_of_a_signal():
    assert found(lambda person, trial: over_time(noise(person, trial), 20 + person), length=2.0) == ["x (b)"]
    assert found(lambda person, trial: over_time(20 + person, 170.0 + person), length=2.0) == ["x"]
    assert found(lambda person, trial: over_time(noise(person, trial), 20 + person + trial)) == []
    assert found(lambda person, trial: over_time(noise(person, trial), person + (np.arange(40) > 20))) == []


def test_what_is_the_same_for_everybody_says_nothing_and_gaps_say_neither():
    assert found(lambda person, trial: static(1, 2)) == []
    assert found(lambda person, trial: over_time(noise(person, trial), 0.0)) == []
    assert found(lambda person, trial: static(person), people=1) == []
    gaps = np.where(np.arange(40) % 7 == 0, np.nan, 1.0)
    assert found(lambda person, trial: over_time(noise(person, trial), (person + 1) * gaps)) == ["x (b)"]
    assert found(lambda person, trial: static(person if trial else np.nan)) == ["x"]
    assert found(lambda person, trial: static(np.nan)) == []
