"""A classical model is a run like any other: trained, told of, saved, loaded and gone on with."""

import json

import numpy as np
import pytest

from insula import ConfigError
from insula.evaluation.predict import probabilities
from insula.plugin.manager import installed
from insula.training.bundle import load_bundle

ANALYSES = ("complexity", "model_drawing", "neuron_dynamics", "attention", "embedding_map", "roc", "calibration")
RUN = (
    *("experiment=demo", "dataset.subjects=6", "dataset.trials=6", "dataset.seconds=4", "dataset.effect=2.0"),
    *("split.k=3", "split.take=2"),
)
FOREST = ("architecture=random_forest", "architecture.trees=20")


REGRESSION = ("architecture=logistic_regression",)


@pytest.mark.parametrize(
    ("model", "analyses"), [(FOREST, ANALYSES), (REGRESSION, ANALYSES[:4])], ids=["forest", "regression"]
)
def test_a_whole_run(train, tmp_path, model, analyses):
    options = (*RUN, *model, *(f"+analyses.{name}={{}}" for name in analyses))
    metrics = train(*options)
    assert metrics["metrics"]["balanced_accuracy"]["value"] > 0.4, "of four classes, with a strong effect"
    page = (tmp_path / "run" / "report.html").read_text()
    for said in (
        "is an architecture of its own",
        "No cell of this model says",
        "No stream of this model has a pooling",
    ):
        assert said in page
    assert "Every model was fitted at once" in page
    folder = tmp_path / "run" / "folds" / "seed0-fold1"
    assert {path.suffix for path in (folder / "bundle").iterdir()} == {".json", ".safetensors"}
    network = load_bundle(folder / "bundle", installed()).network
    size = sum(p.numel() for p in network.parameters())
    assert json.loads((folder / "fold.json").read_text())["parameters"] == size > 100
    (folder / "fold.json").unlink()
    assert train(*options)["metrics"] == metrics["metrics"], "what is fitted again is fitted the same"


def test_the_bundle_gives_the_predictions_of_the_run(compose, tmp_path, monkeypatch):
    """Run by hand, so that the windows that were tested are at hand."""
    from insula.evaluation.fold import FoldRun

    kept = []
    monkeypatch.setattr(FoldRun, "run", lambda self, bar, run=FoldRun.run: (run(self, bar), kept.append(self)))
    from insula import pipeline

    config = compose(*RUN, *FOREST, "analyses={}")
    pipeline.run(config, tmp_path / "run", installed())
    fold = kept[0]
    result = fold.result()
    batches = list(result.batches("test"))
    found = [result.model()(batch).outputs["emotion"].detach().numpy() for batch in batches]
    target = fold.loaded.data.targets["emotion"]
    table = fold.predictions()
    wanted = table[[f"p_{name}" for name in target.classes]].to_numpy()
    np.testing.assert_allclose(probabilities(np.concatenate(found), target), wanted, atol=1e-12)
    untrained = result.untrained()(batches[0]).outputs["emotion"].detach()
    assert (untrained == untrained[0, 0]).all()


def test_several_targets_with_a_number(train):
    targets = ("+targets.emotion={}", "+targets.arousal={}", "+targets.raters={}", "analyses={metrics: {}}")
    metrics = train(*RUN, *FOREST, *targets)
    found = metrics["targets"]
    assert found["emotion"]["metrics"]["balanced_accuracy"]["value"] > 0.4
    assert found["arousal"]["metrics"]["ccc"]["value"] > 0.2
    assert found["raters"]["metrics"]["accuracy"]["value"] > 0.3


def test_a_number_is_refused_by_logistic_regression(train):
    with pytest.raises(ConfigError, match="'arousal' is a number, and a logistic regression knows classes only"):
        train(*RUN, *REGRESSION, "+targets.arousal={}")


def test_windows_of_one_length_can_be_flattened(train):
    metrics = train(*RUN, *FOREST, "architecture.inputs=flattened", "~streams.eeg", "analyses={metrics: {}}")
    assert np.isfinite(metrics["metrics"]["accuracy"]["value"])
