"""Augmentation of a stream: drawn for training windows, or copied, and what steps are fitted on then."""

import numpy as np
import pytest

from insula import Augmentation, ConfigError, Fold, Signal, SignalError
from insula.plugin.choice import Choice
from insula.windows.copies import CopyMaker
from made_stream import (
    RAISED,
    Center,
    Fussy,
    Lab,
    Longer,
    Noise,
    component,
    plan,
    step,
)


def test_augmentation_changes_training_draws_only_and_is_a_function_of_the_draw(tmp_path):
    lab = Lab(tmp_path, plan(augment_features=(Noise(),)))
    fitted = lab.fitted("t1")
    row = int(lab.rows("t1")[0])
    plain, one, again, other = (fitted[item].streams["x"].data for item in (row, (row, 1), (row, 1), (row, 2)))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)
    assert plain.tolist() == [list(range(50, 70))]


class Shy(Augmentation):
    """Refuses what is larger than a number."""

    def __init__(self, largest: float) -> None:
        self.largest = largest

    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        if signal.data.max() > self.largest:
            raise SignalError("too large to be augmented")
        return signal.with_data(signal.data + 0.5)


def test_a_draw_that_is_refused_leaves_the_window_as_it_is(tmp_path):
    fitted = Lab(tmp_path, plan(augment_signal=(Shy(100),))).fitted("t1")
    augmented = [fitted[row, 1].streams["x"].data[0, 0] for row in range(5)]
    assert augmented == [50.5, 70.5, 90, 110, 130]
    fitted.spec(range(5))


@pytest.mark.parametrize("where", ["augment_signal", "augment_features"])
def test_augmentations_that_refuse_every_window_are_a_mistake(tmp_path, where):
    fitted = Lab(tmp_path, plan(**{where: (Shy(0),)})).fitted("t1")
    with pytest.raises(ConfigError, match=r"streams\.x\.augment: too large to be augmented"):
        fitted.spec(range(5))


@pytest.mark.parametrize("scope", ["subject", "recording", "everything", "train"])
@pytest.mark.parametrize("where", ["signal", "features"])
def test_copies_made_after_the_split_teach_steps_of_the_training_rows_alone(tmp_path, scope, where):
    centre = step(Center, fit=scope)
    chains = {"signal": (centre,)} if where == "signal" else {}
    steps = () if where == "signal" else (centre,)
    plain, copied = (
        Lab(tmp_path / name, plan(*steps, **chains, copies=copies), copies=dict.fromkeys(copies, "after_split"))
        for name, copies in (("plain", {}), ("copied", {"raised": RAISED}))
    )
    row = int(plain.rows("t3")[1])
    before = plain.fitted("t1", "t2")[row].streams["x"].data
    train = np.flatnonzero(copied.windows.rows.index["trial"].str.startswith(("t1", "t2")))
    after = copied.windows.fit(Fold(train))[int(copied.rows("t3")[1])].streams["x"].data
    same = scope != "train" or where == "signal"  # a step on the signal sees the recording, which has no copies
    assert np.array_equal(before, after) == same


def test_a_copy_that_is_refused_behind_a_learnt_step_costs_itself_alone(tmp_path):
    copies = {"shy": CopyMaker(Choice(component("augmentations", Shy), {"when": "after_split"}), Shy(-1e9))}
    lab = Lab(tmp_path, plan(signal=(step(Center, fit="train"),), copies=copies), copies={"shy": "after_split"})
    everything = np.arange(len(lab.windows.rows.index))
    fitted = lab.windows.fit(Fold(everything))
    usable = fitted.usable(Fold(everything)).train
    assert set(lab.windows.rows.index["trial"].iloc[usable]) == {"t1", "t2", "t3"}
    assert {item.why for item in fitted.left_out} == {"too large to be augmented"}


def test_a_step_that_moves_the_end_can_not_stand_beside_a_context(tmp_path):
    lab = Lab(tmp_path, plan(step(Longer), context=6.0))
    with pytest.raises(ConfigError, match=r"streams\.x: a feature step moves the end of a window from 7 to 17 s"):
        lab.fitted("t1")[int(lab.rows("t1")[0])]


def test_windows_that_a_step_refuses_do_not_count_against_an_augmentation(tmp_path):
    lab = Lab(tmp_path, plan(step(Center, fit="train"), step(Fussy), augment_signal=(Noise(),)))
    lab.fitted("t1").spec(range(15))
