"""embedding_map: how far classes lie apart in the embedding of held-out windows, and what that is worth."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from insula import ConfigError, Fused
from insula_analyses.clusters import measures
from insula_analyses.embedding_map import EmbeddingMap, embeddings
from insula_analyses.grouping import THIRDS, Grouping
from insula_analyses.held_out import sample
from insula_analyses.null import Null, show
from insula_analyses.tsne import tsne
from made_networks import AROUSAL, CLASSES, EMOTION, made_data, made_run, made_windows


class Embeds(nn.Module):
    """Any model whose embedding is some channels of its input: no stream, no fusion head."""

    def __init__(self, channels: slice, scale: float = 1.0) -> None:
        super().__init__()
        self.channels, self.scale = channels, scale

    def forward(self, batch):
        return Fused({}, batch.streams["eeg"].x[:, self.channels].mean(dim=2) * self.scale)


INDEX = made_windows()
CODES = pd.Index(CLASSES).get_indexer(INDEX["emotion"])


def signal(row: int, index: pd.DataFrame = INDEX) -> np.ndarray:
    """Three channels that know the class, and three that know the trial only."""
    noise = np.random.default_rng(row).normal(size=(6, 16))
    mark = np.random.default_rng([9, int(index.index[row] // 5)]).normal(size=3)
    knows = 3 * np.eye(3)[CODES[row % len(CODES)]]
    return noise + np.concatenate([knows, 3 * mark])[:, None]


def run(trained=slice(0, 3), untrained=slice(3, 6), index=INDEX, **more):
    targets = more.pop("targets", (EMOTION,))
    data = made_data(channels=6, targets=targets)
    return made_run(data, index, signal, lambda: Embeds(trained), lambda again=0: Embeds(untrained), **more)


@pytest.fixture(scope="module")
def section():
    torch.set_num_threads(1)
    return EmbeddingMap()(run())


def test_trained_and_untrained_stand_side_by_side_in_latent_and_in_tsne_space(section):
    found = section.values["targets"]["emotion"]
    assert list(found) == ["latent", "tsne"]
    latent = found["latent"]
    assert latent["calinski_harabasz"]["trained"] > 10 * latent["calinski_harabasz"]["untrained"]
    assert latent["davies_bouldin"]["trained"] < latent["davies_bouldin"]["untrained"]
    assert latent["calinski_harabasz"]["permuted"]["p"] == pytest.approx(1 / 101)
    assert latent["davies_bouldin"]["permuted"]["p"] == pytest.approx(1 / 101)
    assert found["tsne"]["calinski_harabasz"]["trained"] > found["tsne"]["calinski_harabasz"]["untrained"]
    first, second = section.tables
    assert first.caption.endswith("latent space")
    assert second.caption.endswith("t-SNE space, as published")
    assert first.columns == ("measure", "untrained", "trained", "trained, labels permuted", "p")
    assert len(first.rows) == len(second.rows) == 4


def test_the_numbers_are_those_of_the_held_out_embedding(section):
    from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

    points = np.stack([signal(row)[:3].astype(np.float32).mean(axis=1) for row in range(len(INDEX))])
    latent = section.values["targets"]["emotion"]["latent"]
    assert latent["calinski_harabasz"]["trained"] == pytest.approx(calinski_harabasz_score(points, CODES), rel=1e-4)
    assert latent["davies_bouldin"]["trained"] == pytest.approx(davies_bouldin_score(points, CODES), rel=1e-4)


def test_the_text_says_held_out_and_reads_the_latent_space(section):
    assert "Held-out windows only: 120 of fold 0, seed 0" in section.text
    assert "farther apart than permuted labels put them" in section.text
    assert "those of the latent space are the ones to read" in " ".join(section.text.split())


def test_one_figure_with_both_maps_in_the_page_s_colours(section):
    (figure,) = section.figures
    assert {"untrained", "trained", *CLASSES} <= set(re.findall(r">([^<>]+)</text>", figure.svg))
    assert "currentColor" in figure.svg
    assert "#ffffff" not in figure.svg
    assert figure.alt.startswith("Two maps of the same 120 held-out windows")


def test_marks_of_trials_do_not_pass_for_classes():
    """An embedding that knows trials and no class: exchanging labels among windows would call it a finding."""
    index = made_windows(people=1, trials=6, windows=20)
    mark = np.random.default_rng(0).normal(size=(6, 4))[np.repeat(np.arange(6), 20)]
    points = 5 * mark + np.random.default_rng(1).normal(size=(120, 4))
    grouping = Grouping.of(run(index=index), EMOTION)
    rows = np.arange(120)
    value = measures(points, grouping.codes)["calinski_harabasz"]
    trials = [measures(points, codes)["calinski_harabasz"] for codes in grouping.permuted(rows, 99)]
    rng = np.random.default_rng(2)
    windows = [measures(points, rng.permutation(grouping.codes))["calinski_harabasz"] for _ in range(99)]
    assert Null.of(value, np.array(windows), "high").p <= 0.01
    assert Null.of(value, np.array(trials), "high").p > 0.05


def test_labels_are_exchanged_among_a_person_s_trials_and_no_window_leaves_its_trial():
    grouping = Grouping.of(run(), EMOTION)
    rows = np.arange(len(INDEX))
    for codes in grouping.permuted(rows, 20):
        found = INDEX.assign(code=codes)
        assert (found.groupby("trial")["code"].nunique() == 1).all()
        assert (found.groupby("subject")["code"].value_counts() == 10).all()
    assert len({tuple(codes) for codes in grouping.permuted(rows, 20)}) == 20
    again = [np.array_equal(a, b) for a, b in zip(grouping.permuted(rows, 5), grouping.permuted(rows, 5), strict=True)]
    assert all(again)


def test_where_nobody_has_two_labels_they_are_exchanged_among_people():
    index = made_windows().assign(emotion=lambda table: np.where(table["subject"] < "p2", "anger", "sad"))
    grouping = Grouping.of(run(index=index), EMOTION)
    for codes in grouping.permuted(np.arange(len(index)), 10):
        per_person = index.assign(code=codes).groupby("subject")["code"].agg(["nunique", "first"])
        assert (per_person["nunique"] == 1).all()
        assert sorted(per_person["first"]) == [0, 0, 2, 2]


def test_numbers_are_shown_by_thirds():
    section = EmbeddingMap(permutations=5)(run(targets=(AROUSAL,)))
    grouping = Grouping.of(run(targets=(AROUSAL,)), AROUSAL)
    assert np.bincount(grouping.codes).tolist() == [40, 40, 40]
    assert grouping.codes[INDEX["arousal"].argmax()] == 2
    assert set(THIRDS) <= set(re.findall(r">([^<>]+)</text>", section.figures[0].svg))
    assert "by thirds of all windows of the run" in section.text


def test_windows_without_a_label_are_left_out():
    index = INDEX.assign(emotion=INDEX["emotion"].where(INDEX["subject"] != "p0", None), arousal=np.nan)
    grouping = Grouping.of(run(index=index), EMOTION)
    assert (grouping.codes >= 0).sum() == 90
    section = EmbeddingMap(permutations=5)(run(index=index, targets=(EMOTION, AROUSAL)))
    assert "90" in section.figures[0].alt
    assert "arousal: no measure is defined" in section.text


def test_at_most_so_many_points_drawn_at_random_and_the_same_each_time():
    fold = run().folds[0]
    rows = sample(fold, 30)
    assert len(rows) == 30 == len(np.unique(rows))
    assert np.array_equal(rows, sample(fold, 30))
    assert rows.max() > 60
    assert not np.array_equal(rows, sample(replace(fold, number=1), 30))
    found, maps = embeddings(fold, rows)
    assert np.array_equal(found, rows)
    assert {name: points.shape for name, points in maps.items()} == {"untrained": (30, 3), "trained": (30, 3)}
    assert EmbeddingMap(points=30, permutations=2)(run()).values["windows"] == 30


def test_fold_and_seed():
    results = run(folds=3, seeds=2)
    found = EmbeddingMap(fold=2, permutations=2)(results).values
    assert (found["fold"], found["seed"], found["windows"]) == (2, 0, 40)
    with pytest.raises(ConfigError, match=r"analyses.embedding_map.fold=7: this run has no such fold; type .* 0 to 2"):
        EmbeddingMap(fold=7)(results)


def test_too_few_windows_and_an_embedding_that_is_the_same_everywhere():
    few = EmbeddingMap()(run(index=made_windows(1, 3, 3)))
    assert "A map needs 10 of them at least" in few.text
    assert not few.figures
    flat = run()
    flat = replace(flat, folds=[replace(flat.folds[0], model=lambda: Embeds(slice(0, 3), 0.0))])
    assert "The trained network gives all of them the same embedding" in EmbeddingMap()(flat).text


def test_ten_points_and_one_direction_have_a_map():
    points = np.random.default_rng(0).normal(size=(10, 1))
    flat = tsne(points)
    assert flat.shape == (10, 2)
    assert np.isfinite(flat).all()
    assert np.array_equal(flat, tsne(points))


def test_neighbours_stay_neighbours_on_the_map():
    """Two far clouds of 30 points each: every point's nearest neighbour on the map is of its own cloud."""
    rng = np.random.default_rng(0)
    cloud = np.repeat([0, 1], 30)
    flat = tsne(rng.normal(size=(60, 20)) + 20 * cloud[:, None])
    distance = np.linalg.norm(flat[:, None] - flat, axis=2) + 1e9 * np.eye(60)
    assert (cloud[distance.argmin(axis=1)] == cloud).all()


