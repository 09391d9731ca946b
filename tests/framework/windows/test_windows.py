"""What a fold's windows say of themselves to a model, for regular and irregular streams."""

import numpy as np
import pytest

from insula import Fold, Signal, Target, Trial
from insula.preprocess.prepare import Prepared
from insula.sources.store import Store
from insula.windows.cut import cut_windows
from insula.windows.stream import StreamPlan

TIMES = np.array([0.5, 1.2, 2.4, 3.9, 4.1, 5.5, 7.8])
BEATS = Signal.of([np.arange(7)], 0.0, ["rr"], "1", t0=0.5, times=TIMES)


@pytest.fixture
def fitted(tmp_path):
    """Return ``fit(signal, length, context=...)``: one trial's windows, with a fold that trains on all."""

    def fit(signal: Signal, length: float | None, **more: float):
        store, prepared = Store(tmp_path / str(len(list(tmp_path.iterdir())))), Prepared()
        prepared.signals["x", "r"] = store.put("aar", [signal])
        prepared.keys["x", "r"] = "r"
        plan = StreamPlan("x", (), (), None, more.get("context", 0.0))
        target = Target("classes", ("no", "yes"))
        trial = Trial("t", "a", recording="r", labels={"y": 0})
        windows = cut_windows([trial], prepared, {"x": plan}, {"y": (target, None)}, length, None, store)
        return windows.fit(Fold(np.arange(len(windows.rows.trials))))

    return fit


def samples(windows, row: int) -> list[float]:
    return windows[row].streams["x"].data[0].tolist()


def size(windows) -> int | None:
    return windows.spec(np.arange(1)).streams["x"].n_times


def test_windows_of_a_regular_stream_have_one_size_those_of_an_irregular_one_have_not(fitted):
    assert size(fitted(Signal.of([np.arange(8)], 1.0, ["x"], "1"), 2.0)) == 2
    assert size(fitted(Signal.of([np.arange(8)], 1.0, ["x"], "1"), None)) is None
    assert size(fitted(BEATS, 2.0)) is None


def test_a_whole_trial_of_an_irregular_stream_keeps_its_last_sample(fitted):
    assert samples(fitted(BEATS, None), 0) == [0, 1, 2, 3, 4, 5, 6]


def test_an_irregular_windows_context_is_no_part_of_it(fitted):
    assert samples(fitted(BEATS, 2.0, context=4.0), 2) == [4, 5]
