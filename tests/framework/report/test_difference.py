"""What tells runs apart, in the overrides that one would type."""

import pytest

from insula.report.difference import names_of, telling

DEMO = "experiment=demo"


@pytest.fixture
def named(compose):
    """Return ``named(*lines)``: the names of runs that are composed from lines of overrides."""

    def names(*lines: str):
        configs = [compose(DEMO, *line.split()).plain for line in lines]
        return names_of(configs, [f"run{number}" for number in range(len(configs))])

    return names


def test_a_swapped_cell_is_said_once_without_the_defaults_that_come_with_it(named):
    assert named("cell=lstm", "cell=ltc", "cell=gru") == ["cell=lstm", "cell=ltc", "cell=gru"]


def test_an_option_that_somebody_set_is_said_beside_the_swap(named):
    found = named("cell=lstm", "cell=ltc", "cell=gru cell.hidden_size=64")
    assert found == ["cell=lstm", "cell=ltc", "cell=gru cell.hidden_size=64"]
    found = named("cell=lstm cell.hidden_size=8", "cell=lstm cell.hidden_size=16")
    assert found == ["cell.hidden_size=8", "cell.hidden_size=16"]


def test_what_most_runs_share_is_not_said(named):
    found = named("", "streams.eeg.pooling=mean", "streams.eeg.encoder.kernel=9", "training.patience=3")
    assert found == ["base", "streams.eeg.pooling=mean", "streams.eeg.encoder.kernel=9", "training.patience=3"]


def test_streams_and_steps_that_are_dropped_or_added(named):
    assert named("", "~streams.eeg", "~streams.peripheral") == ["base", "~streams.eeg", "~streams.peripheral"]
    alone = "~streams.eeg ~streams.personality"
    assert named(alone, "~streams.personality", f"{alone} window.step=1.0")[1] == "+streams.eeg"
    noise = "streams.eeg.augment.signal.gaussian_noise.std=0.2"
    assert named("", noise, "seed=3")[1] == "+streams.eeg.augment.signal.gaussian_noise"


def test_a_default_that_is_spelt_out_is_no_difference(compose):
    configs = [compose(DEMO, *more).plain for more in ((), ("training.patience=10",), ("training.clip=1.0",))]
    assert telling(configs) == [[], [], []]


def test_what_changes_no_model_is_not_said_and_folders_tell_equal_runs_apart(named):
    found = named("seed=1", "seed=2 analyses={} training.progress=false", "training.blind=true")
    assert found == ["base (run0)", "base (run1)", "base (run2)"]


def test_long_names_are_cut_where_the_rest_still_tells(named):
    first, second = named("streams.eeg.encoder=identity", "")
    assert first == "streams.eeg.encoder=identity"
    assert second == "streams.eeg.encoder=conv1d …"
    many = "training.epochs=3 training.batch_size=7 training.l2=0.5 training.clip=2.0"
    assert named(f"{many} cell.layers=2", f"{many} cell.layers=3 training.patience=3") == [
        "cell.layers=2 training.patience=10",
        "cell.layers=3 training.patience=3",
    ]


def test_runs_of_a_plugin_that_is_gone_are_told_apart_by_what_they_spell_out():
    configs = [{"cell": {"name": "gone", "size": size}} for size in (1, 2)]
    assert telling(configs) == [["cell.size=1"], ["cell.size=2"]]