def test_mahalanobis_against_scipy_whatever_the_axes():
    from scipy.spatial.distance import mahalanobis

    rng = np.random.default_rng(0)
    codes = rng.integers(0, 3, 200)
    points = rng.normal(size=(200, 4)) @ rng.normal(size=(4, 4)) + codes[:, None]
    parts = [points[codes == k] for k in range(3)]
    pooled = sum((len(part) - 1) * np.cov(part.T) for part in parts) / (200 - 3)
    means, inverse = [part.mean(axis=0) for part in parts], np.linalg.inv(pooled)
    wanted = np.mean([mahalanobis(means[a], means[b], inverse) for a, b in ((0, 1), (0, 2), (1, 2))])
    found = measures(points, codes)
    assert found["mahalanobis"] == pytest.approx(wanted)
    assert found["euclidean"] == pytest.approx(
        np.mean([np.linalg.norm(means[a] - means[b]) for a, b in ((0, 1), (0, 2), (1, 2))])
    )
    dead = np.concatenate([10 * points, np.full((200, 2), 3.0)], axis=1)  # units that never change
    assert measures(dead, codes)["mahalanobis"] == pytest.approx(wanted)


@pytest.mark.parametrize("codes", [np.zeros(12, int), np.arange(12)])
def test_measures_that_are_not_defined(codes):
    assert all(np.isnan(value) for value in measures(np.random.default_rng(0).normal(size=(12, 2)), codes).values())


def test_null_counts_the_value_itself_and_says_where_it_lies():
    draws = np.arange(1.0, 100)
    assert Null.of(200.0, draws, "high").p == pytest.approx(0.01)
    assert Null.of(99.0, draws, "high").p == pytest.approx(0.02)
    assert Null.of(0.0, draws, "low").p == pytest.approx(0.01)
    assert Null.of(0.0, draws, "both").p == pytest.approx(0.02)
    assert Null.of(50.0, draws, "both").p == 1
    null = Null.of(50.0, np.append(draws, np.nan), "both")
    assert (null.mean, null.where(50), null.where(0), null.where(100)) == (50, "inside", "below", "above")
    nothing = Null.of(1.0, np.full(3, np.nan), "high")
    assert (str(nothing), nothing.where(1.0)) == ("–", "–")
    assert [show(x) for x in (0.0, 0.01234, 12.345, 4321.9, 1e-5, np.nan)] == [
        "0", "0.0123", "12.3", "4,322", "1e-05", "–",
    ]  # fmt: skip
