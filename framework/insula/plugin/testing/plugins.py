"""Plugins: checks of a whole plugin, by the name of its entry point."""

import json
import os
import subprocess
import sys
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from insula.errors import InsulaError
from insula.plugin.hookspecs import PROJECT
from insula.plugin.manager import Plugins, load_plugins, nearest

HEAVY = ("torch", "mne", "librosa", "neurokit2", "sklearn", "matplotlib", "lightning")
BUDGET_MS = 50.0

LOADING = """
import importlib, json, sys, time
import insula.plugin.manager
begin = time.perf_counter()
importlib.import_module(sys.argv[1])
took = (time.perf_counter() - begin) * 1000
print(json.dumps({"ms": took, "heavy": [name for name in sys.argv[2:] if name in sys.modules]}))
"""


def check_plugin(plugin: str | EntryPoint) -> None:
    """Check a plugin: it loads fast, imports nothing heavy, spells its hooks right, and its components can be selected.

    Parameters
    ----------
    plugin
        The name of an installed entry point in the group ``insula``, or an entry point that isn't installed.
    """
    point = _installed(plugin) if isinstance(plugin, str) else plugin
    _check_loading(point)
    found = load_plugins([point])
    (loaded,) = found.plugins
    _expect(loaded.ok, f"plugin {point.name}: {loaded.status}")
    _expect(
        any(loaded.components.values()),
        f"plugin {point.name}: it offers no component. Implement a hook of insula's hookspecs.",
    )
    _check_components(found)
    if isinstance(plugin, str):
        _check_collisions(point.name)


def _expect(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)


def _installed(name: str) -> EntryPoint:
    points = {point.name: point for point in entry_points(group=PROJECT)}
    _expect(
        name in points,
        f"there is no entry point {name!r} in the group {PROJECT!r}{nearest(name, points)}. Install the plugin (pip "
        "install -e .) and "
        f"look at [project.entry-points.{PROJECT}] in its pyproject.toml.",
    )
    return points[name]


def _check_loading(point: EntryPoint) -> None:
    """Load it in processes of their own: the fastest of three counts, for the first may find a cold disk."""
    module = point.value.partition(":")[0]
    fastest = float("inf")
    for _ in range(3):
        result = _load_alone(point.name, module)
        _expect(
            not result["heavy"],
            f"plugin {point.name}: loading {module} imports {', '.join(result['heavy'])}. Keep its __init__.py to "
            "hooks that return "
            '"package.module:Class"; components are imported when they are selected.',
        )
        fastest = min(fastest, result["ms"])
        if fastest < BUDGET_MS:
            return
    _expect(
        False,
        f"plugin {point.name}: loading {module} takes {fastest:.0f} ms; {BUDGET_MS:.0f} ms is the budget. Import less "
        "there.",
    )


def _load_alone(name: str, module: str) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", LOADING, module, *HEAVY], capture_output=True, text=True, env=environment, check=False
    )
    last = done.stderr.strip().splitlines()[-1:] or ["it ended without a message"]
    _expect(done.returncode == 0, f"plugin {name}: broken: {last[0]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def _check_components(found: Plugins) -> None:
    for registry, offered in found.components.items():
        for component in (one for several in offered.values() for one in several):
            try:
                options = component.options()
            except (InsulaError, ValueError) as error:
                raise AssertionError(f"{component}: its options or their defaults are wrong: {error}") from error
            _expect(
                registry != "cells" or "hidden_size" in type(options).model_fields,  # type: ignore[attr-defined]
                f"{component}: it has no option hidden_size, which experiments set for any cell. Add `*, hidden_size: "
                "int = 32`.",
            )


def _check_collisions(name: str) -> None:
    everything = load_plugins()
    for offered in everything.components.values():
        for several in offered.values():
            owners = [component.plugin for component in several]
            _expect(
                len(several) == 1 or name not in owners,
                f"plugin {name}: {several[0].registry.group}={several[0].name} is offered by {' and '.join(owners)}. "
                "Choose another name.",
            )
