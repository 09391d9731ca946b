"""Sound and faulty preprocessors and augmentations."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d

from insula import Augmentation, Preprocessor, Signal, SignalError, Transform


class Smooth(Transform):
    """Averages a second around every sample; its reach is right."""

    def __init__(self, *, length: float = 1.0) -> None:
        self.length = length
        self.reach = (length / 2, length / 2)

    def __call__(self, signal: Signal) -> Signal:
        if signal.static:
            return signal
        size = 2 * round(self.length * signal.sfreq / 2) + 1
        return signal.with_data(uniform_filter1d(signal.data.astype(np.float64), size, axis=1, mode="nearest"))


class ShortReach(Smooth):
    def __init__(self, *, length: float = 1.0) -> None:
        super().__init__(length=length)
        self.reach = (length / 4, length / 4)


class ClaimsCausal(Smooth):
    def __init__(self, *, length: float = 1.0) -> None:
        super().__init__(length=length)
        self.reach = (length, 0.0)


class WholeRecording(Transform):
    """It subtracts the recording's mean, and says that a sample depends on nothing else."""

    def __call__(self, signal: Signal) -> Signal:
        return signal.with_data(signal.data - signal.data.mean(axis=1, keepdims=True, dtype=np.float64))


class InPlace(Transform):
    def __call__(self, signal: Signal) -> Signal:
        signal.data[:] *= 2.0
        return signal


class ReturnsNone(Transform):
    def __call__(self, signal: Signal) -> Signal:
        return None  # type: ignore[return-value]


class Draws(Transform):
    def __call__(self, signal: Signal) -> Signal:
        return signal.with_data(signal.data + np.random.default_rng().normal(size=signal.data.shape))


@dataclass(frozen=True, eq=False)
class Scaled(Transform):
    largest: np.ndarray

    def __call__(self, signal: Signal) -> Signal:
        return signal.with_data(signal.data / self.largest[:, None])


class Scale(Preprocessor):
    """Divides by the largest value of the training signals."""

    def largest(self, signals):
        return np.max([np.abs(signal.data).max(axis=1) for signal in signals], axis=0)

    def fit(self, signals) -> Transform:
        return Scaled(self.largest(signals))


class PlainScaled(Transform):
    def __init__(self, largest: np.ndarray) -> None:
        self.largest = largest

    def __call__(self, signal: Signal) -> Signal:
        return signal.with_data(signal.data / self.largest[:, None])


class NoDataclass(Scale):
    def fit(self, signals) -> Transform:
        return PlainScaled(self.largest(signals))


@dataclass(frozen=True, eq=False)
class Hiding(Transform):
    largest: np.ndarray
    names: list

    def __call__(self, signal: Signal) -> Signal:
        return signal.with_data(signal.data / self.largest[:, None])


class KeepsAList(Scale):
    def fit(self, signals) -> Transform:
        return Hiding(self.largest(signals), ["a"])


class KeepsState(Scale):
    """Everything that was ever fitted shares one array."""

    def __init__(self) -> None:
        self.shared = np.ones(1)

    def fit(self, signals) -> Transform:
        found = self.largest(signals)
        self.shared = found if self.shared.shape != found.shape else self.shared
        self.shared[:] = found
        return Scaled(self.shared)


class SoundNoise(Augmentation):
    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        return signal.with_data(signal.data + 0.1 * np.nanstd(signal.data) * rng.standard_normal(signal.data.shape))


class GlobalDraw(Augmentation):
    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        return signal.with_data(signal.data + np.random.normal(size=signal.data.shape))


class Renames(SoundNoise):
    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        return super().__call__(signal, rng).with_data(signal.data, sfreq=2 * signal.sfreq)


class Idle(Augmentation):
    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        return signal


class WritesIntoWindow(Augmentation):
    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        signal.data[0, 0] = 0.0
        return signal


class Picky(Transform):
    """Sound, but only for signals of 777 Hz."""

    def __call__(self, signal: Signal) -> Signal:
        if signal.sfreq != 777.0:
            raise SignalError("no")
        return signal.with_data(2.0 * signal.data)
