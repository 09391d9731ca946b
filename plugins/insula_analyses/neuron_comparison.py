"""Comparison of a layer's neurons: trained, before training, and in networks that were re-initialised."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from insula_analyses.neuron_statistics import NAMES, statistics
from insula_analyses.neurons import Neurons, Scale
from insula_analyses.null import Null

POINT = 0.01
"""Re-initialised networks whose mean τ differ by less than this share start at the same values."""


@dataclass(frozen=True)
class Compared:
    """A number of the trained models (mean, smallest, largest), of the same before training (mean), and its null."""

    trained: float
    smallest: float
    largest: float
    before: float
    reinitialised: Null

    @property
    def where(self) -> str:
        """Where the trained value lies: below the null's range, inside or above it."""
        return self.reinitialised.where(self.trained)


@dataclass(frozen=True, eq=False)
class LayerComparison:
    """One layer: its numbers by the names of :data:`NAMES`, those that are defined.

    ``moved`` is the factor by which training changed τ, up or down, in the median neuron. ``rejected`` is the share of
    re-initialised networks in which Shapiro–Wilk rejects a normal log τ (p < 0.05). ``fixed`` says that τ starts at the
    same values in all of them.
    """

    units: int
    numbers: dict[str, Compared]
    moved: float
    rejected: float
    fixed: bool

    @classmethod
    def of(
        cls, trained: Sequence[Neurons], before: Sequence[Neurons], drawn: Sequence[Neurons], scale: Scale
    ) -> "LayerComparison":
        """Compare the layer of some trained models with itself before training, and with re-initialised networks."""
        now, start, null = (_columns(several, scale) for several in (trained, before, drawn))
        numbers = {}
        for name in NAMES:
            values = now[name][np.isfinite(now[name])]
            if len(values):
                mean = float(values.mean())
                first = float(start[name].mean())
                likewise = Null.of(mean, null[name], "both")
                numbers[name] = Compared(mean, float(values.min()), float(values.max()), first, likewise)
        logs = [np.abs(np.log(a.tau / b.tau)) for a, b in zip(trained, before, strict=True)]
        moved = float(np.exp(np.median(np.concatenate(logs))))
        means = null["tau_mean"]
        fixed = bool(np.ptp(means) < POINT * means.mean())
        return cls(len(trained[0].tau), numbers, moved, float(np.mean(null["shapiro_p"] < 0.05)), fixed)


def _columns(several: Sequence[Neurons], scale: Scale) -> dict[str, np.ndarray]:
    found = [statistics(neurons, scale) for neurons in several]
    return {name: np.array([each[name] for each in found]) for name in NAMES}
