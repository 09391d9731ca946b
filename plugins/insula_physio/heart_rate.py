"""HeartRate: features of a heart rate over time."""

from typing import Annotated

import numpy as np
from jaxtyping import Float
from pydantic import Field

from insula_physio.course import course, course_units
from insula_physio.window_features import WindowFeatures


class HeartRate(WindowFeatures):
    """Seven features of a heart rate: mean, std, max, min, range, median, slope.

    They are called ``hr_mean`` … ``hr_slope`` and have the signal's unit (``1/min``), the slope per second. The first
    four are those of arXiv:2602.06997; it says "etc." of the others, which are a choice. Formulas:
    :func:`insula_physio.course.course`. ``std``, ``range`` and ``slope`` need two samples. In the paper's windows of
    2 s an E4 has two samples, which it computed from 10-s spans.

    Parameters
    ----------
    context_min
        Seconds; of anything shorter (near a trial's start, behind a gap) all features are undefined.
    gap
        Seconds that may be undefined in a row and are interpolated; only what lies behind the last longer gap counts.
    """

    def __init__(
        self, *, context_min: Annotated[float, Field(ge=0)] = 0.0, gap: Annotated[float, Field(ge=0)] = 2.0
    ) -> None:
        super().__init__(context_min, gap)

    def units(self, unit: str) -> dict[str, str]:
        """Return names and units, in order."""
        units = course_units(unit)
        return {f"hr_{name}": units[name] for name in ("mean", "std", "max", "min", "range", "median", "slope")}

    def features(self, x: Float[np.ndarray, " time"], sfreq: float) -> dict[str, float]:
        """Return the features of samples without a gap."""
        return {f"hr_{name}": value for name, value in course(x, sfreq).items()}
