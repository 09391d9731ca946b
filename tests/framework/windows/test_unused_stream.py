"""A stream that isn't used has its say in which windows there are, and is seen by nobody."""

import numpy as np

from insula import Fold, Signal, Target, Trial
from insula.preprocess.prepare import Prepared
from insula.sources.store import Store
from insula.windows.cut import cut_windows
from insula.windows.stream import StreamPlan


def cut(folder, *, used, plans=("eeg", "eda"), require=()):
    """Four recordings of 10 s, of which the last lacks EEG and the first has EDA from 4 s on."""
    trials = [Trial(f"t{k}", f"p{k}", labels={"y": k % 2}) for k in range(4)]
    store, prepared = Store(folder), Prepared()
    for k, trial in enumerate(trials):
        eeg = Signal.of(np.ones((2, 100)), 10.0, ["a", "b"], "1")
        eda = Signal.of(np.ones((1, 60 if k == 0 else 100)), 10.0, ["x"], "1", t0=4.0 if k == 0 else 0.0)
        for name, signal in (("eeg", None if k == 3 else eeg), ("eda", eda)):
            prepared.signals[name, trial.recording] = store.put(f"aa{name}{k}", [signal])
            prepared.keys[name, trial.recording] = f"{name}{k}"
    made = {name: StreamPlan(name, (), (), None, 0.0, used=name in used) for name in plans}
    target = {"y": (Target("classes", ("no", "yes")), None)}
    return cut_windows(trials, prepared, made, target, 2.0, None, store, require)


def test_the_windows_are_those_of_all_streams(tmp_path):
    both, one = cut(tmp_path / "a", used=("eeg", "eda")), cut(tmp_path / "b", used=("eda",))
    columns = ["trial", "t0", "t1", "raw_t0", "raw_t1"]
    assert both.rows.index[columns].equals(one.rows.index[columns])
    assert list(one.streams) == ["eda"]
    assert list(one.fit(Fold(np.arange(3)))[0].streams) == ["eda"]


def test_windows_may_require_it(tmp_path):
    there = cut(tmp_path / "a", used=("eda",), require=("eeg",))
    assert there.rows.index["trial"].unique().tolist() == ["t0", "t1", "t2"]
    assert "t3" in cut(tmp_path / "b", used=("eda",), plans=("eda",)).rows.index["trial"].tolist()


def test_a_row_that_lacks_every_used_stream_is_still_a_row(tmp_path):
    alone = cut(tmp_path, used=("eeg",))
    row = int(np.flatnonzero(alone.rows.index["trial"] == "t3")[0])
    assert alone.fit(Fold(np.arange(3)))[row].streams == {"eeg": None}
