"""Specimen: a component under test, how messages call it, and fresh instances of it."""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from insula.errors import InsulaError
from insula.plugin.registry import REGISTRIES, Component

Tested = type | Component
"""What a check takes: a class, or a component that a plugin offers."""


class Specimen:
    """A component under test.

    Parameters
    ----------
    registry
        The registry it belongs to.
    component
        Its class, or the component as a plugin offers it.
    given
        What the framework would pass before ``*``.
    options
        What a user would set.
    """

    def __init__(
        self, registry: str, component: Tested, given: tuple[Any, ...] = (), options: Mapping[str, Any] | None = None
    ):
        kind = REGISTRIES[registry]
        if isinstance(component, Component):
            self.component, self.name = component, f"{kind.group}={component.name}"
        else:
            path = f"{component.__module__}:{component.__qualname__}"
            self.component, self.name = (
                Component(kind, component.__name__, path, "?"),
                f"{kind.group} {component.__name__}",
            )
        self.given, self.options = given, dict(options or {})
        try:
            self.cls = self.component.cls
            self.component.options()
        except InsulaError as error:
            raise AssertionError(str(error)) from error
        except ValueError as error:
            raise AssertionError(f"{self.name}: the defaults of its options aren't valid: {error}") from error

    def build(self, **changes: Any) -> Any:
        """Construct a fresh one, its options validated as in a run."""
        model = self.component.options(**{**self.options, **changes})
        return self.component.build(self.given, {name: getattr(model, name) for name in type(model).model_fields})  # type: ignore[attr-defined]

    def network(self, seed: int = 0, **changes: Any) -> Any:
        """Construct a fresh module in float64 and eval mode, its weights drawn from a seed."""
        with self.trying("constructing it"), torch.random.fork_rng():
            torch.manual_seed(seed)
            network = self.build(**changes)
        assert isinstance(network, nn.Module)
        return network.double().eval()

    def dropouts(self, share: float) -> dict[str, Any]:
        """Return its options that are dropouts, all set to one share."""
        parameters = inspect.signature(self.cls).parameters.values()
        return {p.name: share for p in parameters if "dropout" in p.name and isinstance(p.default, float)}

    def expect(self, holds: object, message: str) -> None:
        """Say what is wrong and what to change, unless it holds."""
        if not holds:
            raise AssertionError(f"{self.name}: {message}")

    @contextmanager
    def trying(self, what: str) -> Iterator[None]:
        """Name what was tried if it raises."""
        try:
            yield
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(f"{self.name}: {what} raised {type(error).__name__}: {error}") from error


def same(first: Any, second: Any) -> bool:
    """Whether two (nested) results hold the same numbers, up to the rounding of float64."""
    pairs = list(zip(tensors(first), tensors(second), strict=True))
    return all(a.shape == b.shape and torch.allclose(a, b, rtol=1e-6, atol=1e-8) for a, b in pairs)


def finite(value: Any) -> bool:
    """Whether all numbers of a (nested) result are finite."""
    return all(bool(tensor.isfinite().all()) for tensor in tensors(value))


def tensors(value: Any) -> list[Tensor]:
    """Return the tensors of a nested value, in order."""
    if isinstance(value, Tensor):
        return [value]
    items = value.values() if isinstance(value, Mapping) else value
    return [tensor for item in items for tensor in tensors(item)]
