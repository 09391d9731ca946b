"""The studies of the IEMOCAP paper are what it published."""

import pytest

from insula.cli.compose import preflight
from insula.cli.study import folders_of, read_study

TABLE_1 = """
.0005 .0005  64 16  50 .5  5 no  63.00
.0005 .0005  24 16 100 .5  5 no  62.50
.0005 .0005  64 16 100 -  10 no  61.44
.0001 .0005  64  8  50 -  10 yes 62.84
.001  .0001  32 32 100 .5 10 no  24.75
.0001 .0001  64 12  50 -   5 no  60.20
.001  .001  128 24 100 -   5 yes 57.20
.001  .0005  64 24 100 -   5 yes 55.34
.0005 .0005  32 12 100 .5  5 no  61.50
"""
"""Learning rate, L2, batch, units, epochs, reduction factor, patience, oversampling, accuracy in %."""


@pytest.fixture
def jobs(tmp_path):
    """Return ``jobs(study)``: the composed runs by row."""
    return lambda study: {job.row: job.config for job in preflight([f"study={study}", f"dataset.root={tmp_path}"])}


def test_the_rows_of_table_1_have_its_options_and_scores(jobs):
    configs = jobs("iemocap_table_1")
    published = [row.published for row in read_study("iemocap_table_1", folders_of(None)).rows.values()]
    for line, config, scores in zip(TABLE_1.split("\n")[1:-1], configs.values(), published, strict=True):
        rate, l2, batch, units, epochs, factor, patience, oversampled, accuracy = line.split()
        training = config.training
        assert (training.optimizer.lr, training.l2, training.batch_size) == (float(rate), float(l2), int(batch))
        assert (training.epochs, training.patience) == (int(epochs), int(patience))
        assert training.schedule.name == ("constant" if factor == "-" else "plateau")
        assert factor == "-" or training.schedule.factor == float(factor)
        assert training.balance == {"yes": "oversample", "no": "none"}[oversampled]
        assert (training.select_on, config.plain["cell"]["hidden_size"]) == ("test", int(units))
        assert scores == {"accuracy": pytest.approx(float(accuracy) / 100)}


def test_figure_2_has_four_models_under_two_protocols(jobs):
    configs = jobs("iemocap_figure_2")
    leaky, honest = ([c for c in configs.values() if c.training.select_on == on] for on in ("test", "validation"))
    assert len(configs) == 8
    for four in (leaky, honest):
        models = [(c.plain["architecture"]["name"], c.plain["cell"]["name"]) for c in four]
        assert models[:2] == [("streams", "euler_ltc"), ("streams", "lstm")]
        assert [name for name, _ in models[2:]] == ["random_forest", "logistic_regression"]
        assert four[1].plain["cell"]["layers"] == 2
    assert {c.plain["architecture"].get("inputs") for c in leaky} == {None, "flattened"}


def test_the_study_of_units_has_every_combination(jobs):
    study = read_study("iemocap_units", folders_of(None))
    assert list(study.axes["units"]) == ["8", "12", "16", "24", "32", "64", "128"]
    assert len(study.every) == 7 * 2 * 3
    configs = jobs("iemocap_units")
    found = {
        (c.plain["cell"]["hidden_size"], c.training.l2, c.plain["cell"]["layers"], c.plain["cell"]["layer_dropout"])
        for c in configs.values()
    }
    assert len(found) == len(configs) == 42
    assert all(c.training.select_on == "validation" for c in configs.values())
