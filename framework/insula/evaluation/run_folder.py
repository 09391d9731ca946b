"""A run's folder: one run at a time, and only ever one run: other options or other data are refused."""

import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

from insula.errors import ConfigError
from insula.windows.split import Fold
from insula.windows.windows import Windows

log = logging.getLogger("insula")
IRRELEVANT = ("store", "training.progress", "training.threads", "training.device", "training.logger")
"""Options that change nothing in a result."""


@contextmanager
def open_run(plain: Mapping[str, Any], folder: Path) -> Iterator[None]:
    """Make or take up a run's folder; one in which a fold was trained with other options is refused.

    Raises
    ------
    ConfigError
        If the folder holds a run with other options, or another process is writing to it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / ".running"
    _take(lock, folder)
    try:
        known = folder / "config.json"
        if known.exists() and _started(folder / "folds"):
            _check_same(json.loads(known.read_text()), plain, folder)
            log.info("going on with the run in %s", folder)
        known.write_text(json.dumps(plain, indent=1))
        from omegaconf import OmegaConf

        (folder / "config.yaml").write_text(OmegaConf.to_yaml(OmegaConf.create(dict(plain))))
        yield
    finally:
        lock.unlink(missing_ok=True)


def _started(folds: Path) -> bool:
    """Whether a fold has anything to show yet; before that, other options and data do no harm."""
    return any(path.is_file() for path in folds.glob("*/**/*"))


def _take(lock: Path, folder: Path) -> None:
    """Make the lock, which only one process can; take it over from a process that is gone."""
    while True:
        try:
            with open(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY), "w") as file:
                file.write(str(os.getpid()))
            return
        except FileExistsError:
            owner = _owner(lock)
            if owner.isdigit() and int(owner) != os.getpid() and _running(int(owner)):
                raise ConfigError(
                    f"process {owner} is writing to {folder}: wait for it, or choose another hydra.run.dir"
                ) from None
            log.info("process %s has left %s unfinished: taking it over", owner or "?", folder)
            lock.unlink(missing_ok=True)


def _owner(lock: Path) -> str:
    try:
        return lock.read_text().strip()
    except FileNotFoundError:  # it has just ended
        return ""


def _running(process: int) -> bool:
    try:
        os.kill(process, 0)  # signal 0 only asks
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


def _check_same(before: Mapping[str, Any], now: Mapping[str, Any], folder: Path) -> None:
    changed = _differences(before, now)
    if changed:
        raise ConfigError(
            f"{folder} holds a run with other options ({'; '.join(changed[:5])}): "
            "choose another hydra.run.dir, or delete it"
        )


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    def flat(node: Any, path: str = "") -> dict[str, Any]:
        if not isinstance(node, Mapping) or not node:  # an empty one is a step with its defaults: it counts
            return {} if path in IRRELEVANT else {path: node}
        return {
            k: v for key, value in node.items() for k, v in flat(value, f"{path}.{key}" if path else str(key)).items()
        }

    a, b = flat(before), flat(json.loads(json.dumps(now)))
    return [f"{key}: {a.get(key)!r} there, {b.get(key)!r} here" for key in sorted({*a, *b}) if a.get(key) != b.get(key)]


def check_same_data(windows: Windows, folds: Sequence[Fold], known: Path) -> None:
    """Refuse to go on with a run whose data or folds have changed since: its parts would not belong together."""
    keys = sorted({key for stream in windows.streams.values() for key in stream.prepared.keys.values()})
    rows = [[fold.rows(role).tolist() for role in Fold.ROLES] for fold in folds]
    now = {
        "windows and labels": _digest(windows.rows.index.to_csv() or ""),
        "signals": _digest(json.dumps(keys)),
        "folds": _digest(json.dumps(rows)),
    }
    if known.exists() and _started(known.parent):
        before = json.loads(known.read_text())
        changed = [name for name, digest in now.items() if before.get(name) != digest]
        if changed:
            raise ConfigError(
                f"the {' and the '.join(changed)} are others than when the run in {known.parents[1]} began: "
                "choose another hydra.run.dir, or delete it"
            )
    known.parent.mkdir(parents=True, exist_ok=True)
    known.write_text(json.dumps(now, indent=1))


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
