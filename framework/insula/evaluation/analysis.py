"""Analysis and Section: what a report is made of."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from insula.evaluation.results import Results


@dataclass(frozen=True)
class Table:
    """A table of a report: a caption, column heads and rows of strings and numbers."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Figure:
    """A figure of a report: SVG text, with a caption and a description for those who can't see it."""

    caption: str
    svg: str
    alt: str


@dataclass(frozen=True)
class Section:
    """One part of a report.

    ``text`` is paragraphs of plain text, ``values`` goes into ``metrics.json`` under the analysis's name.
    """

    title: str
    text: str = ""
    tables: Sequence[Table] = ()
    figures: Sequence[Figure] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


class Analysis(ABC):
    """Makes a section of the report from the results of a run. Its constructor takes, after ``*``, its options."""

    reads_test: ClassVar[bool] = True
    """False: it looks at no test row, neither predictions nor windows, so that a blind run may show it."""

    @abstractmethod
    def __call__(self, results: Results) -> Section:
        """Return the section; a figure that tells a story shows the untrained network's beside it."""

    @classmethod
    def across(cls, values: Mapping[str, Mapping[str, Any]]) -> Section | None:
        """Return what the page of a study shows of this analysis in several rows; None: nothing.

        ``values`` is the name of a row to the ``values`` of its section, as ``metrics.json`` has them.
        """
        return None
