"""PerturbedWindows: what a fold's windows would be if the signals had been recorded otherwise."""

from collections.abc import Callable, Mapping

import numpy as np

from insula.errors import SignalError
from insula.randomness import draw
from insula.types import Signal, Window
from insula.windows.windows import FoldWindows

Change = Callable[[str, Signal, np.random.Generator], Signal | None]
"""Makes of a stream's name, its signal and a generator another signal; None: the stream is missing then."""


class PerturbedWindows(FoldWindows):
    """The windows of a fold, each changed before the feature steps; the steps are as they were fitted without it.

    Parameters
    ----------
    fitted
        The windows as the fold sees them.
    change
        What is done to the signal of every window and stream, its context included; the very signal that it was given
        stands for no change. A stream that a window lacks it isn't asked about, and where a step refuses what it has
        made, the window lacks the stream.
    seed
        Of the draws: the generator is a function of seed, row and modality, so that streams of one recording are
        changed alike, and two strengths of one change from the same draws.
    modalities
        Stream to modality.
    """

    def __init__(self, fitted: FoldWindows, change: Change, seed: int, modalities: Mapping[str, str]) -> None:
        super().__init__(fitted.windows, fitted.streams)
        self.change, self.seed, self.modalities = change, seed, modalities

    def __getitem__(self, item: int | tuple[int, int]) -> Window:
        assert not isinstance(item, tuple), "what is augmented is for training"
        found = {name: self._changed(name, int(item)) for name in self.streams}
        return Window(int(item), found, {name: values[item] for name, values in self.windows.rows.targets.items()})

    def _changed(self, name: str, row: int) -> Signal | None:
        stream = self.streams[name]
        known = stream(row)
        signal = None if known is None else stream.signal(row)
        if signal is None:
            return None
        rng = np.random.default_rng(draw(self.seed, "change", row, self.modalities[name]))
        changed = self.change(name, signal, rng)
        if changed is signal:
            return known
        try:
            return None if changed is None else stream.features(row, changed)
        except SignalError:
            return None
