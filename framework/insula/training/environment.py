"""Where a run happened: what ``environment.json`` holds, and the first line of a run."""

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from insula.errors import TrainingError
from insula.training.options import TrainingOptions

PACKAGES = (
    *("torch", "lightning", "numpy", "scipy", "pandas", "scikit-learn", "mne", "librosa", "neurokit2"),
    *("hydra-core", "omegaconf", "pydantic", "pluggy"),
)
SMALL = 1_000_000
"""Parameters below which one thread is faster than several: the threads' meeting costs more than the work."""


def choose_device(options: TrainingOptions) -> tuple[str, str]:
    """Return the device and why.

    Raises
    ------
    TrainingError
        If a device is asked for that isn't there.
    """
    if options.precision == "16-mixed" and not torch.cuda.is_available():
        raise TrainingError("training.precision=16-mixed needs a GPU; type training.precision=bf16-mixed or 32-true")
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if options.device != "auto":
        if not there[options.device]:
            raise TrainingError(f"training.device={options.device}: this machine has none; type training.device=auto")
        return options.device, "as asked for"
    for device in ("cuda", "mps"):
        if there[device]:
            return device, "the fastest one found"
    return "cpu", "no GPU was found"


def choose_threads(options: TrainingOptions, parameters: int, device: str) -> tuple[int, str]:
    """Return torch's number of threads and why."""
    if options.threads is not None:
        return options.threads, "as asked for"
    if device == "cpu" and parameters < SMALL:
        return 1, "small models are faster with one"
    return torch.get_num_threads(), "torch's own choice"


def environment(seeds: Sequence[int], device: str) -> dict[str, Any]:
    """Return versions, commit, device, threads and seeds."""
    versions = {}
    for name in ("insula", *PACKAGES):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": versions,
        "commit": _commit(),
        "device": torch.cuda.get_device_name() if device == "cuda" else device,
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count(),
        "seeds": list(seeds),
        "command": _command(),
    }


def _command() -> list[str]:
    """Return what to type for this very run, also where it is one of a sweep or of a study."""
    from hydra.core.hydra_config import HydraConfig

    if not HydraConfig.initialized():
        return sys.argv
    hydra = HydraConfig.get()
    folders = [source.path for source in hydra.runtime.config_sources if source.provider == "command-line"]
    where = ["--config-dir", folders[0]] if folders else []
    return ["insula", "train", *where, *(word.removeprefix("++") for word in hydra.overrides.task)]


def _commit() -> str | None:
    """Return the commit of an editable checkout of insula, with ``+`` if it has uncommitted changes."""
    folder = Path(__file__).parent

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=folder, capture_output=True, text=True, check=True, timeout=10
        ).stdout.strip()

    try:
        if not (Path(git("rev-parse", "--show-toplevel")) / "framework" / "insula").samefile(folder.parent):
            return None
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return None
