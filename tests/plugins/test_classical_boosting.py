"""Gradient boosting and the support vector machine say what scikit-learn's say."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.svm import SVC

from insula import TargetSpec, TrainingError
from insula.plugin.testing import check_architecture
from insula.plugin.testing.parts import PlainParts
from insula_classical.gradient_boosting import GradientBoosting
from insula_classical.svm import SVM
from made_windows import CLASSES, described, made_windows

EMOTION = TargetSpec("emotion", "classes", CLASSES)
PAIR = TargetSpec("emotion", "classes", CLASSES[:2])
LOUD = TargetSpec("loud", "binary", ("no", "yes"))
AROUSAL = TargetSpec("arousal", "number")
WEIGHTED = TargetSpec("emotion", "classes", CLASSES, (0.2, 5.0, 1.0))


def fitted(cls, target, batch, **options):
    torch.manual_seed(0)
    data = described(target)
    network = cls(data, PlainParts(data), **options).eval()
    network.fit(iter([batch]))
    return network


def windows(target, rows=90):
    """Return training and test windows, the known training rows, and their classes (or numbers)."""
    train, test = made_windows(target, rows), made_windows(target, 200, seed=1)
    known = train.labelled[target.name]
    values = train.targets[target.name][known]
    return train, test, known, (values.argmax(1) if values.shape[1] > 1 else values[:, 0]).numpy()


def outputs(network, batch, target):
    with torch.no_grad():
        return network(batch).outputs[target.name].double().numpy()


def shares(network, batch, target):
    found = outputs(network, batch, target)
    found = np.concatenate([np.zeros_like(found), found], axis=1) if target.kind == "binary" else found
    return np.exp(found) / np.exp(found).sum(axis=1, keepdims=True)


@pytest.mark.parametrize("target", [EMOTION, PAIR, LOUD, WEIGHTED], ids=["three", "two", "binary", "weighted"])
def test_boosting_gives_scikit_learns_probabilities(target):
    train, test, known, labels = windows(target)
    network = fitted(GradientBoosting, target, train, rounds=20, rate=0.2, leaves=5, min_leaf=4, l2=0.1)
    oracle = HistGradientBoostingClassifier(
        max_iter=20, learning_rate=0.2, max_leaf_nodes=5, min_samples_leaf=4, l2_regularization=0.1
    ).set_params(early_stopping=False)
    weights = None if target.class_weights is None else np.array(target.class_weights)[labels]
    oracle.fit(network.features(train)[known].numpy(), labels, weights)
    wanted = oracle.predict_proba(network.features(test).numpy())
    np.testing.assert_allclose(shares(network, test, target), wanted, atol=2e-6)
    assert (wanted.max(axis=1) < 0.99).any()
    assert len(network.models[0].feature) > 20, "there is something to compare"


def test_weighted_rows_beyond_the_bins_are_cut_into_fewer():
    train, test, known, labels = windows(WEIGHTED, 400)
    network = fitted(GradientBoosting, WEIGHTED, train, rounds=5)
    oracle = HistGradientBoostingClassifier(max_iter=5, max_bins=63, early_stopping=False)
    oracle.fit(network.features(train)[known].numpy(), labels, np.array(WEIGHTED.class_weights)[labels])
    wanted = oracle.predict_proba(network.features(test).numpy())
    np.testing.assert_allclose(shares(network, test, WEIGHTED), wanted, atol=2e-6)


def test_boosting_regresses_numbers():
    train, test, known, _ = windows(AROUSAL)
    train = replace(train, targets={"arousal": train.targets["arousal"] + 40 + torch.rand(90, 1)})
    network = fitted(GradientBoosting, AROUSAL, train, rounds=20, min_leaf=4)
    oracle = HistGradientBoostingRegressor(max_iter=20, min_samples_leaf=4, early_stopping=False)
    oracle.fit(network.features(train)[known].numpy(), train.targets["arousal"][known, 0].double().numpy())
    wanted = oracle.predict(network.features(test).numpy())
    np.testing.assert_allclose(outputs(network, test, AROUSAL)[:, 0], wanted, atol=1e-4)
    assert np.ptp(wanted) > 0.5


@pytest.mark.parametrize("options", [{}, {"c": 0.3, "gamma": 0.05}], ids=["default", "chosen"])
@pytest.mark.parametrize("target", [EMOTION, PAIR, LOUD, WEIGHTED], ids=["three", "two", "binary", "weighted"])
def test_the_machine_decides_as_scikit_learns(target, options):
    train, test, known, labels = windows(target)
    network = fitted(SVM, target, train, **options)
    oracle = SVC(C=options.get("c", 1.0), gamma=options.get("gamma", "scale"), break_ties=True)
    weights = None if target.class_weights is None else np.array(target.class_weights)[labels]
    oracle.fit(network.features(train)[known].double().numpy(), labels, weights)
    rows = network.features(test).double().numpy()
    decided = oracle.decision_function(rows)
    logits = decided if decided.ndim > 1 else np.stack([np.zeros(len(rows)), decided], axis=1)
    wanted = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    found = shares(network, test, target)
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    np.testing.assert_array_equal(oracle.classes_[found.argmax(axis=1)], oracle.predict(rows))


def test_a_machine_of_five_classes_settles_ten_duels():
    five = TargetSpec("emotion", "classes", ("a", "b", "c", "d", "e"))
    train, test, known, labels = windows(five, 150)
    network = fitted(SVM, five, train)
    assert network.models[0].coefficients.shape[0] == 10
    oracle = SVC(break_ties=True).fit(network.features(train)[known].double().numpy(), labels)
    rows = network.features(test).double().numpy()
    np.testing.assert_array_equal(shares(network, test, five).argmax(axis=1), oracle.predict(rows))


def test_too_many_windows_for_a_machine_are_refused():
    message = r"learns from 50 windows at most here, and there are 78: .* Type architecture.most=78 to wait"
    with pytest.raises(TrainingError, match=message):
        fitted(SVM, EMOTION, made_windows(EMOTION, 90), most=50)


@pytest.mark.parametrize(
    ("cls", "options"),
    [(GradientBoosting, {"rounds": 3, "min_leaf": 2, "leaves": 3, "l2": 1.0}), (SVM, {"c": 10.0, "gamma": 0.1})],
)
def test_options_keep_the_contract(cls, options):
    check_architecture(cls, data=described(EMOTION, n_times=10), **options)
