"""Intervals over what a protocol holds out: people, stimuli, sessions or trials; never windows, folds or seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

Statistic = Callable[[Float[np.ndarray, "draws seeds ..."]], Float[np.ndarray, "draws metrics"]]
Factors = Sequence[Int[np.ndarray, " cells"]]
"""Whose a cell is: one code per cell, or two where a cell is what one person did at one stimulus."""
BOOTSTRAP_FROM = 30
"""With fewer units a percentile bootstrap covers 85 to 90 % where it says 95 %, so a t interval stands in."""
DRAWS = 1000
_AT_ONCE = 100  # draws whose weights are in memory together


@dataclass(frozen=True, eq=False)
class Estimate:
    """Metrics with their standard errors, and the degrees of freedom of Student's t for them."""

    value: Float[np.ndarray, " metrics"]
    error: Float[np.ndarray, " metrics"]
    freedom: int

    def interval(self, level: float = 0.95) -> tuple[Float[np.ndarray, " metrics"], Float[np.ndarray, " metrics"]]:
        """Return both ends of Student's t interval."""
        from scipy.stats import t

        reach = float(t.ppf((1 + level) / 2, self.freedom)) * self.error
        return self.value - reach, self.value + reach


def interval(
    sums: Float[np.ndarray, "cells seeds ..."],
    statistic: Statistic,
    *,
    factors: Factors | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[Float[np.ndarray, " metrics"], Float[np.ndarray, " metrics"]]:
    """Return the lower and upper end of every metric's interval; NaN with fewer than two units.

    Parameters
    ----------
    sums
        What the metrics are read off, per cell and seed: a cell is left out, or drawn, with all of its seeds.
    statistic
        Turns sums over cells ``(draws, seeds, ...)`` into metrics, seeds averaged.
    factors
        The unit of every cell; two for units that cross, people and stimuli say. None: every cell is a unit.
    level
        How often such intervals should cover.
    seed
        Of the bootstrap.
    """
    factors = factors or (np.arange(len(sums)),)
    if fewest(factors) >= BOOTSTRAP_FROM:
        return _bootstrap(sums, statistic, factors, level, seed)
    return jackknife(sums, statistic, factors).interval(level)


def fewest(factors: Factors) -> int:
    """Return how many units there are; of two kinds that cross, the number of the fewer."""
    return min(int(codes.max()) + 1 for codes in factors)


def jackknife(
    sums: Float[np.ndarray, "cells seeds ..."], statistic: Statistic, factors: Factors | None = None
) -> Estimate:
    """Estimate metrics and their standard errors by leaving out one unit at a time; NaN with fewer than two units.

    One kind of unit: the delete-one jackknife (Tukey 1958; Efron 1982, eq. 3.5), with n - 1 degrees of freedom. Two
    kinds that cross: the variance from leaving out people, plus that from leaving out stimuli, minus that from leaving
    out cells, which both contain (Cameron, Gelbach & Miller 2011, J Bus Econ Stat 29:238; with jackknife variances
    MacKinnon, Nielsen & Webb 2024, arXiv:2406.08880); at least the greater of the two, with the degrees of freedom of
    the fewer units.
    """
    factors = factors or (np.arange(len(sums)),)
    total = sums.sum(0, keepdims=True)
    value, units = statistic(total)[0], fewest(factors)
    if units < 2:
        return Estimate(value, np.full_like(value, np.nan), 1)
    parts = [_variance(total, _per_unit(sums, codes), statistic) for codes in factors]
    variance = np.maximum.reduce(parts)
    if len(parts) > 1:
        variance = np.maximum(variance, sum(parts) - _variance(total, sums, statistic))
    return Estimate(value, np.sqrt(variance), units - 1)


def _per_unit(
    sums: Float[np.ndarray, "cells seeds ..."], codes: Int[np.ndarray, " cells"]
) -> Float[np.ndarray, "units seeds ..."]:
    """Add up the cells of every unit."""
    found = np.zeros((int(codes.max()) + 1, *sums.shape[1:]))
    np.add.at(found, codes, sums)
    return found


def _variance(
    total: Float[np.ndarray, "1 seeds ..."], parts: Float[np.ndarray, "units seeds ..."], statistic: Statistic
) -> Float[np.ndarray, " metrics"]:
    without = statistic(total - parts)
    return (len(parts) - 1) / len(parts) * ((without - without.mean(0)) ** 2).sum(0)


def _bootstrap(
    sums: Float[np.ndarray, "cells seeds ..."], statistic: Statistic, factors: Factors, level: float, seed: int
) -> tuple[Float[np.ndarray, " metrics"], Float[np.ndarray, " metrics"]]:
    """Percentile interval of the cluster bootstrap: whole units are drawn with replacement.

    Of units that cross each kind is drawn by itself, and a cell comes as often as the product of how often both of its
    units were drawn: the pigeonhole bootstrap (Owen 2007, Annals of Applied Statistics 1:386). Percentiles lie further
    out than the level says, by what a mean of n units would need to have Student's interval, for drawn units spread
    less than units do (the expanded percentile interval, Hesterberg 2015, The American Statistician 69:371, 5.4).
    """
    from scipy.stats import norm, t

    rng, drawn = np.random.default_rng(seed), []
    times = [rng.multinomial(n, np.full(n, 1 / n), size=DRAWS) for n in (int(codes.max()) + 1 for codes in factors)]
    for begin in range(0, DRAWS, _AT_ONCE):
        block = [own[begin : begin + _AT_ONCE, codes] for own, codes in zip(times, factors, strict=True)]
        drawn.append(statistic(np.tensordot(np.prod(block, axis=0, dtype=np.float64), sums, axes=1)))
    n = fewest(factors)
    tail = norm.cdf(np.sqrt(n / (n - 1)) * t.ppf((1 - level) / 2, n - 1))
    low, high = np.nanquantile(np.concatenate(drawn), [tail, 1 - tail], axis=0)
    return low, high
