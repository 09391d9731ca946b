"""Resolver: composed plain values become chosen components, and what is wrong is collected by its path."""

import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from insula.errors import InsulaError
from insula.plugin.choice import Choice
from insula.plugin.manager import Plugins, nearest
from insula.preprocess.chain import Step

B = TypeVar("B", bound=BaseModel)


@dataclass
class Resolver:
    """Turns composed plain values into choices, and collects what is wrong by its path."""

    plugins: Plugins
    errors: list[str] = field(default_factory=list)

    def choice(self, registry: str, node: Any, path: str, key: str | None = None) -> Choice | None:
        """Resolve ``x``, ``{name: x, ...}``, or ``{...}`` under a key that names the component."""
        if not isinstance(node, str | Mapping | None):
            self.errors.append(f"{path}: expected a name or options like {{name: ...}}, got {node!r}")
            return None
        node = {"name": node} if isinstance(node, str) else dict(node or {})
        name = node.pop("name", key)
        if name is None:
            names = ", ".join(self.plugins.names(registry))
            self.errors.append(f"{path}: which one? Type {path}={{name: ..., ...}}; there are: {names}")
            return None
        try:
            component = self.plugins.get(registry, str(name))
            options = self.plain(component.options, node, path, f"{component.registry.group}={name}")
        except InsulaError as error:
            self.errors.append(f"{path}: {error}")
            return None
        return options and Choice(component, {key: getattr(options, key) for key in type(options).model_fields})

    def plain(self, model: type[B], node: Any, path: str, what: str = "") -> B | None:
        """Validate plain options; unknown keys list the ones that exist."""
        try:
            return model.model_validate({} if node is None else node)
        except ValidationError as error:
            self.errors += [_wrong(model, dict(detail), path, what) for detail in error.errors()]
            return None

    def steps(self, node: Any, path: str) -> tuple[Step, ...]:
        """Resolve a chain: a dict of named steps, in order."""
        steps = []
        for key, options in self.mapping(node, path).items():
            choice = self.choice("preprocessors", options, f"{path}.{key}", key)
            if choice is not None:
                steps.append(Step(f"{path}.{key}", choice))
        return tuple(steps)

    def several(self, registry: str, node: Any, path: str) -> dict[str, Choice]:
        """Resolve a dict of components by key."""
        found = {k: self.choice(registry, v, f"{path}.{k}", k) for k, v in self.mapping(node, path).items()}
        return {key: choice for key, choice in found.items() if choice is not None}

    def mapping(self, node: Any, path: str) -> dict[str, Any]:
        """Return a dict; components live in dicts everywhere, so that an override reaches them."""
        if node is None or isinstance(node, Mapping):
            return dict(node or {})
        self.errors.append(f"{path}: expected named entries like {{name: {{}}}}, got {node!r}")
        return {}


def _wrong(model: type[BaseModel], detail: Mapping[str, Any], path: str, what: str) -> str:
    """Say one of pydantic's errors in the syntax of overrides."""
    loc = [str(part) for part in detail["loc"]]
    place, got = ".".join([path, *loc]), detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            fields = list(_inner(model, loc[:-1]).model_fields)
            owner = what if what and not loc[1:] else ".".join([path, *loc[:-1]])
            return (
                f"{place}: no such option{nearest(loc[-1], fields)}. {owner} has: {', '.join(fields) or 'no options'}"
            )
        case "model_type":
            first = next(iter(_inner(model, loc).model_fields), "")
            return f"{place}: expected options{f' like {{{first}: ...}}' if first else ''}, got {got!r}"
        case "value_error":  # raised by a validator of ours, whose sentence is whole
            return f"{place}: {detail['msg'].removeprefix('Value error, ')}"
    return f"{place}: {detail['msg']}, got {got!r}"


def _inner(model: type[BaseModel], path: list[str]) -> type[BaseModel]:
    """Return the model of a nested block; a block may stand in a dict of named ones."""
    kind: Any = model
    for name in path:
        if typing.get_origin(kind) is dict:
            kind = typing.get_args(kind)[1]
        elif name in model.model_fields:
            kind = model.model_fields[name].annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            model = kind
    return model
