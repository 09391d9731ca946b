"""Classical models say what scikit-learn's say, of what is known of a window."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression as Oracle

from insula import Batch, ConfigError, InsulaWarning, TargetSpec, TrainingError
from insula.plugin.testing import check_architecture
from insula.plugin.testing.batches import take
from insula.plugin.testing.parts import PlainParts
from insula_classical.gradient_boosting import GradientBoosting
from insula_classical.logistic_regression import LogisticRegression
from insula_classical.random_forest import RandomForest
from insula_classical.svm import SVM
from insula_classical.trees import below
from made_windows import CLASSES, described, made_windows

ALL = [RandomForest, LogisticRegression, SVM, GradientBoosting]
FAST = {RandomForest: {"trees": 30}, GradientBoosting: {"rounds": 10, "min_leaf": 5}}
EMOTION = TargetSpec("emotion", "classes", CLASSES)
LOUD = TargetSpec("loud", "binary", ("no", "yes"))
AROUSAL = TargetSpec("arousal", "number")


def built(cls, target, seed=0, data=None, **options):
    torch.manual_seed(seed)
    data, options = data or described(target), {**FAST.get(cls, {}), **options}
    return cls(data, PlainParts(data), **options).eval()


def fitted(cls, target, batch, seed=0, data=None, **options):
    network = built(cls, target, seed, data, **options)
    network.fit(iter([take(batch, rows) for rows in torch.arange(len(batch)).split(16)]))
    return network


def features(batch):
    """Compute mean and standard deviation with numpy, row by row; NaN where there is nothing."""
    found = []
    for row in range(len(batch)):
        values = []
        for name, stream in batch.streams.items():
            samples = [x[v] for x, v in zip(stream.x[row].numpy(), stream.valid[row].numpy(), strict=True)]
            statistics = (np.mean,) if name == "traits" else (np.mean, np.std)
            values += [f(s.astype(float)) if len(s) else np.nan for f in statistics for s in samples]
        found.append(values)
    return np.array(found)


def scaled(raw, like):
    mean, std = np.nanmean(like, axis=0), np.nanstd(like, axis=0)
    return np.nan_to_num((raw - mean) / std).astype(np.float32)


def probabilities(network, batch, name="emotion"):
    with torch.no_grad():
        outputs = network(batch).outputs[name]
    if outputs.shape[1] == 1:
        return torch.cat([1 - outputs.sigmoid(), outputs.sigmoid()], dim=1).numpy()
    return outputs.softmax(dim=1).numpy()


TRAIN, TEST = made_windows(EMOTION), made_windows(EMOTION, seed=1)
KNOWN = TRAIN.labelled["emotion"]
LABELS = TRAIN.targets["emotion"][KNOWN].argmax(dim=1).numpy()
ROWS = scaled(features(TRAIN), features(TRAIN))[KNOWN]


def forest_settings(network, number=0):
    """The seed is the network's own: drawn when it is built."""
    return {"n_estimators": 30, "random_state": network.models[number].settings["random_state"]}


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ({}, {}),
        ({"depth": 2, "min_leaf": 4}, {"max_depth": 2, "min_samples_leaf": 4}),
        ({"max_features": "all"}, {"max_features": None}),
    ],
)
def test_a_forest_predicts_as_scikit_learns(options, settings):
    network = fitted(RandomForest, EMOTION, TRAIN, **options)
    oracle = RandomForestClassifier(**forest_settings(network), **settings)
    oracle.fit(network.features(TRAIN)[KNOWN], LABELS, np.ones(len(LABELS)))  # equal weights are other draws than none
    wanted = np.asarray(oracle.predict_proba(network.features(TEST).numpy()))
    np.testing.assert_allclose(probabilities(network, TEST), wanted, atol=2e-6)
    assert (wanted.argmax(1) == TEST.targets["emotion"].argmax(1).numpy()).mean() > 0.6
    nodes = [tree.tree_ for tree in oracle.estimators_]
    size = sum(t.node_count - t.n_leaves + 3 * t.n_leaves for t in nodes)
    assert sum(p.numel() for p in network.parameters()) == size, "thresholds, and the values of leaves"


@pytest.mark.parametrize("cls", ALL)
def test_features_are_z_scores_of_the_training_windows(cls):
    network = fitted(cls, EMOTION, TRAIN)
    for batch in (TRAIN, TEST):
        np.testing.assert_allclose(network.features(batch), scaled(features(batch), features(TRAIN)), atol=2e-5)
    assert not network(TEST).embedding[TEST.present["traits"].logical_not(), 4].any(), "what is missing is the mean"


def test_logistic_regression_predicts_as_scikit_learns():
    network = fitted(LogisticRegression, EMOTION, TRAIN, c=0.3)
    oracle = Oracle(C=0.3, max_iter=1000).fit(ROWS, LABELS)
    wanted = oracle.predict_proba(scaled(features(TEST), features(TRAIN)))
    np.testing.assert_allclose(probabilities(network, TEST), wanted, atol=1e-3)
    assert sum(p.numel() for p in network.parameters()) == 3 * (5 + 1)


