"""Adaptation: a trained model learns from the first trials of the person under test, and from no others of theirs."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from contracts_faulty.at_once import Means
from insula import Fold, Signal, SignalError, SplitError, TrainingError, Transform
from insula.evaluation.fold import FoldRun
from insula.evaluation.predict import predict
from insula.plugin.manager import installed
from insula.training.adapt import adapt
from insula.training.bundle import load_bundle
from insula.training.fold import fold_seed, train_fold
from insula.training.module import FoldModule
from insula.windows.windows import Windows
from insula_splits.calibrated import Calibrated
from made_people import accuracy, chosen, people, plan_for
from made_stream import step

ABOUT = {"modalities": {"x": "x"}, "window": {"length": None, "step": None}, "streams": {}}


def folds_of(windows, **options) -> list[Fold]:
    return list(Calibrated(k=6, **options).folds(windows.rows.index))


def weights(trained) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in trained.network.state_dict().items()}


def same(one, other) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one)


def test_it_helps_where_people_have_levels_of_their_own(tmp_path):
    """The trials under test are the same with labels and without, so that the difference is what the labels do."""
    windows, plan = people(tmp_path / "store", subjects=4), plan_for(adapt={"epochs": 30, "lr": 0.1})
    before, after = [], []

    def right(trained, rows) -> float:
        batches = trained.windows.batches(rows, trained.data, 64)
        return accuracy(predict(trained.network, batches, trained.data, windows, fold=0, seed=0))

    for number, fold in enumerate(folds_of(windows)):
        trained = train_fold(plan, windows, replace(fold, adapt_labels=False), number, tmp_path / f"{number}")
        before.append(right(trained, fold.test))
        after.append(right(adapt(plan, trained, fold, number, tmp_path / f"adapt{number}", ""), fold.test))
    assert np.mean(after) > 0.9
    assert np.mean(after) - np.mean(before) > 0.15


def test_the_bundle_holds_the_adapted_weights_and_the_history_says_so(tmp_path):
    windows = people(tmp_path / "store", subjects=4)
    fold, folder = folds_of(windows)[0], tmp_path / "fold0"
    run = FoldRun(plan_for(), windows, fold, 0, 0, folder, installed(), ABOUT)
    run.run()
    table = run.predictions()
    network = load_bundle(folder / "bundle", installed()).network
    before = train_fold(plan_for(), windows, replace(fold, adapt_labels=False), fold_seed(0, 0), tmp_path / "before")
    batch = next(before.windows.batches(fold.test, before.data, 64))
    said = network(batch).outputs["y"].softmax(dim=1)[:, 1].detach().numpy()
    np.testing.assert_allclose(said, table["p_yes"], atol=1e-6)
    assert not same(weights(before), network.state_dict())
    history = pd.read_csv(folder / "history.csv")
    assert history["epoch"].tolist() == list(range(1, 15))
    assert history["stage"].tolist() == ["training"] * 6 + ["adaptation"] * 8
    assert history["val_loss"].isna().tolist() == [False] * 6 + [True] * 8
    assert history["lr"].iloc[-1] == 0.1
    assert [row["epoch"] for row in before.history] == list(range(1, 7))
    assert "stage" not in before.history[0]


def test_only_the_adapt_rows_teach(tmp_path):
    windows = people(tmp_path / "store", subjects=4)
    fold = folds_of(windows)[0]

    def relabelled(rows) -> Windows:
        values = list(windows.rows.targets["y"])
        for row in rows:
            values[row] = values[row][::-1].copy()
        return replace(windows, rows=replace(windows.rows, targets={"y": values}))

    found = [
        weights(train_fold(plan_for(), data, fold, 3, tmp_path / name))
        for name, data in (("a", windows), ("b", relabelled(fold.test)), ("c", relabelled(fold.adapt[:1])))
    ]
    assert same(found[0], found[1])
    assert not same(found[0], found[2])


def test_preprocessing_stays_that_of_the_training_rows(tmp_path):
    windows = people(tmp_path / "store", subjects=4)
    fold = folds_of(windows)[0]
    trained = train_fold(plan_for(), windows, fold, 3, tmp_path)
    (fitted,) = trained.windows.streams["x"].feature_steps
    (expected,) = windows.fit(Fold(train=fold.train)).streams["x"].feature_steps
    assert vars(fitted.transforms[None]).keys() == vars(expected.transforms[None]).keys()
    for mine, theirs in zip(
        vars(fitted.transforms[None]).values(), vars(expected.transforms[None]).values(), strict=True
    ):
        assert np.array_equal(mine, theirs)


@pytest.mark.parametrize("epoch", [4, 9])
def test_what_was_killed_goes_on_to_the_same_weights(tmp_path, monkeypatch, epoch):
    """Killed in training (6 epochs), and in adaptation behind it."""
    windows = people(tmp_path / "store", subjects=4)
    fold, plan = folds_of(windows)[0], plan_for(adapt={"epochs": 5})
    whole = train_fold(plan, windows, fold, 3, tmp_path / "whole")
    begun = FoldModule.on_train_epoch_start
    seen = []

    def dying(self):
        seen.append(self.current_epoch)
        if len(seen) == epoch:
            raise RuntimeError("killed")
        begun(self)

    monkeypatch.setattr(FoldModule, "on_train_epoch_start", dying)
    with pytest.raises(RuntimeError, match="killed"):
        train_fold(plan, windows, fold, 3, tmp_path / "cut")
    again = train_fold(plan, windows, fold, 3, tmp_path / "cut")
    assert len(seen) == 6 + 5 + 1, "the epoch that was cut short, and no other, is repeated"
    assert same(weights(again), weights(whole))
    assert again.history == whole.history
    once_more = train_fold(plan, windows, fold, 3, tmp_path / "cut")
    assert len(seen) == 12
    assert same(weights(once_more), weights(whole))


def test_what_is_frozen_stays(tmp_path):
    windows = people(tmp_path / "store", subjects=4)
    fold = folds_of(windows)[0]
    before = weights(train_fold(plan_for(), windows, replace(fold, adapt_labels=False), 3, tmp_path / "before"))
    trained = train_fold(plan_for(adapt={"freeze": ["streams"], "epochs": 3}), windows, fold, 3, tmp_path / "after")
    changed = {name for name, value in weights(trained).items() if not torch.equal(value, before[name])}
    assert changed
    assert all(name.startswith("fusion") for name in changed)
    assert all(parameter.requires_grad for parameter in trained.network.parameters())


@pytest.mark.parametrize(
    ("freeze", "message"),
    [
        (["stream"], r"the model has no module 'stream' \(did you mean 'streams'\?\). Its parts: streams, fusion"),
        (["streams", "fusion"], "nothing of the model is left that could be adapted"),
    ],
)
def test_what_can_not_be_frozen_is_told_before_training(tmp_path, monkeypatch, freeze, message):
    windows = people(tmp_path / "store", subjects=4)
    monkeypatch.setattr("insula.training.fold.learn", lambda *_: pytest.fail("trained"))
    with pytest.raises(TrainingError, match=rf"training.adapt.freeze: {message}"):
        train_fold(plan_for(adapt={"freeze": freeze}), windows, folds_of(windows)[0], 3, tmp_path)


class Watched(Means):
    """Remembers the rows of every fit."""

    SEEN: list[list[int]] = []

    def fit(self, batches):
        batches = list(batches)
        self.SEEN.append(sorted(row for batch in batches for row in batch.rows.tolist()))
        super().fit(batches)


def test_what_is_fitted_at_once_is_fitted_to_training_and_adapt_rows(tmp_path):
    windows = people(tmp_path / "store", subjects=4)
    fold = folds_of(windows)[0]
    Watched.SEEN.clear()
    trained = train_fold(plan_for(Watched, gradient=False), windows, fold, 3, tmp_path)
    assert list(Watched.SEEN) == [sorted(fold.train), sorted([*fold.train, *fold.adapt])]
    assert [row["stage"] for row in trained.history] == ["training", "adaptation"]
    assert "val_loss" in trained.history[0]


def test_a_refit_is_adapted(tmp_path):
    windows = people(tmp_path / "store", subjects=4)
    fold, plan = folds_of(windows)[0], plan_for(refit="train+validation", adapt={"epochs": 2})
    trained = train_fold(plan, windows, fold, 3, tmp_path)
    whole = replace(fold, train=np.concatenate([fold.train, fold.validation]), validation=fold.validation[:0])
    plain = train_fold(plan_for(adapt={"epochs": 2}, epochs=trained.epochs), windows, whole, 3, tmp_path / "plain")
    assert same(weights(trained), weights(plain))


def test_terms_that_fall_to_zero_have_fallen(tmp_path, monkeypatch):
    windows = people(tmp_path / "store", subjects=4)
    fold = folds_of(windows)[0]
    trained = train_fold(plan_for(), windows, replace(fold, adapt_labels=False), 3, tmp_path)
    asked = []
    monkeypatch.setattr(
        "insula.training.adapt.learn", lambda plan, *rest: (asked.append(plan.options), ([], 1, 0.0))[1]
    )
    terms = {"falls": {"weight": 0.5, "decay": "linear"}, "stays": {"weight": 0.5}}
    options = {"losses": terms, "adapt": {"lr": 0.5, "batch_size": 2}, "schedule": {"name": "cosine"}}
    adapt(plan_for(**options), trained, fold, 3, tmp_path, "fold")
    adapt(plan_for(optimizer={"lr": 0.2}, adapt={}), trained, fold, 3, tmp_path, "fold")
    found, usual = asked
    assert usual.optimizer.lr == pytest.approx(0.02), "a tenth"
    assert (found.losses["falls"].weight, found.losses["stays"].weight) == (0.0, 0.5)
    assert (found.optimizer.lr, found.batch_size, found.epochs, found.schedule.name) == (0.5, 2, 20, "constant")


class Level(Transform):
    """Refuses what is far from what it was fitted on."""

    def __call__(self, signal: Signal) -> Signal:
        if abs(float(signal.data.mean())) > 2.5:
            raise SignalError("too far")
        return signal


def test_an_adaptation_without_a_window_is_an_error(tmp_path):
    standardize = step_of("standardize")
    windows = people(tmp_path / "store", standardize, step(Level), subjects=4)
    found = [windows.streams["x"].base(row) for row in range(len(windows.rows.index))]
    order = np.argsort([signal.data.mean() for signal in found if signal is not None])
    near, far = order[:30], order[-3:]
    fold = Fold(train=near[::3], validation=near[1::3], test=near[2::3], adapt=far)
    with pytest.raises(
        SplitError, match=r"fold 7: no window to adapt on is left: x: a window of trial s\dt\d+: .*too far"
    ):
        train_fold(plan_for(), windows, fold, 3, tmp_path, title="fold 7")


def step_of(name: str):
    from insula.preprocess.chain import Step

    return Step(f"streams.x.features.{name}", chosen("preprocessors", name, fit="train"))
