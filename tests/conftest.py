"""Shapes are checked while testing: jaxtyping's annotations through beartype, on framework and bundled plugins."""

import os
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

os.environ.setdefault("OMP_NUM_THREADS", "1")  # tests compute on small tensors, which threads only slow down
settings.register_profile("house", deadline=None, derandomize=True)  # shared machines are slow at times
settings.load_profile("house")
BUNDLED = sorted(path.name for path in (Path(__file__).parents[1] / "plugins").iterdir() if path.is_dir())
INT_IS_FLOAT = "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))"
install_import_hook(["insula", *BUNDLED], INT_IS_FLOAT)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of small real recordings; tests that need it skip where it is absent."""
    given = os.environ.get("INSULA_TEST_DATA")
    folder = Path(given) if given else Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs real recordings in {folder} (or INSULA_TEST_DATA)")
    return folder


@pytest.fixture
def compose(tmp_path):
    """Return ``compose(*overrides)``, which validates a run as the command line does, with a store of its own.

    Controls are off, for speed, unless an override is about them.
    """
    import torch

    from insula.cli.compose import preflight

    torch.set_num_threads(1)

    def composed(*overrides: str):
        off = [] if any("controls" in override for override in overrides) else ["controls=null"]
        ((_, config, *_),) = preflight([*off, *overrides, f"store={tmp_path / 'store'}", "training.progress=false"])
        return config

    return composed


@pytest.fixture
def train(compose, tmp_path):
    """Return ``train(*overrides, folder=...)``, which runs the whole pipeline in a folder and returns its metrics."""
    from insula import pipeline
    from insula.plugin.manager import installed

    def run(*overrides: str, folder: str = "run"):
        return pipeline.run(compose(*overrides), tmp_path / folder, installed())

    return run


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """Return ``install(name, **modules)``: a stranger's package on disk, found by entry point like anyone's."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made = []

    def install(name: str, **modules: str):
        package = tmp_path / name
        package.mkdir()
        for module, text in {"__init__": "", **modules}.items():
            (package / f"{module}.py").write_text(text)
        about = tmp_path / f"{name}-1.2.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        (about / "entry_points.txt").write_text(f"[insula]\n{name} = {name}\n")
        made.append(name)
        sys.modules.pop(name, None)
        return next(point for point in entry_points(group="insula") if point.name == name)

    yield install
    for module in [m for m in sys.modules if m.split(".")[0] in made]:
        del sys.modules[module]
