"""Resolver: composed plain values become chosen components, and what is wrong is collected by its path."""

import re
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from insula.errors import InsulaError
from insula.evaluation.controls.options import ControlOptions, Controls
from insula.plugin.choice import Choice
from insula.plugin.manager import Plugins, nearest
from insula.preprocess.chain import Step
from insula.sources.label_map import LabelMap
from insula.sources.several import Several

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

    def dataset(self, node: Any, labels: Any) -> Choice | Several | None:
        """Resolve the dataset of a run, or several by key, which is what a mapping without a name is."""
        if isinstance(node, Mapping) and "name" not in node:
            return self._several(node, labels)
        if labels:
            self.errors.append(
                "labels: they say how several datasets are joined, and this run has one; type dataset=several and "
                "dataset.KEY=NAME dataset.KEY.root=DIR for each"
            )
        return self.choice("datasets", node, "dataset")

    def _several(self, node: Mapping[str, Any], labels: Any) -> Several | None:
        names = ", ".join(self.plugins.names("datasets"))
        if not node:
            self.errors.append(
                "dataset: which ones? Type dataset.KEY=NAME dataset.KEY.root=DIR for each, with a KEY of your own; "
                f"there are: {names}"
            )
        found: dict[str, Choice] = {}
        for key, own in ((str(key), own) for key, own in node.items()):
            if not re.fullmatch(r"[\w-]+", key):
                self.errors.append(f"dataset.{key}: a dataset's key is made of letters, digits, _ and -")
            choice = self.choice("datasets", own, f"dataset.{key}")
            twin = next((k for k, c in found.items() if choice is not None and _same_data(c, choice)), None)
            if twin is not None:
                self.errors.append(
                    f"dataset.{key}: it is the same as dataset.{twin}, which would train and test on the same data as "
                    "if they were others; drop one of them"
                )
            if choice is not None:
                found[key] = choice
        return Several(found, self._label_maps(labels, list(map(str, node)))) if found else None

    def _label_maps(self, labels: Any, datasets: Sequence[str]) -> dict[str, dict[str, LabelMap]]:
        found: dict[str, dict[str, LabelMap]] = {}
        for key, maps in self.mapping(labels, "labels").items():
            if key not in datasets:
                self.errors.append(
                    f"labels.{key}: the run has no such dataset{nearest(key, datasets)}. It has: {', '.join(datasets)}"
                )
                continue
            own = self.mapping(maps, f"labels.{key}")
            made = {name: self.plain(LabelMap, node, f"labels.{key}.{name}") for name, node in own.items()}
            found[key] = {name: mapped for name, mapped in made.items() if mapped is not None}
        return found

    def reader(self, node: Any, path: str, datasets: Sequence[str]) -> Choice | Mapping[str, Choice] | None:
        """Resolve a stream's reader: one for all data, or of several datasets one by key."""
        if not datasets or not isinstance(node, Mapping) or "name" in node:
            return self.choice("readers", node, path)
        for key in node:
            if key not in datasets:
                self.errors.append(
                    f"{path}.{key}: the run has no such dataset{nearest(key, datasets)}. It has: "
                    f"{', '.join(datasets)}; one reader for all is {path}={{name: ..., ...}}"
                )
        found = {key: self.choice("readers", own, f"{path}.{key}") for key, own in node.items() if key in datasets}
        return {key: choice for key, choice in found.items() if choice is not None}

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

    def controls(self, node: Any) -> Controls | None:
        """Resolve the controls of a run; none where nothing is said."""
        from insula.model.architecture import Architecture, is_fitted_at_once  # torch, which a baseline needs anyway

        node = self.mapping(node, "controls")
        named = self.mapping(node.get("baselines"), "controls.baselines")
        baselines = self.several("architectures", named, "controls.baselines")
        for key, choice in baselines.items():
            by_window = issubclass(choice.cls, Architecture) and choice.cls.batch_by == "window"
            if not (by_window and is_fitted_at_once(choice.cls)):
                self.errors.append(
                    f"controls.baselines.{key}: a baseline is fitted at once to single windows, and "
                    f"architecture={choice.name} isn't; drop it with ~controls.baselines.{key}"
                )
        options = self.plain(ControlOptions, {**node, "baselines": named}, "controls")
        return options and Controls(options, baselines)

    def mapping(self, node: Any, path: str) -> dict[str, Any]:
        """Return a dict; components live in dicts everywhere, so that an override reaches them."""
        if node is None or isinstance(node, Mapping):
            return dict(node or {})
        self.errors.append(f"{path}: expected named entries like {{name: {{}}}}, got {node!r}")
        return {}


def _same_data(one: Choice, other: Choice) -> bool:
    """Whether two choices are the same data; without a root, only what is made in memory is any."""
    there = one.options["root"] is not None or not getattr(one.cls, "needs_root", True)
    return there and one.to_json() == other.to_json()


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
