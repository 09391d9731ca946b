"""The page of a comparison, and the sections that a study's page shares with it."""

from pathlib import Path

import insula
from insula.errors import DataError
from insula.evaluation.analysis import Section
from insula.evaluation.ranks import critical_difference, rank_figure, scores_per_unit
from insula.evaluation.scores import NumberScores
from insula.report.comparison import Comparison
from insula.report.comparison_notes import notes
from insula.report.comparison_tables import differences_table, rows_table, tests_table
from insula.report.cost_figure import cost_figure
from insula.report.curves import curves
from insula.report.render import render, write
from insula.report.shown import called

SMALLER = NumberScores.errors
"""Metrics that are better when small."""


def write_comparison(comparison: Comparison, path: Path) -> None:
    """Write the page: one self-contained file."""
    training = curves({row.name: row.measured for row in comparison.rows})
    page = {
        "title": f"{len(comparison.rows)} rows by {called(comparison.metric)}",
        "made_up": comparison.made_up,
        "rows_table": rows_table(comparison),
        "notes": notes(comparison),
        "sections": [*differences_sections(comparison), *([training] if training else [])],
        "rows": {row.name: [str(run.folder) for run in row.runs] for row in comparison.rows},
        "version": insula.__version__,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, lambda part: part.write_text(render("comparison.html", page), encoding="utf-8"))


def differences_sections(comparison: Comparison, title: str = "") -> list[Section]:
    """Return what differs, what it costs, and the ranks: as far as rows are comparable and known.

    Parameters
    ----------
    comparison
        Of two rows or more.
    title
        What tells this comparison from others on the page.
    """
    of = f": {title}" if title else ""
    found = []
    tables = [table for table in (differences_table(comparison), tests_table(comparison)) if table]
    if tables:
        found.append(Section(f"Differences{of}", _WHAT.format(against=comparison.against), tables))
    if figure := cost_figure(comparison):
        found.append(Section(f"What it costs{of}", _COST, figures=[figure]))
    return [*found, *_ranks(comparison, of)]


_WHAT = (
    "Every row minus {against}, on the same test rows. The intervals are of single differences; p values are corrected "
    "for their number after Holm, so that an interval may leave out 0 where the corrected p value doesn't decide. Two "
    "rows that can't be told apart aren't shown to be equal."
)
_COST = (
    "Top left is best (of errors: bottom left). Parameters and the multiply-accumulates of a window of median length "
    "don't depend on the machine; the seconds of training and the latency do."
)


def _ranks(comparison: Comparison, of: str) -> list[Section]:
    """Return mean ranks with the critical difference, or the reason why there are none."""
    if comparison.apart or len(comparison.rows) < 3 or any(row.blind for row in comparison.rows):
        return []
    rows, metric = comparison.rows, comparison.metric
    unit = rows[0].metrics["unit"]
    try:
        scores = scores_per_unit({row.name: row.predictions for row in rows}, rows[0].target, unit, metric)
        found = critical_difference(scores, unit, smaller_is_better=metric in SMALLER)
    except DataError as error:
        return [Section(f"Ranks{of}", f"There is no figure of critical differences: {error}.")]
    text = "Rows are ranked within every unit that was held out, whatever their distance there."
    return [Section(f"Ranks{of}", text, figures=[rank_figure(found, called(metric))])]
