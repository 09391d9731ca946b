"""Any installed component is a Hydra choice with its options, our own or a stranger's, with no YAML."""

import pytest

from insula.cli.compose import available, freed, preflight
from insula.cli.main import main
from insula.errors import ConfigError
from insula.plugin.manager import installed

INIT = """
from insula import hookimpl

@hookimpl
def register_cells():
    return {"leaky": "leaky_lab.cell:Leaky"}

@hookimpl
def register_datasets():
    return {"unmade": "leaky_lab.nothing:Unmade"}
"""
CELL = '''
from typing import Annotated
from pydantic import Field
from torch import nn, tanh
from insula import Cell

class Leaky(Cell):
    """A leaky unit.

    Parameters
    ----------
    leak
        How much is kept of the state.
    """

    def __init__(
        self, input_size: int, *, hidden_size: int = 16, leak: Annotated[float, Field(ge=0, le=1)] = 0.9
    ) -> None:
        super().__init__()
        self.state_size = self.output_size = hidden_size
        self.leak, self.map = leak, nn.Linear(input_size, hidden_size)

    def step(self, x, state, elapsed):
        state = self.leak * state + (1 - self.leak) * tanh(self.map(x))
        return state, state
'''


@pytest.fixture
def leaky(stranger):
    stranger("leaky_lab", __init__=INIT, cell=CELL)
    installed.cache_clear()
    yield
    installed.cache_clear()


def one(*overrides: str):
    ((_, config, *_),) = preflight(["experiment=demo", *overrides])
    return config


def test_a_strangers_cell_with_its_options(leaky):
    config = one("cell=leaky", "cell.leak=0.5", "cell.layers=2")
    assert config.cell.to_json() == {"name": "leaky", "hidden_size": 32, "leak": 0.5, "layers": 2, "layer_dropout": 0.0}
    assert config.streams["eeg"].cell is config.cell


def test_one_stream_may_have_another_cell(leaky):
    for override in ("streams.eeg.cell=leaky", "+cell@streams.eeg.cell=leaky"):
        config = one(override)
        assert config.streams["eeg"].cell.name == "leaky"
        assert config.streams["peripheral"].cell.name == "lstm"


def test_one_stream_may_change_the_shared_cell(leaky):
    config = one("streams.eeg.cell.hidden_size=7")
    assert config.streams["eeg"].cell.to_json() == {**config.cell.to_json(), "hidden_size": 7}


def test_a_cell_and_its_option_may_be_set_side_by_side_in_any_order():
    overrides = ("streams.eeg.cell=gru", "streams.eeg.cell.hidden_size=8")
    for order in (overrides, overrides[::-1]):
        cell = one(*order).streams["eeg"].cell
        assert (cell.name, cell.options["hidden_size"]) == ("gru", 8)


def test_steps_are_dropped_and_added_by_name():
    config = one("~streams.eeg.features.standardize", "+streams.eeg.features.average_frames={factor: 2}")
    assert [step.choice.name for step in config.streams["eeg"].features] == ["average_frames"]
    config = one("+streams.eeg.features.second={name: standardize, fit: subject}")
    assert [step.scope for step in config.streams["eeg"].features] == ["train", "subject"]


def test_every_option_can_be_set_without_plus():
    config = one(
        "split.seed=4", "training.schedule.name=cosine", "streams.eeg.pooling.size=5", "targets.emotion.loss=focal"
    )
    assert config.split.options["seed"] == 4
    assert config.training.schedule.name == "cosine"
    assert config.streams["eeg"].pooling.options["size"] == 5
    assert config.targets["emotion"].losses["classes"].name == "focal"


def test_a_sweep_gives_every_combination():
    runs = preflight(["-m", "experiment=demo", "cell=lstm,gru", "seed=0,1", "training.optimizer.lr=choice(0.1,0.01)"])
    assert len(runs) == 8
    assert {job.config.cell.name for job in runs} == {"lstm", "gru"}


def test_presets_and_installed_components_are_offered_together(leaky):
    assert {"leaky", "ltc", "lstm"} <= set(available("cell"))
    assert {"demo", "emodb"} <= set(available("experiment"))


def test_a_component_whose_module_is_broken_is_named(leaky):
    with pytest.raises(ConfigError, match=r"leaky_lab\.nothing"):
        preflight(["dataset=unmade", "split=subject_kfold"])


def test_explain_lists_a_group_around_what_is_broken(leaky, capsys):
    assert main(["explain", "dataset"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(f"dataset={name}" for name in installed().names("datasets"))
    (broken,) = (line for line in lines if "broken: " in line)
    assert broken.startswith("dataset=unmade")
    assert "No module named 'leaky_lab.nothing'" in broken
    assert main(["explain", "dataste"]) == 1
    assert "no group called 'dataste' (did you mean 'dataset'?). Groups: dataset, " in capsys.readouterr().err


def test_explain_and_plugins_know_a_stranger(leaky, capsys):
    assert main(["explain", "cell=leaky"]) == 0
    page = capsys.readouterr().out
    assert "leak: float ≥ 0, ≤ 1 = 0.9" in page
    assert "How much is kept of the state." in page
    assert main(["plugins"]) == 0
    assert "leaky_lab" in capsys.readouterr().out


def test_a_component_keeps_its_name_beside_its_options_wherever_they_were_typed():
    # a study's row names the cell, the command line an option of it, which is freed already
    words = ["streams.eeg.cell=gru", "++streams.eeg.cell.hidden_size=8"]
    assert freed(words, set()) == ["++streams.eeg.cell.name=gru", "++streams.eeg.cell.hidden_size=8"]
    assert freed(freed(words[::-1], set()), set()) == freed(words, set())[::-1]
