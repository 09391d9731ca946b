"""Augmentations: checks of an Augmentation."""

from typing import Any

import numpy as np

from insula.errors import SignalError
from insula.plugin.testing.signals import damaged, equal, frozen, usable
from insula.plugin.testing.specimen import Specimen, Tested
from insula.types import Signal


def check_augmentation(component: Tested, *, signal: Signal | None = None, **options: Any) -> None:
    """Check an augmentation against its contract, on ``signal`` or on the first made-up one that it takes."""
    specimen = Specimen("augmentations", component, (), options)
    with specimen.trying("constructing it"):
        augment = specimen.build()
    window = frozen(usable(specimen, lambda s: augment(s, np.random.default_rng(0)), signal)(2.0))
    before = frozen(window)
    result = augment(window, np.random.default_rng(0))
    specimen.expect(
        isinstance(result, Signal), f"it returned {type(result).__name__}, not a Signal. Return signal.with_data(...)."
    )
    specimen.expect(equal(before, window), "it changed its input in place. Work on a copy: signal.data.copy().")
    specimen.expect(
        (result.ch_names, result.units, result.sfreq) == (window.ch_names, window.units, window.sfreq),
        "it changes channel names, units or sampling rate, which the network was sized from. Keep them.",
    )
    _check_draws(specimen, augment, window)
    for what, bad in damaged(window):
        with specimen.trying(f"a window {what}"):
            try:
                augmented = augment(frozen(bad), np.random.default_rng(0))
            except SignalError:
                continue
        specimen.expect(
            isinstance(augmented, Signal), f"a window {what} gives {type(augmented).__name__}, not a Signal."
        )


def _check_draws(specimen: Specimen, augment: Any, window: Signal) -> None:
    outcomes = []
    for elsewhere in (1, 2):
        np.random.seed(elsewhere)
        outcomes.append(augment(window, np.random.default_rng(5)))
    specimen.expect(
        equal(*outcomes),
        "the same rng gives two results. Take every draw from the rng that is given, none from numpy.random or random.",
    )
    changed = [not equal(augment(window, np.random.default_rng(seed)), window) for seed in range(30)]
    specimen.expect(
        any(changed), "with its default options it changes nothing in 30 draws. Give it defaults that do something."
    )
