"""What the rows of a study differ in beyond chance: its page's share of a comparison."""

import logging
from collections.abc import Mapping
from pathlib import Path

from insula.errors import ConfigError, DataError
from insula.evaluation.analysis import Section
from insula.evaluation.finished import FinishedRun
from insula.report.compared_row import rows_of
from insula.report.comparison import compare, grouped
from insula.report.comparison_notes import notes
from insula.report.comparison_page import differences_sections
from insula.report.difference import names_of

log = logging.getLogger("insula")


def compared(names: Mapping[Path, str]) -> list[Section]:
    """Return tests, costs and ranks of the rows that are comparable, one protocol after the other.

    Parameters
    ----------
    names
        The folders of finished runs, with the names of their rows.
    """
    try:
        groups = grouped(rows_of([FinishedRun.of(folder) for folder in names], names))
    except (ConfigError, DataError) as error:
        log.warning("the rows can't be compared: %s", error)
        return []
    firsts = [group[0].first for group in groups]
    titles = names_of([run.config for run in firsts], [run.folder.name for run in firsts]) if len(groups) > 1 else [""]
    found: list[Section] = []
    for title, group in zip(titles, groups, strict=True):
        if len(group) > 1:
            comparison = compare(group)
            for number, section in enumerate(differences_sections(comparison, title)):
                text = "\n\n".join([section.text, *notes(comparison)]) if number == 0 else section.text
                found.append(Section(section.title, text, section.tables, section.figures))
    return found
