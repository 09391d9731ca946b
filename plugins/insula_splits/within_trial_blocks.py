"""within_trial_blocks: later stretches of trials that are known."""

import warnings
from collections.abc import Iterator
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int
from pydantic import Field

from insula import Fold, InsulaWarning, Split, SplitError
from insula_splits.unit_split import Validation, check_number
from insula_splits.units import named, numbers, with_parents

_SAME_INSTANT = 1e-6
"""Seconds: windows that touch don't overlap, whatever rounding says."""


class WithinTrialBlocks(Split):
    """Cuts every trial into k blocks in time: one tests, the next validates, the rest trains, in turn.

    Trains and tests on every trial, so it claims nothing: the audit grades it F for shared trials. It asks less than
    random windows do, whose neighbours lie on both sides, and is for labels that change inside a trial or a recording.
    A trial's windows are dealt out evenly over its blocks; one with fewer windows than k is left out, and said.

    Parameters
    ----------
    k
        Number of blocks, and of folds.
    of
        What is cut: every ``trial``, or every ``recording`` with all its trials.
    gap
        Seconds around a block that nobody trains or validates on: beyond what its windows reach through filters and
        context, so that 0 leaves out only what shares samples with it. Around the test block windows are taken from
        validation and training, around the validation block from training. None: nothing is left out.
    validation
        ``same``: validation is a block of its own. ``none``: it trains, too, for a fixed number of epochs.
    """

    def __init__(
        self,
        *,
        k: Annotated[int, Field(ge=2)] = 5,
        of: Literal["trial", "recording"] = "trial",
        gap: Annotated[float, Field(ge=0)] | None = 0.0,
        validation: Validation = "same",
    ) -> None:
        self.k, self.of, self.gap = k, of, gap
        self.validation: Validation = validation

    def folds(self, index: pd.DataFrame) -> Iterator[Fold]:
        """Yield k folds.

        Raises
        ------
        SplitError
            If no trial has as many windows as there are blocks, or the gaps leave a set empty.
        """
        block = self._blocks(index)
        for i in range(self.k):
            test = block == i
            validation = (block == (i + 1) % self.k) & (self.validation == "same")
            train = (block >= 0) & ~test & ~validation
            if self.gap is not None:
                validation &= ~near(index, validation, test, self.gap)
                train &= ~near(index, train, test | validation, self.gap)
            for role, rows in (("train", train), ("validation", validation)):
                if not rows.any() and (role == "train" or self.validation == "same"):
                    raise SplitError(
                        f"split.gap={self.gap:g}: fold {i} has no {role} window left, because blocks are short and "
                        "windows reach into one another; type a smaller split.gap or split.k, or split.gap=null"
                    )
            yield Fold(*map(np.flatnonzero, (train, validation, test)))

    def _blocks(self, index: pd.DataFrame) -> Int[np.ndarray, " rows"]:
        """Return the block of every row, -1 where its trial is too short to be cut."""
        check_number(self.k, self.validation)
        unit = _units(index, self.of)
        place = index["t0"].groupby(unit).rank("dense").to_numpy() - 1
        count = pd.Series(place).groupby(unit).transform("max").to_numpy() + 1
        short = count < self.k
        if short.any():
            first = index[self.of].iloc[int(short.argmax())]
            said = (
                f"{len(np.unique(unit[short]))} of {unit.max() + 1} {self.of}s have fewer than {self.k} windows, "
                f"{first!r} first, so they can't be cut into {self.k} blocks"
            )
            if short.all():
                raise SplitError(f"{said}: type a smaller split.k, or a shorter window.length or window.step")
            warnings.warn(f"{said}: they are left out", InsulaWarning, stacklevel=2)
        return np.where(short, -1, place * self.k // count).astype(np.int64)


def _units(index: pd.DataFrame, column: str) -> Int[np.ndarray, " rows"]:
    """Number what is cut: a trial, with the copies of it that lie in its recording, or a recording."""
    if column == "trial":
        names = pd.MultiIndex.from_arrays([with_parents(index, named(index, "trial")), index["recording"].astype(str)])
    else:
        names = pd.MultiIndex.from_arrays([named(index, "recording")])
    return pd.factorize(names, sort=True)[0].astype(np.int64)


def near(
    index: pd.DataFrame, mine: Bool[np.ndarray, " rows"], theirs: Bool[np.ndarray, " rows"], gap: float
) -> Bool[np.ndarray, " rows"]:
    """Return which of my rows come closer than ``gap`` seconds to one of theirs in the same recording.

    Recordings are laid end to end on one axis. Of their intervals that begin before mine ends, the one that lasts
    longest decides.
    """
    begin, end = _reached(index)
    offset = numbers(index, "recording") * (end.max() - begin.min() + gap + 1.0)
    begin, end = offset + begin, offset + end
    found = np.zeros(len(index), bool)
    their = np.flatnonzero(theirs)
    if len(their):
        their = their[np.argsort(begin[their], kind="stable")]
        lasts = np.maximum.accumulate(end[their])
        before = np.searchsorted(begin[their], end + gap - _SAME_INSTANT)
        found = (before > 0) & (lasts[before - 1] + gap > begin + _SAME_INSTANT)
    return found & mine


def _reached(index: pd.DataFrame) -> tuple[Float[np.ndarray, " rows"], Float[np.ndarray, " rows"]]:
    names = ("raw_t0", "raw_t1") if {"raw_t0", "raw_t1"} <= set(index) else ("t0", "t1")
    begin, end = (index[name].to_numpy(np.float64) for name in names)
    return begin, end