@pytest.mark.parametrize("cls", [RandomForest, LogisticRegression])
def test_a_binary_target_has_one_logit(cls):
    train, test = made_windows(LOUD), made_windows(LOUD, seed=1)
    known = train.labelled["loud"]
    network = fitted(cls, LOUD, train)
    oracle = RandomForestClassifier(**forest_settings(network)) if cls is RandomForest else Oracle(max_iter=1000)
    labels = train.targets["loud"][known, 0].numpy()
    oracle.fit(network.features(train)[known].numpy(), labels, np.ones(len(labels)))
    wanted = oracle.predict_proba(network.features(test).numpy())
    np.testing.assert_allclose(probabilities(network, test, "loud"), wanted, atol=1e-4)


def test_a_forest_regresses_numbers():
    train, test = made_windows(AROUSAL), made_windows(AROUSAL, seed=1)
    network = fitted(RandomForest, AROUSAL, train)
    known = train.labelled["arousal"]
    oracle = RandomForestRegressor(**forest_settings(network)).set_params(max_features="sqrt")
    oracle.fit(network.features(train)[known], train.targets["arousal"][known, 0])
    found = network(test).outputs["arousal"].detach()[:, 0]
    np.testing.assert_allclose(found, oracle.predict(network.features(test)), atol=1e-5)


@pytest.mark.parametrize("cls", [RandomForest, LogisticRegression])
def test_class_weights_weigh_the_rows(cls):
    weights = (0.2, 5.0, 1.0)
    weighted = TargetSpec("emotion", "classes", CLASSES, weights)
    network = fitted(cls, weighted, TRAIN)
    oracle = RandomForestClassifier(**forest_settings(network)) if cls is RandomForest else Oracle(max_iter=1000)
    rows = network.features(TRAIN)[KNOWN].numpy()
    wanted = oracle.fit(rows, LABELS, np.array(weights)[LABELS]).predict_proba(network.features(TEST).numpy())
    np.testing.assert_allclose(probabilities(network, TEST), wanted, atol=1e-4)


def test_a_distribution_over_raters_is_weighted_rows():
    votes = torch.tensor([[0.75, 0.25, 0.0], [0.0, 0.4, 0.6]]).repeat(30, 1) * KNOWN[:, None]
    divided = replace(TRAIN, targets={"emotion": votes})
    network = fitted(LogisticRegression, EMOTION, divided)
    rows, classes = np.nonzero(votes[KNOWN].numpy())
    x = network.features(TRAIN)[KNOWN].numpy()
    oracle = Oracle(max_iter=1000).fit(x[rows], classes, votes[KNOWN].numpy()[rows, classes])
    wanted = oracle.predict_proba(network.features(TEST).numpy())
    np.testing.assert_allclose(probabilities(network, TEST), wanted, atol=1e-3)


@pytest.mark.parametrize("cls", ALL)
@pytest.mark.parametrize("kept", [(0, 2), (1,)])
def test_a_class_that_no_training_window_has_is_never_predicted(cls, kept):
    some = KNOWN & torch.isin(TRAIN.targets["emotion"].argmax(dim=1), torch.tensor(kept))
    network = fitted(cls, EMOTION, replace(TRAIN, labelled={"emotion": some}))
    found = probabilities(network, TEST)
    assert np.isfinite(network(TEST).outputs["emotion"].detach()).all()
    gone = [k for k in range(3) if k not in kept]
    assert found[:, gone].max() < 1e-6
    if len(kept) == 2:
        right = np.array(kept)[found[:, kept].argmax(1)] == TEST.targets["emotion"].argmax(1).numpy()
        assert right[np.isin(TEST.targets["emotion"].argmax(1), kept)].mean() > 0.7, "the two classes aren't exchanged"


def test_rows_without_a_label_teach_nothing():
    strange = replace(TRAIN, targets={"emotion": TRAIN.targets["emotion"].clone()})
    strange.targets["emotion"][~KNOWN] = torch.tensor([1.0, 0.0, 0.0])
    for cls in ALL:
        both = [fitted(cls, EMOTION, batch)(TEST).outputs["emotion"] for batch in (TRAIN, strange)]
        assert torch.equal(*both)


def test_a_target_without_any_label_is_named():
    unlabelled = replace(TRAIN, labelled={"emotion": torch.zeros_like(KNOWN)})
    with pytest.raises(TrainingError, match="no training window has a label for emotion"):
        fitted(RandomForest, EMOTION, unlabelled)


@pytest.mark.parametrize("cls", [LogisticRegression, SVM])
def test_what_knows_classes_only_refuses_numbers(cls):
    message = r"'arousal' is a number, and an? .* type architecture=random_forest, or gradient_boosting"
    with pytest.raises(ConfigError, match=message):
        built(cls, AROUSAL)


def test_a_regression_that_comes_to_no_end_is_said(monkeypatch):
    monkeypatch.setattr("insula_classical.linear.ITERATIONS", 2)
    with pytest.warns(InsulaWarning, match=r"emotion came to no end in 2 iterations; type architecture.c=100, "):
        fitted(LogisticRegression, EMOTION, TRAIN, c=1000.0)


