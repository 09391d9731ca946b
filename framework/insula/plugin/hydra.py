"""Every installed component as an entry of a Hydra config group, without any YAML and without importing it to list it.

A :class:`ConfigSource` of our own scheme lists the names of a registry; the selected component's options model
becomes a plain node of its defaults. Presets and experiments are YAML files in ``conf/`` that build on these nodes.
"""

from pathlib import Path

from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.object_type import ObjectType
from hydra.core.plugins import Plugins as HydraPlugins
from hydra.plugins.config_source import ConfigLoadError, ConfigResult, ConfigSource
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import OmegaConf

import insula
from insula.errors import InsulaError
from insula.plugin.manager import installed
from insula.plugin.registry import REGISTRIES

GROUPS = {registry.group: registry.name for registry in REGISTRIES.values()}


class ComponentSource(ConfigSource):
    """``insula://``: the installed components."""

    @staticmethod
    def scheme() -> str:
        """Return the prefix of our search path."""
        return "insula"

    def available(self) -> bool:
        """Say that this source can always be read."""
        return True

    def is_group(self, config_path: str) -> bool:
        """Whether a path is a registry's group."""
        return config_path in ("", *GROUPS)

    def is_config(self, config_path: str) -> bool:
        """Whether a path is a component's name."""
        group, _, name = config_path.removesuffix(".yaml").partition("/")
        return group in GROUPS and name in installed().components[GROUPS[group]]

    def list(self, config_path: str, results_filter: ObjectType | None) -> list[str]:
        """List groups at the top and names inside a group."""
        if config_path == "":
            return [] if results_filter is ObjectType.CONFIG else sorted(GROUPS)
        if config_path not in GROUPS or results_filter is ObjectType.GROUP:
            return []
        return installed().names(GROUPS[config_path])

    def load_config(self, config_path: str) -> ConfigResult:
        """Return the defaults of one component, under its name."""
        if not self.is_config(config_path):
            raise ConfigLoadError(f"there is no component at {config_path}")
        group, _, name = config_path.removesuffix(".yaml").partition("/")
        try:
            defaults = installed().get(GROUPS[group], name).defaults()
        except InsulaError as error:
            raise ConfigLoadError(str(error)) from error
        node = OmegaConf.create({"name": name, **defaults})
        return ConfigResult(provider=self.provider, path=f"{self.scheme()}://", config=node, header={"package": None})


class ComponentSearchPath(SearchPathPlugin):
    """Append our source behind ``conf/``."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Append ``insula://``."""
        search_path.append(provider="insula", path="insula://")


def register() -> None:
    """Make the installed components known to Hydra; calling it twice is harmless."""
    plugins = HydraPlugins.instance()
    for plugin in (ComponentSource, ComponentSearchPath):
        if plugin not in plugins.discover(plugin.__bases__[0]):
            plugins.register(plugin)


def conf_dir() -> Path:
    """Return the folder of experiments and presets: inside an installed wheel, or at the top of a checkout."""
    package = Path(insula.__file__).parent
    inside = package / "conf"
    return inside if inside.is_dir() else package.parents[1] / "conf"
