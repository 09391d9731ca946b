"""Choice: a component that a run selected, with its validated options."""

import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from insula.plugin.manager import Plugins
from insula.plugin.registry import Component


@dataclass(frozen=True, eq=False)
class Choice:
    """A component and its options, the framework's reserved ones included."""

    component: Component
    options: Mapping[str, Any]

    @classmethod
    def of(cls, registry: str, node: Mapping[str, Any], plugins: Plugins) -> "Choice":
        """Choose by ``{"name": ..., option: ...}``; options that aren't named keep their defaults."""
        component = plugins.get(registry, node["name"])
        options = component.options(**{key: value for key, value in node.items() if key != "name"})
        return cls(component, {name: getattr(options, name) for name in type(options).model_fields})

    @property
    def name(self) -> str:
        """The component's name."""
        return self.component.name

    @property
    def cls(self) -> type:
        """The component's class."""
        return self.component.cls

    def build(self, *given: Any) -> Any:
        """Construct the component from what the framework gives."""
        return self.component.build(given, self.options)

    def to_json(self) -> dict[str, Any]:
        """Return name and options as plain values."""
        return {"name": self.name, **_PLAIN.dump_python(dict(self.options), mode="json")}

    def key(self) -> dict[str, Any]:
        """Return what decides its results: name, options (a path to the data apart) and the digest of its source."""
        plain = self.to_json()
        plain.pop("root", None)
        return {**plain, "path": self.component.path, "source": source_digest(self.cls)}


_PLAIN = TypeAdapter(dict[str, Any])


@lru_cache
def source_digest(cls: type) -> str:
    """Return a digest of the code behind a class: a changed formula must not find old prepared data.

    It covers every module of the package that the class stands in, and of its bases' packages, up to insula's own: a
    formula often lives in the module next door.
    """
    digest = blake2b(digest_size=16)
    tops = dict.fromkeys(owner.__module__.partition(".")[0] for owner in cls.__mro__)
    for top in tops:
        if top not in ("insula", "builtins", "abc", "torch"):
            for name, path in _sources(top, cls):
                digest.update(name.encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(top: str, cls: type) -> list[tuple[str, Path]]:
    """Return the files of a top-level package or module by their place in it."""
    try:
        file = Path(inspect.getfile(sys.modules[top]))
    except (OSError, TypeError, KeyError):  # a namespace package, or defined in a prompt
        try:
            file = Path(inspect.getfile(cls))
        except (OSError, TypeError):
            return []
    whole = file.name == "__init__.py" or not hasattr(sys.modules.get(top), "__file__")
    files = sorted(file.parent.rglob("*.py")) if whole else [file]
    return [(path.relative_to(file.parent).as_posix(), path) for path in files]
