"""Plugins are a value: what works, what is broken and why; nothing that is wrong with one hurts another."""

import sys

import pytest

from insula import ConfigError, PluginError
from insula.plugin.manager import load_plugins

HOOK = """
from insula import hookimpl
{extra}
@hookimpl
def register_{registry}():
    return {paths}
"""


def hook(registry: str, extra: str = "", **paths: str) -> str:
    """Return the text of a plugin's ``__init__`` with one hook."""
    return HOOK.format(registry=registry, extra=extra, paths=paths)


CELL = """
from torch import nn
from insula import Cell

class Mine(Cell):
    def __init__(self, input_size: int, *, hidden_size: int = 16) -> None:
        super().__init__()
        self.state_size = self.output_size = hidden_size
        self.maps = nn.Linear(input_size + hidden_size, hidden_size)

    def step(self, x, state, elapsed):
        return state, state
"""


def test_a_strangers_component_is_imported_only_when_it_is_asked_for(stranger):
    point = stranger("lazy_lab", __init__=hook("cells", mine="lazy_lab.cell:Mine"), cell=CELL)
    plugins = load_plugins([point])
    assert (plugins.plugins[0].status, plugins.plugins[0].version) == ("ok", "1.2")
    assert "lazy_lab.cell" not in sys.modules
    assert plugins.get("cells", "mine").cls.__name__ == "Mine"
    assert plugins.get("cells", "mine").defaults() == {"hidden_size": 16, "layers": 1, "layer_dropout": 0.0}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("import nothing_of_that_name", "broken: ModuleNotFoundError"),
        ("def (", "broken: SyntaxError"),
        ("INSULA_API = 99", "written for API version 99"),
        (hook("cels", mine="x:Y"), "did you mean 'register_cells'"),
        (hook("cells", mine="no_colon"), "must return"),
        (
            "from insula import hookimpl\n@hookimpl\ndef register_cells():\n    raise OSError('no licence server')",
            "no licence server",
        ),
    ],
)
def test_what_is_wrong_with_a_plugin_is_recorded_and_stops_nothing_else(stranger, text, status):
    bad = stranger("bad_lab", __init__=text)
    good = stranger("good_lab", __init__=hook("cells", mine="good_lab.cell:Mine"), cell=CELL)
    plugins = load_plugins([bad, good])
    assert status in plugins.plugins[0].status
    assert plugins.get("cells", "mine").plugin == "good_lab"


def test_a_name_that_two_offer_is_an_error_that_names_both(stranger):
    points = [
        stranger(name, __init__=hook("cells", same=f"{name}.cell:Mine"), cell=CELL) for name in ("lab_a", "lab_b")
    ]
    plugins = load_plugins(points)
    with pytest.raises(PluginError, match=r"offered by 2 plugins.*lab_a.*lab_b"):
        plugins.get("cells", "same")


def test_an_unknown_name_suggests_the_nearest_and_names_broken_plugins(stranger):
    broken = stranger("sad_lab", __init__="import nothing_of_that_name")
    good = stranger("glad_lab", __init__=hook("cells", peephole="glad_lab.cell:Mine"), cell=CELL)
    with pytest.raises(ConfigError, match=r"did you mean 'peephole'.*sad_lab"):
        load_plugins([broken, good]).get("cells", "pephole")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("class Mine:\n    pass", "isn't a class derived from insula.TemporalLayer"),
        ("from insula import Cell\nclass Mine(Cell):\n    pass", r"doesn't define step\(\)"),
        (
            CELL.replace("input_size: int, *, hidden_size: int", "input_size: int, hidden_size: int"),
            "options stand after",
        ),
        (CELL.replace("hidden_size: int = 16", "hidden_size: int"), "needs a type and a default"),
        (CELL.replace("hidden_size: int = 16", "hidden_size=16"), "needs a type and a default"),
        (CELL.replace("input_size: int", "spec: int"), "not spec"),
        ("import no_such_library", "importing it failed: ModuleNotFoundError"),
    ],
)
def test_a_class_that_breaks_the_contract_says_how(stranger, body, message):
    point = stranger("odd_lab", __init__=hook("cells", mine="odd_lab.cell:Mine"), cell=body)
    with pytest.raises(PluginError, match=message):
        load_plugins([point]).get("cells", "mine").cls  # noqa: B018


def test_every_bundled_plugin_is_found_by_its_entry_point():
    plugins = load_plugins()
    assert {"cells", "emodb", "splits", "streams"} <= {plugin.name for plugin in plugins.plugins if plugin.ok}
