"""The null of a figure: its points, and a p that is never 0."""

import numpy as np
import pytest

from insula.evaluation.null import null_summary
from insula.evaluation.scores import scores_for
from made_predictions import CLASS_TARGET, NUMBER_TARGET


def test_p_counts_draws_that_are_as_good():
    drawn = np.repeat(np.arange(100.0)[:, None] / 100, 4, axis=1)
    found = null_summary(scores_for(CLASS_TARGET), np.array([0.9, 0.99, 2.0, -1.0]), drawn)
    assert [found[name]["p"] for name in found] == [11 / 101, 2 / 101, 1 / 101, 1.0]
    assert found["accuracy"]["mean"] == pytest.approx(0.495)
    np.testing.assert_allclose(
        [found["accuracy"][end] for end in ("low", "high")], np.quantile(drawn[:, 0], [0.025, 0.975])
    )


def test_of_errors_the_small_ones_are_good():
    drawn = np.repeat(np.arange(1.0, 100.0)[:, None], 4, axis=1)
    found = null_summary(scores_for(NUMBER_TARGET), np.array([1e3, 1e3, 0.5, 3.0]), drawn)
    assert [found[name]["p"] for name in ("ccc", "rmse", "mae")] == [1 / 100, 1 / 100, 4 / 100]


def test_what_isnt_defined_speaks_for_nobody():
    drawn = np.full((99, 4), np.nan)
    found = null_summary(scores_for(NUMBER_TARGET), np.array([0.3, np.nan, 1.0, 1.0]), drawn)
    assert found["ccc"] == {"mean": None, "low": None, "high": None, "p": 1.0}
    assert found["pearson"]["p"] is None
