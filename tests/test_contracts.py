"""The contract checks run over every installed component, and they catch what they are there for."""

import re
from importlib.metadata import EntryPoint
from pathlib import Path

import pandas as pd
import pytest

from contracts_faulty import cells, encoders, heads, steps
from insula.plugin.manager import load_plugins
from insula.plugin.registry import REGISTRIES, Component
from insula.plugin.schema import descriptions, reserved_options, summary
from insula.plugin.testing import (
    check_cell,
    check_component,
    check_encoder,
    check_plugin,
    check_pooling,
    check_preprocessor,
)
from insula.plugin.testing.components import CHECKS
from insula.plugin.testing.splits import example_index
from insula_iemocap.dataset import IEMOCAP
from insula_phymer.dataset import PhyMER
from made_iemocap import write_iemocap
from made_phymer import write_kerc, write_phymer

INSTALLED = load_plugins()
COMPONENTS = [c for offered in INSTALLED.components.values() for several in offered.values() for c in several]


@pytest.mark.parametrize("plugin", [p.name for p in INSTALLED.plugins])
def test_plugin(plugin: str) -> None:
    check_plugin(plugin)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda c: f"{c.registry.group}={c.name}")
def test_component(component: Component, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    options: dict[str, object] = {}
    if component.plugin == "emodb":
        options["root"] = request.getfixturevalue("real_data") / "emodb"
    if component.plugin == "table":
        options["root"] = _manifest(tmp_path)
    if component.plugin == "iemocap":
        options["root"] = write_iemocap(tmp_path)
        if component.registry.name == "readers":
            options["dataset"] = IEMOCAP
    if component.plugin == "phymer":
        options |= _phymer(component, tmp_path)
    if component.name == "predefined":
        options["file"] = _folds(tmp_path)
    if component.name == "within_trial_blocks":
        options["index"] = example_index(windows=20)  # blocks of one window would be all border
    check_component(component, **options)


def _phymer(component: Component, folder: Path) -> dict[str, object]:
    """Write a few small files of PhyMER, or of the challenge; the readers are for both."""
    if component.name == "kerc2021":
        return {"root": write_kerc(folder, {"a": "HAHV", "b": "LALV"})}
    found: dict[str, object] = {"root": write_phymer(folder, [(1, 7), (2, 24)])}
    return found | ({"dataset": PhyMER} if component.registry.name == "readers" else {})


def _manifest(folder: Path) -> Path:
    """Write two recordings and the manifest that lists them."""
    for name in ("one", "two"):
        rows = "\n".join(f"{k / 50},{k % 7},{k % 5}" for k in range(200))
        (folder / f"{name}.csv").write_text(f"time,EDA,TEMP\n{rows}\n")
    manifest = folder / "manifest.csv"
    manifest.write_text("path,subject,trial,emotion\none.csv,s1,t1,joy\ntwo.csv,s2,t2,anger\n")
    return manifest


def _folds(folder: Path) -> Path:
    """Write a table of two folds that hold out people."""
    trials = example_index()[["trial", "subject"]].drop_duplicates()
    roles = {0: ("train", "test"), 1: ("test", "train"), 2: ("validation", "validation"), 3: ("train", "train")}
    lines = [
        (trial, fold, roles[int(subject[1:]) % 4][fold])
        for trial, subject in trials.itertuples(index=False)
        for fold in (0, 1)
    ]
    pd.DataFrame(lines, columns=["trial", "fold", "role"]).to_csv(folder / "folds.csv", index=False)
    return folder / "folds.csv"


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda c: f"{c.registry.group}={c.name}")
def test_bundled_components_are_explained(component: Component) -> None:
    """`insula explain` shows a sentence and every option's text, range and default."""
    explained = descriptions(component.cls)
    own = set(component.options.model_fields) - set(reserved_options(component))  # type: ignore[attr-defined]
    assert not {name for name in own if not explained.get(name)}, f"{component}: options without a text in Parameters"
    assert summary(component.cls).endswith("."), f"{component}: its docstring doesn't begin with a sentence"


def test_every_registry_has_a_check() -> None:
    assert CHECKS.keys() == REGISTRIES.keys()


