"""Which columns of a manifest are labels, and of which kind."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from insula import DataError, Label, Target

MISSING = ("", "nan", "NaN", "NA", "N/A", "n/a")
BOOLEANS = ({"false", "true"}, {"no", "yes"})


@dataclass(frozen=True, eq=False)
class Column:
    """A label column: what is predicted, and the label of every row (None where it is missing)."""

    target: Target
    labels: Sequence[Label]


def label_columns(
    cells: pd.DataFrame, free: Sequence[str], *, labels: Sequence[str], numbers: Sequence[str], max_classes: int
) -> dict[str, Column]:
    """Find the label columns among the free ones, ``emotion`` first, else in the manifest's order.

    A column is

    1. a number, if ``numbers`` names it; classes, if ``labels`` names it;
    2. where ``numbers`` is empty: a number, if all its values are numbers and they aren't few whole ones;
    3. where ``labels`` is empty: classes, if it has 2 to ``max_classes`` distinct values (a truth value, true/false or
       yes/no, is binary);
    4. else no label.

    Raises
    ------
    DataError
        If a named column isn't there, or can't be what it is named as.
    """
    for name in (*labels, *numbers):
        if name not in free:
            raise DataError(
                f"there is no label column {name!r}; the columns that can be labels are: {', '.join(free) or 'none'}"
            )
    found: dict[str, Column] = {}
    for name in sorted(free, key=lambda name: name != "emotion"):
        texts = [None if text in MISSING else text for text in cells[name]]
        distinct = {text for text in texts if text is not None}
        if name in numbers or (name not in labels and not numbers and _continuous(distinct, max_classes)):
            found[name] = Column(Target("number"), [None if text is None else _number(name, text) for text in texts])
        elif name in labels or (not labels and 2 <= len(distinct) <= max_classes):
            found[name] = _classes(name, texts, distinct)
    return found


def _continuous(distinct: set[str], max_classes: int) -> bool:
    """Whether values are numbers, and not a few whole ones."""
    try:
        numbers = [float(text) for text in distinct]
    except ValueError:
        return False
    return len(numbers) > max_classes or any(not number.is_integer() for number in numbers)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise DataError(f"the column {name!r} is to hold numbers, but one of its values is {text!r}") from None


def _classes(name: str, texts: Sequence[str | None], distinct: set[str]) -> Column:
    if len(distinct) < 2:
        raise DataError(
            f"the label column {name!r} has {len(distinct)} distinct values; a model needs two to tell apart"
        )
    if {text.lower() for text in distinct} in BOOLEANS:
        texts = [text and text.lower() for text in texts]
        return Column(Target("binary", tuple(sorted({text.lower() for text in distinct}))), texts)
    return Column(Target("classes", tuple(sorted(distinct))), texts)
