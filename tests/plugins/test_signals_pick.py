"""pick: the channels that are named, in that order."""

import numpy as np
import pytest

from insula import Signal, SignalError
from insula.plugin.testing import check_preprocessor
from insula_signals.pick import Pick


def test_the_named_channels_stay_with_all_that_is_known_of_them():
    data = np.arange(12).reshape(3, 4)
    signal = Signal.of(data, 2.0, "abc", ["V", "1", "S"], valid=data % 2 == 0, t0=1.5)
    found = Pick(channels=("c", "a"))(signal)
    assert (found.ch_names, found.units, found.sfreq, found.t0) == (("c", "a"), ("S", "V"), 2.0, 1.5)
    np.testing.assert_array_equal(found.data, data[[2, 0]])
    np.testing.assert_array_equal(found.valid, data[[2, 0]] % 2 == 0)
    assert Pick()(signal) is signal


def test_a_channel_that_is_not_there():
    with pytest.raises(SignalError, match="pick: there is no channel d, e among a, b, c"):
        Pick(channels=("d", "a", "e"))(Signal.of(np.zeros((3, 4)), 2.0, "abc", "1"))


def test_it_keeps_the_contract():
    check_preprocessor(Pick)
