"""The registries: one row each, in the order of the data.

A component is known by its name and the path of its class; nothing is imported before it is selected.
"""

import importlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from insula.errors import ConfigError, PluginError


@dataclass(frozen=True)
class Registry:
    """One kind of component.

    ``name`` gives the hook (``register_<name>``), ``group`` the Hydra config group, ``base`` the class to derive from,
    ``given`` what the framework passes to a constructor before ``*``.
    """

    name: str
    group: str
    base: str
    given: tuple[str, ...] = ()


REGISTRIES = {
    registry.name: registry
    for registry in (
        Registry("datasets", "dataset", "insula.sources.dataset:Dataset", ("root",)),
        Registry("readers", "reader", "insula.sources.reader:Reader", ("root",)),
        Registry("preprocessors", "preprocessor", "insula.preprocess.preprocessor:Preprocessor"),
        Registry("augmentations", "augmentation", "insula.preprocess.augmentation:Augmentation"),
        Registry("splits", "split", "insula.windows.split:Split"),
        Registry("encoders", "encoder", "insula.model.encoder:Encoder", ("spec",)),
        Registry("cells", "cell", "insula.model.temporal:TemporalLayer", ("input_size",)),
        Registry("poolings", "pooling", "insula.model.pooling:Pooling", ("input_size",)),
        Registry("fusions", "fusion", "insula.model.fusion:FusionHead", ("input_sizes", "output_sizes")),
        Registry("architectures", "architecture", "insula.model.architecture:Architecture", ("data", "parts")),
        Registry("losses", "loss", "insula.training.loss:Loss", ("target",)),
        Registry("analyses", "analysis", "insula.evaluation.analysis:Analysis"),
    )
}


def import_path(path: str) -> Any:
    """Import ``package.module:Name``."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


@dataclass(frozen=True)
class Component:
    """A name in a registry, the path of its class, and the plugin that offers it."""

    registry: Registry
    name: str
    path: str
    plugin: str

    def __str__(self) -> str:
        return f"{self.registry.group}={self.name} (plugin {self.plugin!r}, {self.path})"

    @cached_property
    def cls(self) -> type:
        """The class, imported on first use and checked against its registry."""
        try:
            cls = import_path(self.path)
        except Exception as error:
            raise PluginError(f"{self}: importing it failed: {type(error).__name__}: {error}") from error
        base = import_path(self.registry.base)
        if not (isinstance(cls, type) and issubclass(cls, base)):
            raise PluginError(f"{self} isn't a class derived from insula.{base.__name__}")
        if missing := sorted(getattr(cls, "__abstractmethods__", ())):
            raise PluginError(f"{self} doesn't define {', '.join(missing)}()")
        self._check_constructor(cls)
        return cls

    def _check_constructor(self, cls: type) -> None:
        parameters = list(inspect.signature(cls).parameters.values())
        given = tuple(p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD)
        if given != self.registry.given:
            wanted = ", ".join(self.registry.given) or "nothing"
            raise PluginError(
                f"{self}: before `*` a constructor takes what the framework gives, here {wanted}, "
                f"not {', '.join(given) or 'nothing'}; options stand after `*`"
            )
        for p in parameters:
            if p.kind is p.KEYWORD_ONLY and (p.default is p.empty or p.annotation is p.empty):
                raise PluginError(f"{self}: the option {p.name!r} needs a type and a default")

    @cached_property
    def options(self) -> type:
        """The pydantic model of its options."""
        from insula.plugin.schema import options_model

        return options_model(self)

    def defaults(self) -> dict[str, Any]:
        """Return its options' defaults as plain values."""
        return self.options().model_dump(mode="json")  # type: ignore[call-arg]

    def build(self, given: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
        """Construct it from what the framework gives and what the user set (reserved options left out)."""
        own = [p.name for p in inspect.signature(self.cls).parameters.values() if p.kind is p.KEYWORD_ONLY]
        try:
            return self.cls(*given, **{key: value for key, value in options.items() if key in own})
        except (TypeError, ValueError) as error:
            raise ConfigError(f"{self} can't be built: {error}") from error
