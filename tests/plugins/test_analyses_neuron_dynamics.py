"""neuron_dynamics: what is said of trained neurons beside what networks show that learnt nothing."""

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from insula import Cell, Fused
from insula.model.stream import Stack
from insula_analyses.neuron_dynamics import NeuronDynamics
from insula_analyses.neuron_statistics import NAMES, spearman, statistics
from insula_analyses.neurons import Neurons, layers, read
from insula_cells.ltc import LTC
from made_networks import made_data, made_run, made_windows, network

INDEX = made_windows(2, 3, 2)


class Leaky(Cell):
    """A leaky cell with log-uniform time constants, its weights as ``start`` makes them."""

    def __init__(self, input_size: int, hidden_size: int = 64, start: str = "default") -> None:
        super().__init__(input_size)
        self.state_size = self.output_size = hidden_size
        self.into = nn.Linear(input_size, hidden_size)
        self.back = nn.Linear(hidden_size, hidden_size, bias=False)
        if start == "xavier":
            nn.init.xavier_uniform_(self.into.weight)
            nn.init.xavier_uniform_(self.back.weight)
        self.log_tau = nn.Parameter(torch.empty(hidden_size).uniform_(np.log(0.1), np.log(10)))

    def step(self, x, state, elapsed):
        state = state + (1 - torch.exp(-elapsed / self.time_constants())) * (self.into(x) + self.back(state) - state)
        return state, state

    def time_constants(self):
        return self.log_tau.exp()

    def weights(self):
        return self.into.weight, self.back.weight


def run(cell, trained=lambda model: model, **more):
    data = made_data()
    built = Counter()

    def untrained(again=0):
        built[again] += 1
        return network(data, 100 + again, lambda name, width: (cell(width), None))

    results = made_run(data, INDEX, lambda row: np.zeros((2, 16)), lambda: trained(untrained()), untrained, **more)
    return results, built


def neurons_of(tau, into=None, recurrent=None):
    class Layer:
        def time_constants(self):
            return torch.as_tensor(tau, dtype=torch.float64)

    layer = Layer()
    if into is not None:
        layer.weights = lambda: (torch.as_tensor(into), torch.as_tensor(recurrent))  # type: ignore[attr-defined]
    return Neurons.of(layer)


@pytest.fixture(scope="module")
def untouched():
    torch.set_num_threads(1)
    results, built = run(Leaky)
    return NeuronDynamics()(results), built


def numbers(section, layer="eeg"):
    return section.values["layers"][layer]["numbers"]


def test_a_network_that_learnt_nothing_lies_inside_its_null(untouched):
    section, _ = untouched
    found = numbers(section)
    inside = [one["reinitialised"]["low"] <= one["trained"] <= one["reinitialised"]["high"] for one in found.values()]
    assert np.mean(inside) > 0.8
    assert found["dominance_mean"]["trained"] == found["dominance_mean"]["before"]
    assert section.values["layers"]["eeg"]["moved"] == pytest.approx(1)
    assert "inside the range of networks that learnt nothing" in section.text
    assert "training changed by a factor of 1 (median)" in section.text


def test_every_network_is_built_once(untouched):
    _, built = untouched
    assert {again: times for again, times in built.items() if again} == dict.fromkeys(range(1, 101), 1)


def test_the_section_says_what_is_always_found(untouched):
    section, _ = untouched
    assert "k-means returns three groups whatever it is given" in section.text
    assert "Shapiro–Wilk rejects a normal log τ (p < 0.05) in " in section.text
    assert "Values are of one model, fold 0, seed 0" in section.text
    assert "built 100 times" in section.text
    ours, groups = section.tables
    assert [row[0] for row in groups.rows][:3] == ["fast: neurons", "fast: mean τ (s)", "fast: mean memory dominance"]
    assert len(ours.rows) + len(groups.rows) == len(NAMES)
    assert list(ours.columns) == ["", "trained", "before training", "re-initialised", "trained lies", "p"]


def test_figure_has_the_untrained_neurons_beside_the_trained_ones(untouched):
    section, _ = untouched
    (figure,) = section.figures
    shown = set(re.findall(r">([^<>]+)</text>", figure.svg))
    assert {"before training", "trained", "re-initialised", "fast", "intermediate", "slow", "memory dominance"} <= shown
    assert "currentColor" in figure.svg
    assert "k-means groups of the trained one: " in figure.alt


def slower(model):
    with torch.no_grad():
        model.paths["eeg"].cell.log_tau.add_(np.log(5.0))
        model.paths["eeg"].cell.back.weight.mul_(3)
    return model


def test_what_training_changed_lies_outside():
    results, _ = run(Leaky, slower)
    section = NeuronDynamics(inits=40)(results)
    found = numbers(section)
    assert section.values["layers"]["eeg"]["moved"] == pytest.approx(5)
    for name in ("tau_median", "tau_max", "dominance_mean", "dominance_overall"):
        one = found[name]
        assert one["trained"] > one["reinitialised"]["high"]
        assert one["reinitialised"]["p"] == pytest.approx(2 / 41)
    assert found["dominance_mean"]["trained"] == pytest.approx(0.75, abs=0.02)
    assert "above the range of networks that learnt nothing" in section.text


def test_folds_and_seeds_are_averaged_and_their_range_is_shown():
    count = iter(range(100))

    def differently(model):
        with torch.no_grad():
            model.paths["eeg"].cell.log_tau.fill_(float(np.log(1 + next(count))))
            model.paths["eeg"].cell.log_tau[:3] += torch.tensor([0.0, 0.1, 0.2])
        return model

    results, built = run(Leaky, differently, folds=2, seeds=2)
    section = NeuronDynamics(inits=20)(results)
    one = numbers(section)["tau_median"]
    assert (one["trained"], one["smallest"], one["largest"]) == pytest.approx((2.5, 1, 4), rel=0.01)
    assert "means over 4 models (folds: 2, seeds: 2)" in section.text
    assert "(1 to 4)" in section.tables[0].rows[1][1]
    assert max(built) == 20


