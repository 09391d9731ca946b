"""Find the installed plugins: a value that says what there is and what is broken, and that nothing else depends on."""

import difflib
import importlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from insula.errors import ConfigError, PluginError
from insula.plugin import hookspecs
from insula.plugin.registry import REGISTRIES, Component


@dataclass(frozen=True)
class Plugin:
    """One entry point: where it comes from, how long it took to load, what it offers, and whether it works."""

    name: str
    module: str
    version: str
    status: str
    load_ms: float
    components: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether its components can be used."""
        return self.status == "ok"


@dataclass(frozen=True)
class Plugins:
    """What :func:`load_plugins` found: plugins by entry point, components by registry and name."""

    plugins: tuple[Plugin, ...]
    components: Mapping[str, Mapping[str, tuple[Component, ...]]]

    def names(self, registry: str) -> list[str]:
        """Return the names offered in a registry, sorted."""
        return sorted(self.components[registry])

    def get(self, registry: str, name: str) -> Component:
        """Return the component of that name, or say which names there are and which one is nearest."""
        found = self.components[registry].get(name, ())
        if len(found) == 1:
            return found[0]
        group = REGISTRIES[registry].group
        if found:
            raise PluginError(
                f"{group}={name} is offered by {len(found)} plugins: "
                f"{'; '.join(f'{c.plugin} ({c.path})' for c in found)}. "
                "Uninstall or rename one of them."
            )
        broken = [f"{p.name} ({p.status})" for p in self.plugins if not p.ok]
        raise ConfigError(
            f"there is no {group} called {name!r}{nearest(name, self.names(registry))}. "
            f"Installed: {', '.join(self.names(registry)) or 'none'}"
            + (f". Plugins that could not be loaded: {'; '.join(broken)}" if broken else "")
        )


def nearest(word: str, words: Iterable[str]) -> str:
    """Return ``" (did you mean 'x'?)"`` or nothing, to stand before a full stop."""
    found = difflib.get_close_matches(str(word), list(words), n=1, cutoff=0.5)
    return f" (did you mean {found[0]!r}?)" if found else ""


def load_plugins(found: Iterable[EntryPoint] | None = None) -> Plugins:
    """Load every plugin of the entry-point group ``insula``; what fails is recorded, and stops nothing else."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    points = entry_points(group=hookspecs.PROJECT) if found is None else found
    plugins = tuple(_load(manager, point) for point in sorted(points, key=lambda p: p.name))
    components: dict[str, dict[str, tuple[Component, ...]]] = {registry: {} for registry in REGISTRIES}
    for plugin in plugins:
        for registry, paths in plugin.components.items():
            for name, path in paths.items():
                component = Component(REGISTRIES[registry], name, path, plugin.name)
                components[registry][name] = (*components[registry].get(name, ()), component)
    return Plugins(plugins, components)


@lru_cache(maxsize=1)
def installed() -> Plugins:
    """Return the plugins of this process, loaded once."""
    return load_plugins()


def _load(manager: pluggy.PluginManager, point: EntryPoint) -> Plugin:
    begin = time.perf_counter()
    version = point.dist.version if point.dist else "?"
    components: dict[str, dict[str, str]] = {}
    try:
        module = importlib.import_module(point.value.partition(":")[0])
        api = getattr(module, "INSULA_API", hookspecs.API_VERSION)
        if api != hookspecs.API_VERSION:
            status = f"written for API version {api}, this is {hookspecs.API_VERSION}: update the plugin or insula"
        else:
            components = _components(manager, module, point.name)
            status = "ok"
    except Exception as error:  # a stranger's module may raise anything; it must hurt nobody else
        status = f"broken: {type(error).__name__}: {error}"
    load_ms = (time.perf_counter() - begin) * 1000
    return Plugin(point.name, point.value, version, status, round(load_ms, 2), components)


def _components(manager: pluggy.PluginManager, module: Any, name: str) -> dict[str, dict[str, str]]:
    manager.register(module, name=name)
    offered: dict[str, dict[str, str]] = {}
    try:
        for registry in REGISTRIES:
            hook = getattr(manager.hook, f"register_{registry}")
            for impl in (i for i in hook.get_hookimpls() if i.plugin_name == name):
                offered[registry] = _checked(impl.function(), f"register_{registry}")
        for misspelt in _unknown_hooks(module):
            raise PluginError(f"it implements {misspelt!r}, which is no hook of insula{nearest(misspelt, _hooks())}")
    except BaseException:
        manager.unregister(name=name)
        raise
    return offered


def _checked(paths: Any, hook: str) -> dict[str, str]:
    if not isinstance(paths, Mapping) or not all(
        isinstance(k, str) and isinstance(v, str) and v.count(":") == 1 for k, v in paths.items()
    ):
        raise PluginError(f'{hook} must return {{name: "package.module:Class"}}, not {paths!r}')
    return dict(paths)


def _hooks() -> list[str]:
    return [f"register_{registry}" for registry in REGISTRIES]


def _unknown_hooks(module: Any) -> list[str]:
    marked = (n for n, value in vars(module).items() if hasattr(value, f"{hookspecs.PROJECT}_impl"))
    return [n for n in marked if n not in _hooks()]
