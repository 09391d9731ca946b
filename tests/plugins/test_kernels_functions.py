"""The functions that kernels are made of, against numpy in float64."""

import numpy as np
import pytest
from numba import njit

from insula_cells.kernels import functions
from insula_cells.kernels.lanes import LANES, load, store

TRUE = {"sigmoid": lambda x: 1 / (1 + np.exp(-x)), "tanh": np.tanh, "decayed": lambda x: -np.expm1(-x)}
LOWEST = {"sigmoid": -np.inf, "tanh": -np.inf, "decayed": -88.0}
"""Nothing is asked to have decayed by less than nothing; it is exact to here all the same."""
SHUT = 2.0**-58
"""What a gate is at most where it ought to be closer to 0 still."""
SMALL = np.geomspace(1e-38, 1, 20_000)
NORMAL = float(np.finfo(np.float32).tiny)


def mapped(name, x):
    """Return a function of every number of an array, computed in registers."""
    function = getattr(functions, name)

    @njit
    def run(x, y):
        for i in range(0, x.size, LANES):
            store(y, i, function(load(x, i)))

    whole = np.zeros(-(-x.size // LANES) * LANES, np.float32)
    whole[: x.size] = x
    y = np.empty_like(whole)
    run(whole, y)
    return y[: x.size]


@pytest.mark.parametrize("name", TRUE)
def test_functions_are_exact(name):
    x = np.concatenate([np.linspace(-100, 100, 200_001), SMALL, -SMALL]).astype(np.float32)
    x = x[x >= LOWEST[name]]
    found, true = mapped(name, x).astype(float), TRUE[name](x.astype(float))
    normal = np.abs(true) >= NORMAL
    assert normal.sum() > 100_000
    assert (np.abs(found - true)[normal] / np.abs(true[normal])).max() <= 3e-7
    assert np.abs(found - true)[~normal].max(initial=0) <= NORMAL


@pytest.mark.parametrize("name", TRUE)
def test_functions_stay_within_their_bounds(name):
    found = mapped(name, np.linspace(0, 100, 100_000).astype(np.float32))
    assert found.min() >= 0
    assert found.max() == 1


@pytest.mark.parametrize("name", TRUE)
def test_functions_of_what_is_no_finite_number(name):
    nan, high, low = mapped(name, np.array([np.nan, np.inf, -np.inf], np.float32))
    assert np.isnan(nan)
    assert high == 1
    assert name == "decayed" or abs(low - TRUE[name](np.float64(-100))) <= NORMAL


def test_gates_are_exact_as_far_as_they_shut():
    x = np.concatenate([np.linspace(-100, 100, 200_001), SMALL, -SMALL]).astype(np.float32)
    steep = (x * np.float32(functions.STEEPNESS)).astype(np.float32)
    found, true = mapped("gate", steep).astype(float), TRUE["sigmoid"](steep.astype(float) / functions.STEEPNESS)
    far = x < -41
    assert (np.abs(found - true)[~far] / true[~far]).max() <= 3e-7
    assert 0 <= found[far].min() <= found[far].max() <= SHUT


def test_gates_of_enormous_numbers():
    enormous = np.geomspace(1e3, 1e37, 200_000).astype(np.float32)
    assert (mapped("gate", enormous * functions.PARTS) == 1).all()
    shut = mapped("gate", -enormous * functions.PARTS)
    assert 0 <= shut.min() <= shut.max() <= SHUT
    nan, high, low = mapped("gate", np.array([np.nan, np.inf, -np.inf], np.float32))
    assert np.isnan(nan)
    assert high == 1
    assert 0 <= low <= SHUT


def test_inverses():
    x = np.concatenate([np.linspace(1, 3, 100_000), np.geomspace(1, 2.0**126, 100_000)]).astype(np.float32)
    assert np.abs(mapped("inverse", x) * x.astype(float) - 1).max() <= 2e-7
    assert np.isnan(mapped("inverse", np.array([np.nan], np.float32)))
