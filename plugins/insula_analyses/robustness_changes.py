"""Robustness changes: what can happen to a signal when a model is used, each in some severity."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from insula import Signal

Fill = Literal["gap", "zeros"]


@dataclass(frozen=True)
class RobustnessChange(ABC):
    """One change in one severity; what it doesn't concern it returns as it is."""

    kind: ClassVar[str]
    """What all severities of it are called."""

    @property
    @abstractmethod
    def severity(self) -> float | str:
        """How much of it; a name where it is of one thing after the other."""

    @property
    @abstractmethod
    def label(self) -> str:
        """Say the severity with its unit."""

    @property
    def title(self) -> str:
        """Kind and severity."""
        return f"{self.kind}, {self.label}"

    @abstractmethod
    def __call__(self, stream: str, signal: Signal, rng: np.random.Generator) -> Signal | None:
        """Return the changed signal; None: the stream is gone."""


@dataclass(frozen=True)
class Noise(RobustnessChange):
    """White Gaussian noise of every channel: SNR = 10 log10(variance of the signal in its window / of the noise) dB.

    The variance is over the channel's defined samples, around their mean; one that is constant stays so. Static vectors
    have no noise.
    """

    kind = "noise"
    snr: float

    @property
    def severity(self) -> float:
        """Signal-to-noise ratio."""
        return self.snr

    @property
    def label(self) -> str:
        """Decibels."""
        return f"{self.snr:g} dB"

    def __call__(self, stream: str, signal: Signal, rng: np.random.Generator) -> Signal:
        """Add it."""
        if signal.static:
            return signal
        known = np.where(signal.defined & np.isfinite(signal.data), signal.data, np.nan).astype(np.float64)
        some = np.isfinite(known).any(axis=1)
        spread = np.zeros(len(known))
        spread[some] = np.nanstd(known[some], axis=1)
        scale = spread * 10 ** (-self.snr / 20)
        return signal.with_data(signal.data + scale[:, None] * rng.standard_normal(signal.data.shape))


@dataclass(frozen=True)
class LostChannels(RobustnessChange):
    """So many random channels undefined for a whole window; streams of as many or fewer, and static vectors, keep all.

    The channels of a lesser severity are among those of a greater one, and the same for all streams of a recording.
    """

    kind = "lost channels"
    number: int

    @property
    def severity(self) -> float:
        """How many."""
        return self.number

    @property
    def label(self) -> str:
        """Number."""
        return str(self.number)

    def __call__(self, stream: str, signal: Signal, rng: np.random.Generator) -> Signal:
        """Lose them."""
        count = len(signal.data)
        if signal.static or count <= self.number:
            return signal
        lost = np.zeros(signal.data.shape, dtype=bool)
        lost[rng.permutation(count)[: self.number]] = True
        return _without(signal, lost)


@dataclass(frozen=True)
class LostSamples(RobustnessChange):
    """Blocks of samples of all channels lost, each with one probability; where all are, the stream is missing.

    Blocks are counted back from a window's end, and those lost of a lesser share are among those of a greater one. With
    irregular times the samples aren't there, else they are undefined (``gap``) or 0 (``zeros``). Static vectors keep
    theirs.
    """

    kind = "lost samples"
    share: float
    block: float
    fill: Fill = "gap"

    @property
    def severity(self) -> float:
        """Share."""
        return self.share

    @property
    def label(self) -> str:
        """Per cent."""
        return f"{100 * self.share:g} %"

    def __call__(self, stream: str, signal: Signal, rng: np.random.Generator) -> Signal | None:
        """Lose them."""
        if signal.static:
            return signal
        times = signal.t0 + np.arange(signal.n_times) / signal.sfreq if signal.times is None else signal.times
        begun = rng.random()  # how much of a block the window's end cuts off
        blocks = ((signal.stop - times) / self.block + begun).astype(int)
        lost = (rng.random(int(blocks.max(initial=0)) + 1) < self.share)[blocks]
        if lost.all():
            return None
        if not lost.any():
            return signal
        if signal.times is not None:
            return _thinned(signal, ~lost)
        return signal.with_data(np.where(lost, 0.0, signal.data)) if self.fill == "zeros" else _without(signal, lost)


@dataclass(frozen=True)
class MissingModality(RobustnessChange):
    """One modality missing from every window, in all streams that are made from it."""

    kind = "missing modality"
    modality: str
    modalities: Mapping[str, str]
    """Stream to modality."""

    @property
    def severity(self) -> str:
        """Which."""
        return self.modality

    @property
    def label(self) -> str:
        """Which."""
        return self.modality

    def __call__(self, stream: str, signal: Signal, rng: np.random.Generator) -> Signal | None:
        """Take it away."""
        return None if self.modalities[stream] == self.modality else signal


def _without(signal: Signal, lost: np.ndarray) -> Signal:
    """Return a signal that is undefined in some places, or at some times."""
    return signal.with_data(np.where(lost, np.nan, signal.data), valid=signal.defined & ~lost)


def _thinned(signal: Signal, kept: np.ndarray) -> Signal:
    """Return an irregular signal without some of its samples."""
    assert signal.times is not None
    times, valid = signal.times[kept], None if signal.valid is None else np.ascontiguousarray(signal.valid[:, kept])
    return signal.with_data(signal.data[:, kept], times=times, t0=float(times[0]), valid=valid)