def test_two_targets_have_a_model_each():
    both = described(EMOTION)
    both = replace(both, targets={"emotion": EMOTION, "arousal": AROUSAL})
    batch = replace(
        TRAIN,
        targets={**TRAIN.targets, "arousal": torch.rand(60, 1)},
        labelled={**TRAIN.labelled, "arousal": torch.arange(60) % 2 == 0},
    )
    outputs = fitted(RandomForest, EMOTION, batch, data=both)(TEST).outputs
    alone = fitted(RandomForest, EMOTION, TRAIN)(TEST).outputs
    assert torch.equal(outputs["emotion"], alone["emotion"])
    assert outputs["arousal"].shape == (60, 1)


SAME = made_windows(EMOTION, lengths=(12,))


def test_flattened_windows_are_all_samples_in_order():
    network = fitted(LogisticRegression, EMOTION, SAME, inputs="flattened")
    stream, traits = SAME.streams["speech"], SAME.streams["traits"]
    raw = np.concatenate(
        [np.where(s.valid, s.x, np.nan).reshape(60, -1) for s in (stream, traits)], axis=1
    )  # channel after channel
    np.testing.assert_allclose(network.features(SAME), scaled(raw, raw), atol=2e-5)
    assert network.models[0].weight.shape == (3, 2 * 12 + 1)
    lacking = (~SAME.present["speech"]).nonzero().squeeze(1)
    alone = network(take(SAME, lacking[:1]))  # a batch in which nobody has the stream
    assert torch.equal(alone.outputs["emotion"], network(SAME).outputs["emotion"][lacking[:1]])


def without_speech(batch: Batch) -> Batch:
    return take(batch, (~batch.present["speech"]).nonzero().squeeze(1))


def test_a_batch_may_lack_a_stream_while_fitting():
    network = built(RandomForest, EMOTION, inputs="flattened")
    network.fit(iter([without_speech(SAME), SAME]))
    assert network(SAME).embedding.shape == (60, 25)


@pytest.mark.parametrize(
    ("train", "test"), [(TRAIN, TRAIN), (SAME, made_windows(EMOTION, lengths=(13,)))], ids=["fitting", "predicting"]
)
def test_flattening_windows_of_several_lengths_is_refused(train, test):
    message = r"needs windows of one length, and streams.speech has some of .* samples: type '\+streams.speech.features"
    with pytest.raises(ConfigError, match=message + r".pad=\{to: (19|13)\}', or architecture.inputs=mean_std"):
        fitted(RandomForest, EMOTION, train, inputs="flattened")(test)


def test_lengths_that_differ_between_batches_are_refused():
    network = built(RandomForest, EMOTION, inputs="flattened")
    with pytest.raises(ConfigError, match="some of 12 and 13 samples"):
        network.fit(iter([SAME, made_windows(EMOTION, lengths=(13,))]))


@pytest.mark.parametrize("cls", ALL)
@pytest.mark.parametrize("inputs", ["mean_std", "flattened"])
def test_a_fitted_state_is_loaded_into_what_has_other_sizes(cls, inputs):
    state = fitted(cls, EMOTION, SAME, inputs=inputs).state_dict()
    wanted = fitted(cls, EMOTION, SAME, inputs=inputs)(SAME)
    others = (built(cls, EMOTION, 1, inputs=inputs), fitted(cls, EMOTION, SAME, 2, inputs=inputs))
    for other in others:
        other.load_state_dict(state)
        found = other(SAME)
        assert torch.equal(found.outputs["emotion"], wanted.outputs["emotion"])
        assert torch.equal(found.embedding, wanted.embedding)


def test_seeds_grow_other_forests_and_threads_the_same():
    first = fitted(RandomForest, EMOTION, TRAIN)(TEST).outputs["emotion"]
    torch.set_num_threads(2)
    again, other = (fitted(RandomForest, EMOTION, TRAIN, seed)(TEST).outputs["emotion"] for seed in (0, 1))
    torch.set_num_threads(1)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_rounded_threshold_parts_the_same_numbers():
    rng = np.random.default_rng(0)
    x = rng.normal(size=500).astype(np.float32)
    near = np.concatenate([x, np.nextafter(x, np.float32(9)), np.nextafter(x, np.float32(-9))])
    thresholds = (x.astype(float) + np.nextafter(x, np.float32(9)).astype(float)) / 2
    np.testing.assert_array_equal(near[:, None] > below(thresholds), near[:, None].astype(float) > thresholds)


@pytest.mark.parametrize("options", [{"depth": 1}, {"min_leaf": 3}, {"inputs": "flattened"}])
def test_options_keep_the_contract(options):
    """Windows of one length, so that they can be flattened."""
    data = described(EMOTION, n_times=10)
    check_architecture(RandomForest, data=data, trees=5, **options)
    if "inputs" in options:
        check_architecture(LogisticRegression, data=data, **options)
