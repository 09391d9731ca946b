"""A stranger's plugin on disk: a package with a distribution's metadata, found by entry point like anyone's."""

import sys
from importlib.metadata import entry_points

import pytest


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """Return ``install(name, **modules)``, which writes a package and returns its entry point."""
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
