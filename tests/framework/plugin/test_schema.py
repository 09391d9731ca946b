"""Options come from a constructor's signature: types, defaults, ranges, and the framework's reserved ones."""

from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError

from insula import Cell, PluginError, Preprocessor, Transform
from insula.plugin.registry import REGISTRIES, Component


class Ranged(Cell):
    """A cell with ranges.

    Parameters
    ----------
    hidden_size
        How many units.
    kind
        Which flavour.
    """

    def __init__(
        self, input_size: int, *, hidden_size: Annotated[int, Field(gt=0)] = 4, kind: Literal["a", "b"] = "a"
    ) -> None:
        super().__init__()
        self.state_size = self.output_size = hidden_size

    def step(self, x, state, elapsed):
        return state, state


class Scaled(Transform):
    def __init__(self, *, factors: tuple[float, ...] = (1.0, 2.0)) -> None:
        self.factors = factors

    def __call__(self, signal):
        return signal


class Learnt(Preprocessor):
    def fit(self, signals):
        return Scaled()


def component(cls: type, registry: str) -> Component:
    return Component(REGISTRIES[registry], cls.__name__.lower(), f"{cls.__module__}:{cls.__qualname__}", "test")


def test_ranges_and_choices_are_checked():
    options = component(Ranged, "cells").options
    assert options(hidden_size=8).kind == "a"
    for wrong in ({"hidden_size": 0}, {"kind": "c"}, {"hidden": 3}, {"layers": 0}):
        with pytest.raises(ValidationError):
            options(**wrong)


def test_descriptions_come_from_the_docstring():
    fields = component(Ranged, "cells").options.model_fields
    assert fields["hidden_size"].description == "How many units."


def test_defaults_are_plain_values_for_hydra():
    assert component(Scaled, "preprocessors").defaults() == {"factors": [1.0, 2.0]}


def test_a_learnt_step_has_the_reserved_option_fit():
    assert component(Learnt, "preprocessors").defaults() == {"fit": "train"}
    assert "fit" not in component(Scaled, "preprocessors").defaults()


def test_a_reserved_option_can_not_be_taken():
    class Taken(Ranged):
        def __init__(self, input_size: int, *, layers: int = 3) -> None:
            super().__init__(input_size)

    globals()["Taken"] = Taken
    with pytest.raises(PluginError, match="'layers' is reserved"):
        Component(REGISTRIES["cells"], "taken", f"{__name__}:Taken", "test").options  # noqa: B018
