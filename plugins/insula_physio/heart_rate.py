"""HeartRate: features of a heart rate over time."""

from insula_physio.course_features import CourseFeatures


class HeartRate(CourseFeatures):
    """Seven features of a heart rate: mean, std, max, min, range, median, slope.

    They are called ``hr_mean`` … ``hr_slope`` and have the signal's unit (``1/min``), the slope per second. The first
    four are those of arXiv:2602.06997; it says "etc." of the others, which are a choice. Formulas:
    :func:`insula_physio.course.course`. ``std``, ``range`` and ``slope`` need two samples. In the paper's windows of
    2 s an E4 has two samples, which it computed from 10-s spans.
    """

    prefix = "hr"
    names = ("mean", "std", "max", "min", "range", "median", "slope")
