"""Course: what a slow signal does over a window."""

import numpy as np
from jaxtyping import Float


def course(x: Float[np.ndarray, " time"], sfreq: float) -> dict[str, float]:
    """Return mean, std, max, min, range, median and slope of one or more samples.

    The standard deviation is the population's. The slope is that of the least-squares line over time, in units per
    second: ``sum((t - mean(t)) x) / sum((t - mean(t))^2)``. One sample has no std, range or slope: they are left out.
    """
    high, low = float(x.max()), float(x.min())
    level = {"mean": float(x.mean()), "max": high, "min": low, "median": float(np.median(x))}
    if len(x) < 2:
        return level
    time = (np.arange(len(x)) - (len(x) - 1) / 2) / sfreq
    slope = float(time @ (x - level["mean"]) / (time @ time))
    return level | {"std": float(x.std()), "range": high - low, "slope": slope}


def course_units(unit: str) -> dict[str, str]:
    """Return the unit of each feature of :func:`course`; ``unit`` is the signal's."""
    return dict.fromkeys(("mean", "std", "max", "min", "range", "median"), unit) | {"slope": f"{unit}/s"}
