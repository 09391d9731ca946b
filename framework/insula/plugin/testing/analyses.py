"""Analyses: checks of an Analysis."""

import json
from typing import Any

from insula.evaluation.analysis import Section
from insula.evaluation.results import Results
from insula.plugin.testing.results import example_results
from insula.plugin.testing.specimen import Specimen, Tested
from insula.report.page import plain


def check_analysis(component: Tested, *, results: Results | None = None, **options: Any) -> None:
    """Check an analysis against its contract, on ``results`` or on a made-up run of two folds and two targets."""
    specimen = Specimen("analyses", component, (), options)
    given = results or example_results()
    before = given.predictions.copy(), given.index.copy()
    with specimen.trying("constructing it"):
        analysis = specimen.build()
    with specimen.trying("a made-up run"):
        section = analysis(given)
    specimen.expect(isinstance(section, Section), f"it returned {type(section).__name__}, not an insula.Section.")
    specimen.expect(
        before[0].equals(given.predictions) and before[1].equals(given.index),
        "it changed the results. Work on copies of the tables.",
    )
    _check_section(specimen, section)
    specimen.expect(
        as_json(section) == as_json(analysis(given)),
        "asked twice it gives other values. Draw from a generator with a fixed seed.",
    )


def as_json(section: Section) -> str:
    """Return the section's values as ``metrics.json`` will hold them."""
    return json.dumps(plain(section.values), sort_keys=True)


def _check_section(specimen: Specimen, section: Section) -> None:
    specimen.expect(bool(section.title), "its section has no title.")
    specimen.expect(
        bool(section.text or section.tables or section.figures),
        "its section says nothing: no text, no table, no figure.",
    )
    try:
        as_json(section)
    except (TypeError, ValueError) as error:
        raise AssertionError(
            f"{specimen.name}: its values can't go into metrics.json: {error}. Use numbers, strings, lists and dicts."
        ) from error
    for table in section.tables:
        widths = {len(row) for row in table.rows} - {len(table.columns)}
        specimen.expect(
            bool(table.caption) and not widths,
            f"the table {table.caption!r} has {len(table.columns)} columns and rows of {sorted(widths)} cells, or no "
            "caption.",
        )
    for figure in section.figures:
        specimen.expect(
            "<svg" in figure.svg, f"the figure {figure.caption!r} isn't SVG text. Save it with format='svg'."
        )
        specimen.expect(
            bool(figure.caption and figure.alt),
            "a figure has no caption or no alt text. Describe it for those who can't see it.",
        )
