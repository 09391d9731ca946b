"""An architecture that is fitted at once is trained, saved, told of and checked as any other."""

import re

import numpy as np
import pandas as pd
import pytest
import torch

from contracts_faulty import at_once
from insula.plugin.manager import installed
from insula.plugin.testing import check_architecture
from insula.training.bundle import load_bundle

INIT = """
from insula import hookimpl

@hookimpl
def register_architectures():
    return {"means": "fit_lab.model:Means"}
"""
MODEL = '''
import torch
from insula import Architecture, Fused

SEEN = []


class Means(Architecture):
    """Answers with the mean of the training labels."""

    def __init__(self, data, parts, *, noise: float = 0.0) -> None:
        super().__init__(data, parts)
        ((self.target, size),) = data.output_sizes.items()
        self.noise = noise
        self.register_buffer("mean", torch.zeros(size))

    def fit(self, batches):
        batches = list(batches)
        SEEN.append(batches)
        labels = torch.cat([batch.targets[self.target] for batch in batches])
        self.mean = labels.mean(dim=0) + self.noise * torch.randn(labels.shape[1])

    def forward(self, batch):
        return Fused({self.target: self.mean.expand(len(batch), -1)}, torch.ones(len(batch), 1))
'''
RUN = (
    *("experiment=demo", "architecture=means", "dataset.subjects=4", "dataset.trials=3", "dataset.seconds=4"),
    *("split.k=3", "~streams.eeg", "training.l2=0.1"),
)


@pytest.fixture
def seen(stranger):
    """The batches of every fit, in order."""
    stranger("fit_lab", __init__=INIT, model=MODEL)
    installed.cache_clear()
    from fit_lab.model import SEEN  # type: ignore[import-not-found]

    SEEN.clear()
    yield SEEN
    installed.cache_clear()


def rows(batches):
    return sorted(int(row) for batch in batches for row in batch.rows)


def test_it_is_fitted_once_per_fold_to_all_training_windows(seen, train, tmp_path):
    metrics = train(*RUN)
    assert len(seen) == 3
    folder = tmp_path / "run" / "folds" / "seed0-fold0"
    history = pd.read_csv(folder / "history.csv")
    bundle = load_bundle(folder / "bundle", installed())
    labels = torch.cat([batch.targets["emotion"] for batch in seen[0]])
    mean = bundle.network.get_buffer("mean")
    np.testing.assert_allclose(mean.numpy(), labels.mean(dim=0).numpy())
    summary = metrics["folds"][0]
    assert len(rows(seen[0])) == len(set(rows(seen[0]))) == summary["sizes"]["train"]
    assert history["epoch"].tolist() == [1] == [summary["epochs"]]
    weights = torch.tensor(bundle.data.targets["emotion"].class_weights)
    wanted = torch.nn.functional.cross_entropy(mean.expand(len(labels), -1), labels, weights)
    cost = history["train_loss"][0]
    assert cost == pytest.approx(float(wanted), rel=1e-5), "training.l2 is no part of it"
    assert {"val_loss", "val_accuracy", "train_accuracy"} <= set(history)


def test_what_is_done_is_not_done_again(seen, train, tmp_path):
    train(*RUN, "architecture.noise=1.0")
    folder = tmp_path / "run" / "folds" / "seed0-fold1"
    before = pd.read_parquet(folder / "predictions.parquet")
    (folder / "fold.json").unlink()
    torch.manual_seed(99)
    train(*RUN, "architecture.noise=1.0")
    assert len(seen) == 4, "only the fold that wasn't finished is fitted again"
    pd.testing.assert_frame_equal(before, pd.read_parquet(folder / "predictions.parquet"))


def test_a_refit_is_on_both_sets(seen, train):
    metrics = train(*RUN, "training.refit=train+validation", "split.take=1")
    sizes = metrics["folds"][0]["sizes"]
    assert [len(rows(batches)) for batches in seen] == [sizes["train"], sizes["train"] + sizes["validation"]]


def test_selecting_on_test_tells_of_the_test_rows(seen, train, tmp_path):
    train(*RUN, "training.select_on=test", "split.take=1")
    folder = tmp_path / "run" / "folds" / "seed0-fold0"
    table = pd.read_parquet(folder / "predictions.parquet")
    columns = [column for column in table if column.startswith("p_")]
    hits = table[columns].to_numpy().argmax(1) == [columns.index(f"p_{y}") for y in table["y"]]
    assert pd.read_csv(folder / "history.csv")["val_accuracy"][0] == pytest.approx(hits.mean())


def test_a_target_whose_first_class_is_drawn_more_often(seen, train):
    train(*RUN, "training.balance=oversample", "split.take=1")
    drawn = rows(seen[0])
    assert len(set(drawn)) < len(drawn), "rows are drawn, with replacement"


def test_augmentations_of_every_epoch_are_not_drawn(seen, train, caplog):
    noise = "+streams.peripheral.augment.features.gaussian_noise={std: 50.0}"
    with caplog.at_level("INFO", logger="insula"):
        train(*RUN, "split.take=1", noise)
    assert max(float(batch.streams["peripheral"].x.abs().max()) for batch in seen[0]) < 10.0
    assert "means is fitted at once: augmentations that are drawn for every epoch change nothing" in caplog.text
    assert "fitted at once, " in caplog.text


def test_check_fits_noise_and_tells_the_cost(seen, compose):
    from insula.sources.memory import MemoryStore
    from insula.trial_run import try_run

    found = try_run(compose(*RUN, "training.batch_size=10"), installed(), MemoryStore())
    (batches,) = seen
    count = sum(len(batch) for batch in batches)
    assert 10 < count <= 50, "a quarter of the steps, and no more than the largest fold trains on"
    assert len({float(x.sum()) for batch in batches for x in batch.streams["peripheral"].x}) == count
    assert torch.cat([batch.targets["emotion"] for batch in batches]).sum(dim=0).min() > 0, "labels of all classes"
    assert "architecture means: fitted at once. A training step is its share of a fit to some windows of noise" in (
        "\n".join(found.lines)
    )
    assert 0 < found.cost.training < 1000 * found.cost.train, "of one epoch"


def test_a_sound_one_keeps_the_contract():
    check_architecture(at_once.Means)


@pytest.mark.parametrize(
    ("component", "message"),
    [
        (at_once.DrawsElsewhere, "fitted twice with one seed, it gives different outputs"),
        (at_once.ReadsPadding, "what stands in padding changes what it learns"),
        (at_once.FirstBatchOnly, "the last batch teaches it nothing"),
        (at_once.GoesThroughTwice, "the last batch teaches it nothing"),
        (at_once.KeepsOutside, "into one that isn't fitted its outputs aren't those of the fitted one"),
        (at_once.NaNBefore, "before it is fitted its outputs are NaN"),
        (at_once.RefusesAll, "it takes no target: emotion: architecture=RefusesAll"),
    ],
)
def test_what_breaks_the_contract_is_said(component, message):
    with pytest.raises(AssertionError, match=re.escape(message)):
        check_architecture(component)
