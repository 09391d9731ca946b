"""Perturbed windows: what a chain makes of a signal that was changed before the feature steps."""

import numpy as np
import pytest

from insula import Trial
from insula.windows.perturbed import PerturbedWindows
from made_stream import Center, Fussy, Lab, Mean, Picky, plan, step

CHAINS = {
    "shared": plan(step(Mean)),
    "shared, learnt from each subject": plan(step(Center, fit="subject"), step(Mean)),
    "of the fold": plan(step(Center, fit="train"), step(Mean), context=6.0),
    "shared, then of the fold": plan(step(Center, fit="subject"), step(Center, fit="train"), step(Mean)),
    "on the signal, of the fold": plan(step(Mean), signal=(step(Center, fit="train"),)),
    "none": plan(context=6.0),
}


def perturbed(fitted, change, seed=0):
    return PerturbedWindows(fitted, change, seed, {"x": "lab"})


def raised(stream, signal, rng):
    return signal.with_data(signal.data + 100)


def far(stream, signal, rng):
    return signal.with_data(signal.data + 1e6)


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_an_equal_signal_gives_the_very_same_window(tmp_path, chain):
    fitted = Lab(tmp_path, chain).fitted("t1")
    again = perturbed(fitted, lambda stream, signal, rng: signal.with_data(signal.data))
    for row in range(15):
        np.testing.assert_array_equal(again[row].streams["x"].data, fitted[row].streams["x"].data)
        np.testing.assert_array_equal(again[row].targets["y"], fitted[row].targets["y"])


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_the_change_lies_before_all_feature_steps_which_stay_as_they_were_fitted(tmp_path, chain):
    fitted = Lab(tmp_path, chain).fitted("t1")
    again = perturbed(fitted, raised)
    for row in (0, 7, 14):
        difference = again[row].streams["x"].data - fitted[row].streams["x"].data
        np.testing.assert_allclose(difference, 100, rtol=1e-4)


def test_steps_are_fitted_on_all_windows_that_they_were_fitted_on_not_on_those_that_are_left(tmp_path):
    short = [
        Trial("t1", "a", recording="r1", stop=2.0, labels={"y": 0}),
        Trial("t2", "a", recording="r1", start=20.0, stop=30.0, labels={"y": 1}),
    ]
    lab = Lab(tmp_path, plan(step(Center, fit="subject"), step(Fussy)), trials=short)
    assert lab.windows.rows.index["trial"].unique().tolist() == ["t2"]
    fitted = lab.fitted("t2")
    (window,) = [perturbed(fitted, raised)[0].streams["x"].data - fitted[0].streams["x"].data]
    np.testing.assert_allclose(window, 100, rtol=1e-4)


def test_a_stream_is_missing_where_the_change_says_so_or_a_step_refuses_what_it_made(tmp_path):
    refusing = Lab(tmp_path / "a", plan(step(Center, fit="subject"), step(Picky, fit="train"))).fitted("t1", "t3")
    assert refusing[0].streams["x"] is not None
    assert perturbed(refusing, far)[0].streams["x"] is None
    assert perturbed(refusing, lambda stream, signal, rng: None)[0].streams["x"] is None
    assert refusing[0].streams["x"] is not None
    assert not refusing.left_out


def test_a_window_that_lacks_the_stream_is_not_asked_about(tmp_path):
    fitted = Lab(tmp_path, plan(step(Center, fit="train"), step(Fussy))).fitted("t2")
    asked = []
    again = perturbed(fitted, lambda stream, signal, rng: asked.append(signal.t0))
    assert fitted[0].streams["x"] is None
    assert again[0].streams["x"] is None
    assert not asked


def test_draws_are_of_seed_row_and_modality(tmp_path):
    fitted = Lab(tmp_path, plan()).fitted("t1")

    def drawn(row, **more):
        found = []
        perturbed(fitted, lambda stream, signal, rng: found.append(rng.random()), **more)[row]
        return found[0]

    assert drawn(3) == drawn(3)
    assert len({drawn(3), drawn(4), drawn(3, seed=1)}) == 3
