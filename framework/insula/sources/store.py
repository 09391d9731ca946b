"""The prepared-data store: Signals on disk, found by what they were made from.

An entry is written to a temporary folder and renamed, so that it is there whole or not at all; several processes may
read and write at once. Samples are memory-mapped.
"""

import errno
import json
import os
import shutil
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from insula.errors import StoreError
from insula.types import Signal

FORMAT = 2
COMPUTING = ("numpy", "scipy", "mne", "librosa", "neurokit2", "soundfile")
OPEN_FILES = 128
FULL = (errno.ENOSPC, errno.EDQUOT)


@lru_cache
def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that compute: another version may give other numbers."""
    found = {}
    for name in COMPUTING:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@lru_cache(maxsize=65536)
def file_digest(path: Path, size: int, mtime_ns: int) -> str:
    """Return a digest of a file's contents; size and time only save reading it twice in one process."""
    digest = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def digest_files(paths: Sequence[Path]) -> list[tuple[str, str]]:
    """Return name and digest of every file; a path elsewhere with the same contents is the same data."""
    stats = [(path, path.stat()) for path in paths]
    return [(path.name, file_digest(path, stat.st_size, stat.st_mtime_ns)) for path, stat in stats]


def entry_key(**parts: Any) -> str:
    """Return the key of an entry: a digest of everything that decides its content."""
    text = json.dumps({"format": FORMAT, "libraries": library_versions(), **parts}, sort_keys=True, default=str)
    return blake2b(text.encode(), digest_size=20).hexdigest()


class Stored(Sequence["Signal | None"]):
    """The Signals of one entry, opened when they are asked for."""

    def __init__(self, folder: Path, meta: Mapping[str, Any]) -> None:
        self.folder = folder
        self.meta = meta

    def __len__(self) -> int:
        return len(self.meta["signals"])

    def __getitem__(self, number: int) -> Signal | None:  # type: ignore[override]
        about = self.meta["signals"][number]
        if about is None:
            return None
        channels, times = about["shape"]
        begin = about["offset"]
        count = channels * times
        arrays: dict[str, Any] = {}
        if about["irregular"] is not None:
            arrays["times"] = _open(self.folder / "times.npy")[about["irregular"] : about["irregular"] + times]
        if about["masked"] is not None:
            masked = _open(self.folder / "valid.npy")[about["masked"] : about["masked"] + count]
            arrays["valid"] = masked.reshape(channels, times)
        heads = self.meta["heads"][about["head"]]
        data = _open(self.folder / "data.npy")[begin : begin + count].reshape(channels, times)
        names, units = tuple(heads["ch_names"]), tuple(heads["units"])
        return Signal(data, about["sfreq"], names, units, about["t0"], **arrays, notes=about["notes"])

    def refused(self) -> dict[int, str]:
        """Return, by position, why a Signal is None, where a step has said so."""
        return {int(number): why for number, why in self.meta["refused"].items()}

    def undefined(self) -> dict[str, tuple[int, int]]:
        """Return, per channel, how many values are undefined, of how many."""
        return {name: (bad, total) for name, (bad, total) in self.meta["undefined"].items()}


@lru_cache(maxsize=OPEN_FILES)
def _open(path: Path) -> np.ndarray:
    # A plain ndarray over the mapping: np.memmap's subclass machinery costs microseconds on every slice.
    return np.asarray(np.load(path, mmap_mode="r"))


class Store:
    """A folder of entries.

    Parameters
    ----------
    root
        Where the entries are; made when the first one is written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, key: str) -> Stored | None:
        """Return an entry, or None if it isn't there."""
        folder = self._folder(key)
        try:
            return Stored(folder, json.loads((folder / "meta.json").read_text()))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as error:
            raise StoreError(
                f"the store entry {folder} can't be read ({error}): delete that folder, it will be made again"
            ) from error

    def put(self, key: str, signals: Sequence[Signal | None], refused: Mapping[int, str] | None = None) -> Stored:
        """Write an entry whole, or not at all; ``refused`` says, by position, why a Signal is None.

        Raises
        ------
        StoreError
            If the disk is full or the folder can't be made or written; nothing half-written is left behind.
        """
        folder = self._folder(key)
        part = self.root / "part" / f"{os.getpid()}-{uuid.uuid4().hex}"
        try:
            part.mkdir(parents=True)
            meta = _write(part, signals, refused or {})
            folder.parent.mkdir(parents=True, exist_ok=True)
            try:
                part.rename(folder)
            except OSError:
                if not (folder / "meta.json").exists():
                    raise
                shutil.rmtree(part)  # another process was faster, with the same content
            return Stored(folder, meta)
        except OSError as error:
            shutil.rmtree(part, ignore_errors=True)
            why = error.strerror or error
            if error.errno not in FULL:
                raise StoreError(
                    f"the store {self.root} can't be made or written ({why}). Choose another folder: store=DIR"
                ) from error
            megabytes = sum(s.data.nbytes for s in signals if s is not None) / 1e6
            raise StoreError(
                f"the store {self.root} can't be written ({why}; {megabytes:.1f} MB were needed). "
                "Free some space or choose another folder: store=DIR"
            ) from error

    def _folder(self, key: str) -> Path:
        return self.root / key[:2] / key


def _write(folder: Path, signals: Sequence[Signal | None], refused: Mapping[int, str]) -> dict[str, Any]:
    heads: list[dict[str, Any]] = []
    about: list[dict[str, Any] | None] = []
    data, times, valid = [], [], []
    offset = irregular = masked = 0
    for signal in signals:
        if signal is None:
            about.append(None)
            continue
        head = {"ch_names": list(signal.ch_names), "units": list(signal.units)}
        if head not in heads:
            heads.append(head)
        entry = {
            "shape": signal.data.shape,
            "sfreq": signal.sfreq,
            "t0": signal.t0,
            "head": heads.index(head),
            "offset": offset,
            "notes": dict(signal.notes),
        }
        entry["irregular"] = irregular if signal.times is not None else None
        entry["masked"] = masked if signal.valid is not None else None
        about.append(entry)
        data.append(signal.data.ravel())
        offset += signal.data.size
        if signal.times is not None:
            times.append(signal.times)
            irregular += len(signal.times)
        if signal.valid is not None:
            valid.append(signal.valid.ravel())
            masked += signal.valid.size
    np.save(folder / "data.npy", np.concatenate(data) if data else np.zeros(0, np.float32))
    for name, arrays in (("times", times), ("valid", valid)):
        if arrays:
            np.save(folder / f"{name}.npy", np.concatenate(arrays))
    meta = {"heads": heads, "signals": about, "undefined": undefined(signals), "refused": dict(refused)}
    (folder / "meta.json").write_text(json.dumps(meta))
    return meta


def undefined(signals: Iterable[Signal | None]) -> dict[str, tuple[int, int]]:
    """Count, per channel, the undefined values of several Signals, and all of them."""
    found: dict[str, tuple[int, int]] = {}
    for signal in signals:
        if signal is None:
            continue
        bad = (~signal.defined).sum(axis=1)
        for name, count in zip(signal.ch_names, bad.tolist(), strict=True):
            before, total = found.get(name, (0, 0))
            found[name] = before + count, total + signal.n_times
    return found
