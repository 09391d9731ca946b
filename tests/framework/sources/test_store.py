"""The store: whole entries or none, found by content."""

import errno
import os
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from insula import Signal, StoreError
from insula.sources import store as module
from insula.sources.store import Store, digest_files, entry_key


def signals():
    rng = np.random.default_rng(0)
    plain = Signal.of(rng.normal(size=(3, 50)), 10.0, "abc", ["V", "V", "S"], t0=1.5)
    beats = Signal.of([[0.8, np.nan]], 0.0, ["rr"], "s", times=np.array([0.5, 1.25]))
    masked = Signal.of([[1, 2, 3]], 4.0, ["x"], "1", valid=np.array([[True, False, True]]))
    static = Signal.of([[1], [2]], 0.0, ["p", "q"], "1").noted("flat", 0.25)
    return [plain, None, beats, masked, static]


def test_signals_come_back_as_they_were(tmp_path):
    store = Store(tmp_path / "store")
    store.put("ab12", signals())
    for before, after in zip(signals(), store.get("ab12"), strict=True):
        if before is None:
            assert after is None
            continue
        np.testing.assert_array_equal(after.data, before.data)
        np.testing.assert_array_equal(after.defined, before.defined)
        for name in ("sfreq", "ch_names", "units", "t0", "notes"):
            assert getattr(after, name) == getattr(before, name)
        assert (after.times is None) == (before.times is None)
    assert store.get("ab12").undefined() == {
        **dict.fromkeys("abc", (0, 50)),
        "rr": (1, 2),
        "x": (1, 3),
        **dict.fromkeys("pq", (0, 1)),
    }
    assert store.get("ab13") is None


def test_data_is_memory_mapped_and_read_only(tmp_path):
    signal = Store(tmp_path).put("ab12", signals())[0]
    with pytest.raises(ValueError, match="read-only"):
        signal.data[0, 0] = 1


def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module.np, "save", full)
    with pytest.raises(StoreError, match=r"No space left on device.*store=DIR"):
        Store(tmp_path).put("ab12", signals())
    assert Store(tmp_path).get("ab12") is None
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_damaged_entry_says_which_folder_to_delete(tmp_path):
    folder = Store(tmp_path).put("ab12", signals()).folder
    (folder / "meta.json").write_text("{")
    with pytest.raises(StoreError, match="delete that folder"):
        Store(tmp_path).get("ab12")


def _put(root):
    return str(Store(root).put("cd34", signals()).folder)


def test_processes_may_write_the_same_entry_at_once(tmp_path):
    with ProcessPoolExecutor(4) as pool:
        folders = list(pool.map(_put, [tmp_path] * 12))
    assert len(set(folders)) == 1
    assert len(Store(tmp_path).get("cd34")) == 5
    assert list((tmp_path / "part").iterdir()) == []


def test_keys_follow_content_not_paths(tmp_path):
    for name, text in (("a", "one"), ("b", "one"), ("c", "two")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.wav").write_text(text)
    a, b, c = (entry_key(files=digest_files([tmp_path / name / "x.wav"])) for name in "abc")
    assert a == b != c
    assert entry_key(step={"low": 1.0}) != entry_key(step={"low": 2.0})
