"""Boxes: a drawing of named boxes in columns and rows, with arrows from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from insula import Drawing, drawing

ROW, HEIGHT, GAP, HEAD = 0.6, 0.46, 0.42, 0.3
"""Inches from row to row, of a box's height, between columns, and for the columns' titles."""
TITLE, BELOW = 9.0, 7.5
"""Sizes of letters in points."""


@dataclass(frozen=True)
class Box:
    """A box: its name, what stands below it, and where it stands.

    Parameters
    ----------
    title, below
        Its two lines.
    column
        Which column, from 0.
    row
        Which row, from 0; of several that it spans, their middle.
    rows
        How many rows it spans.
    """

    title: str
    below: str
    column: int
    row: float
    rows: int = 1

    @property
    def width(self) -> float:
        """Inches that its text needs."""
        return 0.2 + max(_inches(self.title, TITLE, "bold"), _inches(self.below, BELOW, "normal"))


@dataclass(frozen=True)
class Arrow:
    """An arrow along a row from one column to another, with a word above it."""

    start: int
    end: int
    row: float
    word: str = ""


def draw(boxes: Sequence[Box], arrows: Sequence[Arrow], heads: Sequence[str], colours: Sequence[str]) -> Drawing:
    """Draw boxes and arrows; columns are as wide as their boxes need, and one without a box takes no place.

    Parameters
    ----------
    boxes, arrows
        What to draw.
    heads, colours
        Title and colour of every column.
    """
    widths = [max((box.width for box in boxes if box.column == column), default=-GAP) for column in range(len(heads))]
    lefts = [sum(widths[:column]) + column * GAP for column in range(len(heads))]
    height = HEAD + ROW * (max(box.row + box.rows / 2 for box in boxes) + 0.5)
    with drawing(lefts[-1] + widths[-1], height) as it:
        it.canvas.set_layout_engine("none")
        axes = it.canvas.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set(xlim=(-0.02, lefts[-1] + widths[-1] + 0.02), ylim=(height, 0))
        axes.set_axis_off()
        for head, left, width in zip(heads, lefts, widths, strict=True):
            if width > 0:
                axes.text(left + width / 2, HEAD / 2, head, ha="center", va="center", fontsize=8, alpha=0.7)
        for arrow in arrows:
            _draw_arrow(axes, arrow, lefts[arrow.start] + widths[arrow.start], lefts[arrow.end])
        for box in boxes:
            _draw_box(axes, box, lefts[box.column], widths[box.column], colours[box.column])
    return it


def _draw_box(axes: Any, box: Box, left: float, width: float, colour: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    middle, height = _place(box.row), HEIGHT + (box.rows - 1) * ROW
    corner, shape = (left, middle - height / 2), "round,pad=0,rounding_size=0.06"
    for look in ({"alpha": 0.16, "lw": 0, "fc": colour}, {"fc": "none", "ec": colour, "lw": 1.2}):
        axes.add_patch(FancyBboxPatch(corner, width, height, boxstyle=shape, **look))
    centre = left + width / 2
    about = {"ha": "center", "va": "center"}
    axes.text(centre, middle - 0.085, box.title, fontsize=TITLE, weight="bold", **about)
    axes.text(centre, middle + 0.105, box.below, fontsize=BELOW, **about)


def _draw_arrow(axes: Any, arrow: Arrow, left: float, right: float) -> None:
    import matplotlib as mpl

    ink, y = mpl.rcParams["text.color"], _place(arrow.row)
    look = {"arrowstyle": "-|>", "color": ink, "lw": 0.9, "mutation_scale": 8, "shrinkA": 0, "shrinkB": 1}
    axes.annotate("", (right, y), (left, y), arrowprops=look)
    axes.text(right - GAP / 2 - 0.03, y - 0.04, arrow.word, fontsize=BELOW, ha="center", va="bottom")


def _place(row: float) -> float:
    return HEAD + (row + 0.5) * ROW


def _inches(text: str, size: float, weight: str) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    return TextPath((0, 0), text, prop=FontProperties(size=size, weight=weight)).get_extents().width / 72 if text else 0
