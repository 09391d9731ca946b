"""A run's folder: one run at a time, and only ever one run: other options or other data are refused."""

import fcntl
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
IRRELEVANT = ("store", "controls", "training.progress", "training.threads", "training.device", "training.logger")
"""Options that change nothing in what a model predicts; controls may be added to a run that is finished."""


@contextmanager
def open_run(plain: Mapping[str, Any], folder: Path) -> Iterator[None]:
    """Make or take up a run's folder; one in which a fold was trained with other options is refused.

    Raises
    ------
    ConfigError
        If the folder holds a run with other options, or another process is writing to it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _held(folder / ".running", folder):
        known = folder / "config.json"
        if known.exists() and _started(folder / "folds"):
            _check_same(json.loads(known.read_text()), plain, folder)
            log.info("going on with the run in %s", folder)
        known.write_text(json.dumps(plain, indent=1))
        from omegaconf import OmegaConf

        (folder / "config.yaml").write_text(OmegaConf.to_yaml(OmegaConf.create(dict(plain))))
        yield


def _started(folds: Path) -> bool:
    """Whether a fold has anything to show yet; before that, other options and data do no harm."""
    return any(path.is_file() for path in folds.glob("*/**/*"))


@contextmanager
def _held(lock: Path, folder: Path) -> Iterator[None]:
    """Hold a folder for this process; the system lets go of it when the process ends, however it ends."""
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise ConfigError(
                f"process {file.read().strip() or '?'} is writing to {folder}: wait for it, or choose another "
                "hydra.run.dir"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _check_same(before: Mapping[str, Any], now: Mapping[str, Any], folder: Path) -> None:
    was_blind, is_blind = ((plain.get("training") or {}).get("blind", False) for plain in (before, now))
    if was_blind and not is_blind:
        raise ConfigError(
            f"{folder} holds a blind run: go on with training.blind=true, and open its test rows with: "
            f"insula evaluate {folder}"
        )
    if is_blind and not was_blind:
        raise ConfigError(
            f"{folder} holds a run that shows its test rows, which can't be closed again: choose another hydra.run.dir"
        )
    changed = _differences(before, now)
    if changed:
        raise ConfigError(
            f"{folder} holds a run with other options ({'; '.join(changed[:5])}): "
            "choose another hydra.run.dir, or delete it"
        )


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    a, b = _flat(before), _flat(json.loads(json.dumps(now)))
    return [f"{key}: {a.get(key)!r} there, {b.get(key)!r} here" for key in sorted({*a, *b}) if a.get(key) != b.get(key)]


def digest_options(plain: Mapping[str, Any]) -> str:
    """Return a digest of the options that decide a run's result."""
    return _digest(json.dumps(_flat(json.loads(json.dumps(plain))), sort_keys=True))


def _flat(node: Any) -> dict[str, Any]:
    return {path: value for path, value in flat(node).items() if decides(path)}


def decides(path: str) -> bool:
    """Whether an option decides a result."""
    return not any(path == one or path.startswith(f"{one}.") for one in IRRELEVANT)


def flat(node: Any, path: str = "") -> dict[str, Any]:
    """Return the values of nested options by their paths; an empty block is a step with its defaults: it counts."""
    if not isinstance(node, Mapping) or not node:
        return {path: node}
    return {k: v for key, value in node.items() for k, v in flat(value, f"{path}.{key}" if path else str(key)).items()}


def check_same_data(windows: Windows, folds: Sequence[Fold], known: Path) -> None:
    """Refuse to go on with a run whose data or folds have changed since: its parts would not belong together."""
    keys = sorted({key for stream in windows.streams.values() for key in stream.prepared.keys.values()})
    rows = [[fold.rows(role).tolist() for role in Fold.ROLES if fold.adapt_labels or role != "adapt"] for fold in folds]
    now = {
        "windows and labels": _digest(f"{windows.rows.index.to_csv()}{_labels(windows)}"),
        "signals": _digest(json.dumps(keys)),
        "steps": _digest(str([step.choice.key() for s in windows.streams.values() for step in s.plan.steps])),
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


def _labels(windows: Windows) -> list[list[float] | None]:
    """Return every encoded label: the index shows only the likeliest class of a distribution."""
    several = windows.rows.targets.values()
    return [None if value is None else value.tolist() for values in several for value in values]


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
