"""Preprocessor and Transform: the steps of a chain."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import final

from insula.types import Signal


class Preprocessor(ABC):
    """A step that learns something: ``fit`` sees the signals of its scope and returns a fitted :class:`Transform`.

    The reserved option ``fit`` (``train``, ``subject``, ``recording``, or ``everything``, which the audit grades) is
    the framework's: it decides which signals :meth:`fit` receives. A fitted Transform is a dataclass of arrays, numbers
    and strings, which is what a bundle stores.
    """

    reach: tuple[float, float] = (0.0, 0.0)
    """Seconds of past and future that an output sample of its Transform depends on (see :class:`Transform`)."""
    disclosure: str | None = None
    """What the leakage audit says of every run whose chain has this step, for what only published recipes do."""

    @abstractmethod
    def fit(self, signals: Iterable[Signal]) -> "Transform":
        """Learn from signals, one pass over them."""


class Transform(Preprocessor):
    """A step with nothing left to learn.

    ``reach`` is how many seconds of past and future an output sample depends on: 0 for a sample-wise step, half its
    length for a zero-phase FIR, infinite for ICA, forward-backward IIR and statistics of the whole recording. The
    leakage audit widens a window's raw interval by it; live use refuses an infinite future.
    """

    @final
    def fit(self, signals: Iterable[Signal]) -> "Transform":
        """Return self: there is nothing to learn."""
        return self

    @abstractmethod
    def __call__(self, signal: Signal) -> Signal:
        """Return a new Signal; the given one is never changed."""
