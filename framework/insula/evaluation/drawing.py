"""Drawing: figures that a page can hold, in the page's own colours."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from insula.evaluation.analysis import Figure

_INK = "#010203"  # stands for the page's own text colour while matplotlib draws


@dataclass
class Drawing:
    """A matplotlib figure on its way to a report."""

    canvas: Any
    """The ``matplotlib.figure.Figure``."""
    svg: str = field(default="", init=False)

    def figure(self, caption: str, alt: str) -> Figure:
        """Return it for a :class:`insula.Section`, with a caption and a description for those who can't see it."""
        return Figure(caption, self.svg, alt)


@contextmanager
def drawing(width: float, height: float) -> Iterator[Drawing]:
    """Open a matplotlib figure for a report; inside the ``with``, draw on its ``canvas``.

    The SVG keeps its text as text, has no background, and its lines and letters take the colour of the page around it,
    so that it reads in light and dark. The same drawing gives the same SVG.

    Parameters
    ----------
    width, height
        Of the figure, in inches.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure as Canvas

    inked = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    settings: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "insula", "font.size": 9}
    with mpl.rc_context(settings | dict.fromkeys(inked, _INK)):
        found = Drawing(Canvas(figsize=(width, height), layout="constrained"))
        yield found
        page = io.StringIO()
        no_metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        found.canvas.savefig(page, format="svg", transparent=True, metadata=no_metadata)
    svg = page.getvalue()
    found.svg = svg[svg.index("<svg") :].replace(_INK, "currentColor")
