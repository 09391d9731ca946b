"""Part: one named piece of a model, as a run composed it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import nn

ROLES = ("encoder", "cell", "pooling")
"""The parts of a stream, in the order of the data."""


@dataclass(frozen=True, eq=False)
class Part:
    """A piece of a model.

    Parameters
    ----------
    stream
        The stream it belongs to; empty for what all streams share.
    role
        What it does: one of :data:`ROLES`, ``fusion``, or its attribute's name in an architecture of another kind.
    name
        The component's name in the run, or its class where the run doesn't name it.
    module
        The piece itself.
    """

    stream: str
    role: str
    name: str
    module: nn.Module

    @property
    def title(self) -> str:
        """How a table calls it."""
        return f"{self.stream}: {self.role}" if self.stream else self.role

    @property
    def parameters(self) -> int:
        """Number of learnable numbers."""
        return sum(p.numel() for p in self.module.parameters() if p.requires_grad)


def parts_of(model: nn.Module, config: Mapping[str, Any]) -> list[Part]:
    """Return encoder, cell and pooling of every stream, and the fusion; of another architecture its direct children."""
    if not has_streams(model):
        return [Part("", role, type(child).__name__, child) for role, child in _children(model)]
    found = []
    for stream, path in model.paths.items():  # type: ignore[operator,union-attr]
        for role in ROLES:
            module = getattr(path, role)
            if module is not None:
                found.append(Part(stream, role, _chosen(config, stream, role) or type(module).__name__, module))
    fusion = model.get_submodule("fusion")
    return [*found, Part("", "fusion", _name(config.get("fusion")) or type(fusion).__name__, fusion)]


def _children(model: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """Yield the children by name; a list or dict of modules never runs itself, so its own children instead."""
    for name, child in model.named_children():
        if isinstance(child, nn.ModuleList | nn.ModuleDict):
            yield from _children(child, f"{prefix}{name}.")
        else:
            yield prefix + name, child


def has_streams(model: nn.Module) -> bool:
    """Whether a model is built as streams joined by a fusion head, the default architecture."""
    paths = getattr(model, "paths", None)
    if not isinstance(paths, Mapping) or not isinstance(getattr(model, "fusion", None), nn.Module):
        return False
    return all(hasattr(path, role) for path in paths.values() for role in ROLES)


def _chosen(config: Mapping[str, Any], stream: str, role: str) -> str:
    """Return the name of a stream's component; of a stacked cell with the number of its layers."""
    default = config.get("default", {}).get(role)
    node = config.get("streams", {}).get(stream, {}).get(role) or default
    if role == "cell":
        shared = config.get("cell") or {}
        shared = {"name": shared} if isinstance(shared, str) else shared
        own = {"name": node} if isinstance(node, str) else node or {}
        if own.get("name", "shared") == "shared":
            node = {**shared, **own, "name": shared.get("name", "")}
    layers = node.get("layers", 1) if isinstance(node, Mapping) else 1
    return _name(node) + (f" × {layers}" if layers > 1 else "")


def _name(node: Any) -> str:
    """Return the name of a component that is given as a name or as a mapping with one."""
    return node.get("name", "") if isinstance(node, Mapping) else node or ""
