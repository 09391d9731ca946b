"""Temperature: features of a skin temperature over time."""

from insula_physio.course_features import CourseFeatures


class Temperature(CourseFeatures):
    """Six features of a skin temperature: mean, std, max, min, slope, range.

    They are called ``temp_mean`` … ``temp_range`` and have the signal's unit (``degC``), the slope per second. The
    first five are those of arXiv:2602.06997 (the slope is its regression coefficient beta_1); the range is
    a choice. Formulas: :func:`insula_physio.course.course`. ``std``, ``slope`` and ``range`` need two samples.
    """

    prefix = "temp"
    names = ("mean", "std", "max", "min", "slope", "range")
