"""Temperature: features of a skin temperature over time."""

from typing import Annotated

import numpy as np
from jaxtyping import Float
from pydantic import Field

from insula_physio.course import course, course_units
from insula_physio.window_features import WindowFeatures


class Temperature(WindowFeatures):
    """Six features of a skin temperature: mean, std, max, min, slope, range.

    They are called ``temp_mean`` … ``temp_range`` and have the signal's unit (``degC``), the slope per second. The
    first five are those of arXiv:2602.06997 (the slope is its regression coefficient beta_1); the range is
    a choice. Formulas: :func:`insula_physio.course.course`. ``std``, ``slope`` and ``range`` need two samples.

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
        return {f"temp_{name}": units[name] for name in ("mean", "std", "max", "min", "slope", "range")}

    def features(self, x: Float[np.ndarray, " time"], sfreq: float) -> dict[str, float]:
        """Return the features of samples without a gap."""
        return {f"temp_{name}": value for name, value in course(x, sfreq).items()}
