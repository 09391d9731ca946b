"""CourseFeatures: how a slow signal runs over a window."""

from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Float
from pydantic import Field

from insula_physio.course import course, course_units
from insula_physio.window_features import WindowFeatures


class CourseFeatures(WindowFeatures):
    """Base of the steps whose features are those of :func:`insula_physio.course.course`.

    Parameters
    ----------
    context_min
        Seconds; of anything shorter (near a trial's start, behind a gap) all features are undefined.
    gap
        Seconds that may be undefined in a row and are interpolated; only what lies behind the last longer gap counts.
    """

    prefix: ClassVar[str]
    names: ClassVar[tuple[str, ...]]

    def __init__(
        self, *, context_min: Annotated[float, Field(ge=0)] = 0.0, gap: Annotated[float, Field(ge=0)] = 2.0
    ) -> None:
        super().__init__(context_min, gap)

    def units(self, unit: str) -> dict[str, str]:
        """Return names and units, in order."""
        units = course_units(unit)
        return {f"{self.prefix}_{name}": units[name] for name in self.names}

    def features(self, x: Float[np.ndarray, " time"], sfreq: float) -> dict[str, float]:
        """Return the features of samples without a gap."""
        return {f"{self.prefix}_{name}": value for name, value in course(x, sfreq).items()}
