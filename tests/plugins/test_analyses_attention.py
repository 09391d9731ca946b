"""attention: profiles over the window by class, and whether they come from content or from position."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from insula import Fused, Pooling
from insula_analyses.attention import Attention
from insula_analyses.attention_inputs import noise, reversed_in_time
from insula_analyses.attention_profile import correlation, edge_share, resample
from insula_analyses.attention_reading import spread
from insula_analyses.attention_watch import CONDITIONS, Watch, watch
from made_networks import AROUSAL, CLASSES, EMOTION, batch_of, made_data, made_run, made_windows, network

INDEX = made_windows()


class Weighs(Pooling):
    """Attention by a rule: the score of a step from its features and its position between 0 and 1."""

    def __init__(self, input_size, score):
        super().__init__(input_size)
        self.score = score

    def weights(self, x, mask):
        where = torch.arange(x.shape[1]) / mask.sum(dim=1, keepdim=True).clamp(min=1)
        return self.score(x, where).masked_fill(~mask, -1e9).softmax(dim=1) * mask

    def forward(self, x, mask):
        return torch.einsum("bs,bsh->bh", self.weights(x, mask), x)


def by_content(x, where):
    return x[..., 0]


def by_position(x, where):
    return (3 * where).expand(x.shape[:2])


def at_both_ends(x, where):
    return (8 * (where - 0.4667) ** 2).expand(x.shape[:2])


def anywhere(x, where):
    return torch.zeros(x.shape[:2])


def falling(row: int) -> np.ndarray:
    """Two channels of 16 samples; the first falls, from higher up in later classes."""
    height = 1 + CLASSES.index(INDEX["emotion"][row])
    return np.stack([height * np.linspace(1, -1, 16), np.zeros(16)])


def run(score, signal=falling, untrained=anywhere, **more):
    data = more.pop("data", made_data())
    return made_run(
        data,
        INDEX,
        signal,
        lambda: network(data, 1, lambda name, width: (None, Weighs(width, score))),
        lambda again=0: network(data, 2, lambda name, width: (None, Weighs(width, untrained))),
        **more,
    )


@pytest.fixture(scope="module")
def content():
    torch.set_num_threads(1)
    return Attention(permutations=20)(run(by_content))


def test_profile_by_class_is_the_mean_weight_of_its_windows(content):
    profile = content.values["eeg"]["emotion"]["profile"]
    for height, name in enumerate(CLASSES, start=1):
        wanted = torch.softmax(height * torch.linspace(1, -1, 16), dim=0).numpy() * 16
        np.testing.assert_allclose(profile[name]["trained"], wanted, atol=1e-4)
        np.testing.assert_allclose(profile[name]["untrained"], np.ones(16), atol=1e-4)
        assert content.values["eeg"]["emotion"]["edge_share"][name]["trained"] == pytest.approx(
            (wanted[:2].sum() + wanted[-2:].sum()) / 4, abs=1e-3
        )
    everything = np.mean([profile[name]["trained"] for name in CLASSES], axis=0)
    np.testing.assert_allclose(profile["all windows"]["trained"], everything, atol=1e-4)


def test_a_profile_that_follows_content_turns_round_with_it(content):
    found = content.values["eeg"]["emotion"]["correlation"]["all windows"]
    assert found["turned_back"] == pytest.approx(1)
    assert found["reversed"] < 0
    assert "so its shape follows what happens in the window" in content.text
    assert np.ptp(content.values["eeg"]["emotion"]["profile"]["all windows"]["noise"]) < 1.5


def test_differences_between_classes_are_held_against_permuted_labels(content):
    found = content.values["eeg"]["emotion"]["difference"]
    assert found["value"] > found["permuted"]["high"]
    assert found["permuted"]["p"] == pytest.approx(1 / 21)
    assert "more than with labels permuted" in content.text
    same = Attention(permutations=20)(run(by_position))
    assert same.values["eeg"]["emotion"]["difference"]["value"] == pytest.approx(0, abs=1e-6)
    assert "no more than with labels permuted" in same.text


def test_a_profile_that_follows_position_stays():
    section = Attention(permutations=2)(run(by_position))
    found = section.values["eeg"]["emotion"]["correlation"]["all windows"]
    assert found["reversed"] == pytest.approx(1)
    assert found["noise"] == pytest.approx(1)
    assert found["turned_back"] < 0
    assert "its shape comes from the position of a step" in section.text


@pytest.mark.parametrize(
    ("score", "sentence"), [(at_both_ends, "looks alike from both ends"), (anywhere, "the mean profile is flat")]
)
def test_what_reversal_cannot_tell_is_said(score, sentence):
    assert sentence in Attention(permutations=2)(run(score)).text


def test_u_shape_has_more_weight_at_the_edges():
    found = Attention(permutations=2)(run(at_both_ends)).values["eeg"]["emotion"]["edge_share"]["all windows"]
    assert found["trained"] == pytest.approx(found["reversed"]) == pytest.approx(found["noise"])
    assert found["trained"] > 1.3
    assert found["untrained"] == pytest.approx(1)


def test_figure_shows_the_controls_beside_it_in_seconds_and_the_tables_say_which_is_which(content):
    (figure,) = content.figures
    shown = set(re.findall(r">([^<>]+)</text>", figure.svg))
    titles = ["trained", "untrained network", "trained, noise as input", "trained, input reversed in time"]
    assert {*titles, *CLASSES, "mean weight per step", "seconds from the window's start"} <= shown
    assert "currentColor" in figure.svg
    shares, found = content.tables
    assert list(shares.columns) == ["windows", *titles]
    assert [row[0] for row in shares.rows] == ["all windows", *CLASSES]
    assert list(found.columns) == ["windows", *titles[1:], "the last one turned back"]
    assert len(found.rows) == 4


def test_windows_of_different_lengths_meet_in_relative_time():
    def signal(row):
        return falling(row)[:, : 8 + 2 * (row % 5)] if row % 7 else None

    data = made_data(n_times=None)
    section = Attention(permutations=2)(run(by_position, signal, data=data))
    profile = section.values["eeg"]["emotion"]["profile"]["all windows"]["trained"]
    assert len(profile) == 32
    assert np.mean(profile) == pytest.approx(1, abs=1e-4)
    assert (np.diff(profile) > -0.01).all()
    assert {"weight relative to uniform", "share of the window"} <= set(
        re.findall(r">([^<>]+)</text>", section.figures[0].svg)
    )


def test_folds_and_seeds_are_pooled():
    results = run(by_content, folds=3, seeds=2)
    section = Attention(permutations=2)(results)
    assert "6 models (folds: 3, seeds: 2)" in section.text
    one = Attention(permutations=2)(run(by_content))
    np.testing.assert_allclose(
        section.values["eeg"]["emotion"]["profile"]["joy"]["trained"],
        one.values["eeg"]["emotion"]["profile"]["joy"]["trained"],
        atol=1e-4,
    )


def test_at_most_so_many_windows_of_each_model():
    results = run(by_content, folds=2)
    watches: dict[str, Watch] = {}
    for fold in results.folds:
        watch(fold, results.data.streams, 10, watches)
    rows = watches["eeg"].all_rows()
    assert len(rows) == len(np.unique(rows)) == 20
    assert (np.bincount(rows % 2) == 10).all()
    assert {name: profiles.shape for name, profiles in watches["eeg"].all_profiles().items()} == dict.fromkeys(
        CONDITIONS, (20, 16)
    )


def test_numbers_by_thirds():
    data = made_data(targets=(EMOTION, AROUSAL))
    section = Attention(permutations=2)(run(by_content, data=data))
    assert list(section.values["eeg"]) == ["emotion", "arousal"]
    assert list(section.values["eeg"]["arousal"]["profile"]) == [
        "all windows", "lowest third", "middle third", "highest third",
    ]  # fmt: skip
    assert len(section.figures) == 2


def test_without_attention_or_without_steps_there_is_a_sentence():
    data = made_data()
    plain = made_run(
        data, INDEX, falling,
        lambda: network(data, 1, lambda name, width: (None, None)),
        lambda again=0: network(data, 2, lambda name, width: (None, None)),
    )  # fmt: skip
    assert Attention()(plain).text == "No stream of this model has a pooling with attention weights."

    class Other(nn.Module):
        def forward(self, batch):
            return Fused({}, batch.streams["eeg"].x.mean(dim=2))

    other = replace(plain, folds=[replace(plain.folds[0], model=Other, untrained=Other)])
    assert Attention()(other).text == "No stream of this model has a pooling with attention weights."
    short = run(by_content, lambda row: falling(row)[:, :1], data=made_data(n_times=1))
    assert "eeg: one step, so nothing to weigh" in Attention()(short).text
    lacking = run(by_content)
    (fold,) = lacking.folds
    nowhere = [
        replace(batch, present={"eeg": torch.zeros(len(batch), dtype=torch.bool)}) for batch in fold.batches("test")
    ]
    never = Attention()(replace(lacking, folds=[replace(fold, batches=lambda role: iter(nowhere))]))
    assert "eeg: no held-out window, so nothing to weigh" in never.text
    assert not never.figures


def test_one_class_only():
    results = run(by_content)
    one = replace(results, index=INDEX.assign(emotion="joy"))
    section = Attention(permutations=2)(one)
    assert "these windows are of one class, or none, so there is no difference to show" in section.text


def test_reversed_in_time():
    batch = batch_of([np.arange(4.0)[None], np.arange(10.0, 12.0)[None]], [0, 1])
    stream = replace(batch.streams["eeg"], elapsed=torch.tensor([[1.0, 2, 3, 4], [5, 6, 0, 0]]))
    back = reversed_in_time(stream)
    assert back.x[:, 0].tolist() == [[3, 2, 1, 0], [11, 10, 0, 0]]
    assert back.elapsed.tolist() == [[1, 4, 3, 2], [5, 6, 0, 0]]
    assert torch.equal(back.valid, stream.valid)
    twice = reversed_in_time(back)
    assert torch.equal(twice.x, stream.x)
    assert torch.equal(twice.elapsed, stream.elapsed)


def test_noise_stands_where_samples_stood():
    batch = batch_of([np.zeros((2, 400)), np.zeros((2, 100))], [0, 1])
    drawn = noise(batch.streams["eeg"], torch.Generator().manual_seed(0))
    assert (drawn.x[1, :, 100:] == 0).all()
    assert drawn.x[drawn.valid].std() == pytest.approx(1, abs=0.05)
    assert drawn.x[drawn.valid].mean() == pytest.approx(0, abs=0.1)


def test_resampling_against_repetition():
    """A step of T fills 1/T of the window: repeat every step 6 times and average 6 of T times 6 to get 6 parts."""
    rng = np.random.default_rng(0)
    weights, mask = rng.random((3, 9)), np.arange(9) < np.array([[9], [5], [6]])
    weights = weights * mask / (weights * mask).sum(axis=1, keepdims=True)
    found = resample(weights, mask, 6)
    for row, steps in enumerate((9, 5, 6)):
        fine = np.repeat(weights[row, :steps] * steps, 6)
        np.testing.assert_allclose(found[row], fine.reshape(6, steps).mean(axis=1))
    np.testing.assert_allclose(found.mean(axis=1), 1)
    np.testing.assert_allclose(resample(weights[:1], mask[:1], 9)[0], weights[0] * 9)


def test_edge_share():
    assert edge_share(np.ones(32)) == pytest.approx(1)
    assert edge_share(np.ones(5)) == pytest.approx(1)
    assert edge_share(np.eye(16)[0] * 16) == pytest.approx(4)
    assert edge_share(np.eye(16)[8] * 16) == 0
    assert edge_share(np.eye(4)[3] * 4) == pytest.approx(2)  # half of a quarter lies in the last eighth


def test_correlation_and_spread():
    rng = np.random.default_rng(0)
    one, other = rng.random((2, 20))
    assert correlation(one, other) == pytest.approx(np.corrcoef(one, other)[0, 1])
    assert np.isnan(correlation(one, np.ones(20)))
    assert spread(np.array([[1.0, 1], [1, 3], [3, 1]]), np.array([0, 0, 2])) == pytest.approx(np.sqrt((1 + 0.25) / 2))
    assert np.isnan(spread(np.ones((3, 2)), np.zeros(3, int)))