def test_initial_weights_alone_give_the_reference_s_memory_dominance():
    """arXiv:2602.06997 reports 0.505 to 0.534; 48 inputs and 128 units: torch's default start, and Xavier's."""
    torch.manual_seed(0)
    means = {start: [Neurons.of(Leaky(48, 128, start)).dominance for _ in range(40)] for start in ("default", "xavier")}
    assert np.mean(means["default"]) == pytest.approx(0.5007, abs=0.002)
    assert np.std(means["default"]) == pytest.approx(0.019, abs=0.003)
    assert np.mean(means["xavier"]) == pytest.approx(0.577, abs=0.004)


def test_shapiro_rejects_a_log_uniform_start_and_k_means_finds_three_groups_in_it():
    torch.manual_seed(0)
    found = [statistics(Neurons.of(Leaky(4, 128)), "tau") for _ in range(40)]
    assert all(one["shapiro_p"] < 0.05 for one in found)
    assert np.mean([one["shapiro_w"] for one in found]) == pytest.approx(0.949, abs=0.005)
    sizes = [np.mean([one[f"{group}_neurons"] for one in found]) for group in ("fast", "intermediate", "slow")]
    assert sizes == pytest.approx([83, 28, 17], abs=4)
    even = [statistics(Neurons.of(Leaky(4, 128)), "log_tau")["fast_neurons"] for _ in range(20)]
    assert np.mean(even) == pytest.approx(128 / 3, abs=4)


def test_groups_and_their_means_by_hand():
    found = statistics(neurons_of([1.0, 1.1, 5, 5.2, 5.4, 20], np.ones((6, 4)), np.ones((6, 6))), "tau")
    assert [found[f"{group}_neurons"] for group in ("fast", "intermediate", "slow")] == [2, 3, 1]
    assert [found[f"{group}_tau"] for group in ("fast", "intermediate", "slow")] == pytest.approx([1.05, 5.2, 20])
    wanted = np.sqrt(6) / (np.sqrt(6) + 2)
    assert [found["slow_dominance"], found["dominance_mean"]] == pytest.approx([wanted, wanted])
    assert found["grouped"] == pytest.approx(1 - (2 * 0.05**2 + 2 * 0.2**2) / 6 / np.var([1, 1.1, 5, 5.2, 5.4, 20]))


def test_memory_dominance_by_hand():
    neurons = neurons_of([1.0, 2], [[3.0, 4], [0, 0]], [[5.0, 0], [1, 0]])
    assert neurons.dominance == pytest.approx([0.5, 1.0])
    assert neurons.overall == pytest.approx(np.sqrt(26) / (np.sqrt(26) + 5))
    assert np.isnan(neurons_of([1.0], [[0.0]], [[0.0]]).dominance).all()


def test_spearman_and_its_permutation_p_against_scipy():
    from scipy.stats import spearmanr

    rng = np.random.default_rng(0)
    one = rng.integers(0, 12, 40).astype(float)  # with ties
    other = one + 8 * rng.normal(size=40)
    rho, p = spearman(one, other)
    wanted = spearmanr(one, other)
    assert rho == pytest.approx(wanted.statistic)
    assert p == pytest.approx(wanted.pvalue, abs=0.03)
    assert spearman(one, one)[1] == pytest.approx(1 / 1000)
    assert np.isnan(spearman(one, np.ones(40))).all()


def test_few_neurons_and_equal_ones_have_no_test():
    for tau in ([2.0], [2.0] * 5, [1.0, 2]):
        found = statistics(neurons_of(tau, np.ones((len(tau), 2)), np.ones((len(tau), len(tau)))), "tau")
        assert np.isnan([found["shapiro_w"], found["slow_neurons"], found["spearman"]]).all()
        assert found["tau_mean"] == np.mean(tau)
        assert found["fast_neurons"] in (1, 5)


def test_ltc_has_time_constants_that_start_fixed_and_no_memory_dominance():
    results, _ = run(lambda width: LTC(width, hidden_size=12))
    section = NeuronDynamics(inits=20)(results)
    assert "so it has no memory dominance" in section.text
    assert "Its τ starts at the same values in every network" in section.text
    assert not {"dominance_mean", "spearman", "fast_dominance"} & set(numbers(section))
    assert "memory dominance" not in section.figures[0].svg


def test_layers_of_a_stack_and_of_other_architectures():
    def stacked(width):
        return Stack([Leaky(width, 8), Leaky(8, 10)], 0.0, width)

    results, _ = run(stacked)
    model = results.folds[0].model()
    assert {name: len(neurons.tau) for name, neurons in read(model).items()} == {"eeg, layer 1": 8, "eeg, layer 2": 10}
    section = NeuronDynamics(inits=20)(results)
    assert list(section.values["layers"]) == ["eeg, layer 1", "eeg, layer 2"]

    class Other(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = Leaky(3, 6)

        def forward(self, batch):
            return Fused({}, batch.streams["eeg"].x.mean(dim=2))

    assert list(layers(Other())) == ["model"]
    other = replace(results, folds=[replace(results.folds[0], model=Other, untrained=lambda again=0: Other())])
    assert NeuronDynamics(inits=20)(other).values["layers"]["model"]["units"] == 6


def test_without_time_constants_there_is_a_sentence():
    results, built = run(lambda width: None)
    assert NeuronDynamics()(results).text == "No cell of this model says what its time constants are."
    assert not any(built[again] for again in range(1, 101))