@pytest.mark.parametrize(
    ("check", "component"),
    [
        (check_cell, cells.Sound),
        (check_encoder, encoders.Sound),
        (check_pooling, heads.SoundPooling),
        (check_preprocessor, steps.Smooth),
    ],
)
def test_what_is_sound_passes(check, component) -> None:
    check(component)


@pytest.mark.parametrize(
    ("check", "component", "message"),
    [
        pytest.param(
            check_cell, cells.DropoutInEval, "in eval() two runs on the same input differ", id="dropout on in eval"
        ),
        pytest.param(check_cell, cells.BatchDependent, "depends on the other rows of its batch", id="batch dependence"),
        pytest.param(
            check_encoder,
            encoders.BatchDependent,
            "depends on the other rows of its batch",
            id="batch dependence of an encoder",
        ),
        pytest.param(check_cell, cells.FutureLeak, "it sees the future", id="future leak"),
        pytest.param(check_cell, cells.ReadsPadding, "it reads padding", id="cell reads padding"),
        pytest.param(check_encoder, encoders.ReadsPadding, "it reads padding", id="encoder reads padding"),
        pytest.param(check_pooling, heads.PoolsPadding, "it reads padding", id="pooling reads padding"),
        pytest.param(check_cell, cells.DeadParameter, "no gradient reaches forgotten", id="dead parameter"),
        pytest.param(check_cell, cells.DeadStateDict, "after load_state_dict(", id="dead state dict"),
        pytest.param(
            check_cell,
            cells.WrongShape,
            "its output has shape (4, 9, 6), not (batch, steps, output_size)",
            id="wrong shape",
        ),
        pytest.param(check_preprocessor, steps.ShortReach, "depends on 0.5", id="declared reach too short"),
        pytest.param(check_cell, cells.NoHiddenSize, "it has no option hidden_size", id="no hidden_size"),
        pytest.param(
            check_cell,
            cells.OptionWithoutDefault,
            "the option 'hidden_size' needs a type and a default",
            id="no default",
        ),
        pytest.param(
            check_cell, cells.OptionWithoutType, "the option 'hidden_size' needs a type and a default", id="no type"
        ),
        pytest.param(check_cell, cells.PositionalOption, "options stand after `*`", id="positional option"),
    ],
)
def test_planted_faults_are_caught(check, component, message: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(message)):
        check(component)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("misspelt", "it implements 'register_cell', which is no hook of insula (did you mean 'register_cells'?)"),
        ("heavy", "loading contracts_faulty.heavy imports torch"),
        ("slow", "50 ms is the budget"),
        ("narrow", "it has no option hidden_size"),
        ("lost", "module 'contracts_faulty.heads' has no attribute 'Lost'"),
        ("absent", "No module named 'contracts_faulty.absent'"),
    ],
)
def test_faulty_plugins_are_caught(module: str, message: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(message)):
        check_plugin(EntryPoint("faulty", f"contracts_faulty.{module}", "insula"))


def test_a_sound_plugin_passes_without_being_installed() -> None:
    check_plugin(EntryPoint("sound", "contracts_faulty.sound", "insula"))


def test_a_plugin_without_a_component_is_caught() -> None:
    with pytest.raises(AssertionError, match="it offers no component"):
        check_plugin(EntryPoint("nothing", "contracts_faulty", "insula"))


def test_a_name_that_two_plugins_offer_is_caught(monkeypatch) -> None:
    points = [EntryPoint(name, f"contracts_faulty.{name}", "insula") for name in ("sound", "slow")]
    monkeypatch.setattr("insula.plugin.testing.plugins.entry_points", lambda group: points)
    monkeypatch.setattr("insula.plugin.manager.entry_points", lambda group: points)
    with pytest.raises(AssertionError, match="plugin sound: cell=sound is offered by slow and sound"):
        check_plugin("sound")


def test_a_plugin_that_is_not_installed_is_named() -> None:
    with pytest.raises(
        AssertionError, match=r"no entry point 'cell' in the group 'insula' \(did you mean 'cells'\?\)\. Install"
    ):
        check_plugin("cell")
