"""Null: what a value would be without what is claimed, and where the value lies beside it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

Side = Literal["high", "low", "both"]
NAN = float("nan")


@dataclass(frozen=True)
class Null:
    """Mean and 2.5 and 97.5 % points of draws under a null, and p of the value beside it; NaN where undefined.

    p = (b + 1)/(n + 1), where b of n draws are as extreme as the value (Phipson & Smyth 2010, Stat Appl Genet Mol Biol
    9:39); of both sides, twice the smaller one.
    """

    mean: float
    low: float
    high: float
    p: float

    @classmethod
    def of(cls, value: float, draws: Float[np.ndarray, " draws"], side: Side) -> "Null":
        """Compare a value with draws; those that are NaN don't count."""
        draws = draws[np.isfinite(draws)]
        if not len(draws):
            return cls(NAN, NAN, NAN, NAN)
        low, high = np.quantile(draws, [0.025, 0.975])
        return cls(float(draws.mean()), float(low), float(high), _p(value, draws, side))

    def where(self, value: float) -> str:
        """Say where a value lies: below the range, inside or above it."""
        if not np.isfinite([value, self.low]).all():
            return "–"
        return "below" if value < self.low else "above" if value > self.high else "inside"

    def __str__(self) -> str:
        return f"{show(self.mean)} [{show(self.low)}, {show(self.high)}]" if np.isfinite(self.mean) else "–"


def _p(value: float, draws: Float[np.ndarray, " draws"], side: Side) -> float:
    if not np.isfinite(value):
        return NAN
    slack = 1e-9 * abs(value)  # rounding must not tell the same value from itself
    above, below = (draws >= value - slack).sum(), (draws <= value + slack).sum()
    high, low = ((int(count) + 1) / (len(draws) + 1) for count in (above, below))
    return {"high": high, "low": low, "both": min(1.0, 2 * min(high, low))}[side]


def show(value: float) -> str:
    """Show a number with three significant figures, what is undefined as a dash."""
    if not np.isfinite(value):
        return "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value == 0 or abs(value) >= 1e-3 else f"{value:.0e}"
