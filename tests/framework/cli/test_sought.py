"""What sweepers choose by: validation, in the direction in which it gets better; and Optuna, where it is installed."""

import importlib.util
import json

import pytest
import yaml

from insula import ConfigError, TrainingError
from insula.cli import sought as module
from insula.cli.main import main
from insula.cli.sought import check_direction, sought

SMALL = (
    *("experiment=demo", "dataset.subjects=4", "dataset.trials=3", "dataset.seconds=4", "split.k=4", "split.take=2"),
    *("~streams.eeg", "~streams.personality", "training.epochs=1", "training.progress=false", "cell.hidden_size=4"),
    *("analyses={}", "controls=null"),
)
OPTUNA = pytest.mark.skipif(
    importlib.util.find_spec("hydra_plugins.hydra_optuna_sweeper") is None,
    reason="needs hydra-optuna-sweeper: pip install 'insula[sweep]'",
)


@pytest.fixture
def insula(tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("INSULA_STORE", str(tmp_path / "store"))
    monkeypatch.setattr("sys.argv", ["insula"])

    def run(*arguments: str):
        code = main(arguments)
        return code, *capfd.readouterr()

    return run


def test_the_figure_is_what_training_monitors_on_validation(monkeypatch):
    metrics = {"validation": {"loss": 0.7, "accuracy": 0.5}, "metrics": {"accuracy": {"value": 0.9}}}
    assert sought(metrics, "accuracy") == 0.5
    assert sought(metrics, "loss") == 0.7
    assert sought({"validation": {}}, "loss") is None, "a plain sweep needs none"
    monkeypatch.setattr(module, "seeking", lambda: "an optimiser")
    with pytest.raises(TrainingError, match="there is no loss on validation rows for hydra/sweeper to choose by"):
        sought({"validation": {}}, "loss")


@OPTUNA
def test_optuna_sees_validation_only(insula, tmp_path):
    folder = tmp_path / "sweep"
    words = ("training.blind=true", "training.optimizer.lr=tag(log,interval(1e-4,1e-2))", "hydra/sweeper=optuna")
    options = ("hydra.sweeper.n_trials=3", "hydra.sweeper.n_jobs=1", "hydra.sweeper.sampler.seed=1")
    code, _, said = insula("train", "-m", *SMALL, *words, *options, f"hydra.sweep.dir={folder}")
    assert code == 0, said
    found = [json.loads((folder / str(n) / "metrics.json").read_text()) for n in range(3)]
    assert all(each["metrics"] == {} for each in found)
    best = yaml.safe_load((folder / "optimization_results.yaml").read_text())
    assert best["best_value"] == min(each["validation"]["loss"] for each in found)
    assert len({each["validation"]["loss"] for each in found}) == 3


@OPTUNA
def test_a_sweeper_that_would_look_for_the_worst_is_refused_before_anything_is_trained(insula, tmp_path):
    folder = tmp_path / "sweep"
    words = ("cell.hidden_size=4,8", "training.monitor=accuracy", "hydra/sweeper=optuna", "hydra.sweeper.n_jobs=1")
    code, _, said = insula("train", "-m", *SMALL, *words, f"hydra.sweep.dir={folder}")
    assert code == 1
    assert said.endswith("training.monitor=accuracy is to be maximized: type hydra.sweeper.direction=maximize\n")
    assert not list(folder.glob("*/folds"))


@pytest.mark.parametrize(
    ("monitor", "direction", "wrong"),
    [("loss", "minimize", False), ("loss", "maximize", True), ("ccc", "maximize", False), ("ccc", "minimize", True)],
)
def test_the_loss_is_minimised_and_every_other_figure_maximised(monkeypatch, monitor, direction, wrong):
    from types import SimpleNamespace

    from hydra.core.hydra_config import HydraConfig
    from omegaconf import OmegaConf

    sweeper = OmegaConf.create({"_target_": "theirs", "direction": direction})
    monkeypatch.setattr(module, "seeking", lambda: "theirs")
    monkeypatch.setattr(HydraConfig, "get", staticmethod(lambda: SimpleNamespace(sweeper=sweeper)))
    if wrong:
        with pytest.raises(ConfigError, match=f"training.monitor={monitor} is to be "):
            check_direction(monitor)
    else:
        check_direction(monitor)


def test_a_sweeper_that_is_not_installed_says_how_to_get_it():
    from insula.cli.compose import _mended

    text = (
        "In 'config': Could not find 'hydra/sweeper/optuna'\n\nAvailable options in 'hydra/sweeper':\n\tbasic\nConfig"
    )
    assert _mended(text) == (
        "there is no hydra/sweeper called 'optuna'; it comes with: pip install 'insula[sweep]'. There are: basic"
    )
