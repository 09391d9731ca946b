"""The sentences that say what a comparison is worth."""

from insula.evaluation.metrics import PLURAL
from insula.evaluation.paired import Paired
from insula.report.comparison import ALPHA, Comparison
from insula.report.shown import called

WITHOUT = "the split gave no validation rows, or they share something with the test rows"
"""Why a row has no validation figure."""


def notes(comparison: Comparison) -> list[str]:
    """Return what is to be said beside the tables, a sentence or two each."""
    found = [*_apart(comparison), *_chosen(comparison), *_tested(comparison), *_same(comparison), *_seeds(comparison)]
    if closed := [row.name for row in comparison.rows if row.blind]:
        who = "every row" if comparison.blind else ", ".join(closed)
        found.append(f"The test rows of {who} are closed; insula evaluate opens them.")
    if any(row.cost("macs") is not None for row in comparison.rows):
        found.append(
            "MACs: multiply-accumulates of one window of median length, in matrix products and convolutions; "
            "other operations: the numbers computed one by one, the main cost of some cells. Training: of one "
            "model, the mean over folds and seeds; latency: of one window on one thread of the CPU; both on the "
            "machine of the run."
        )
    return found


def _apart(comparison: Comparison) -> list[str]:
    return [f"Not comparable, and so without tests. {'. '.join(comparison.apart)}."] if comparison.apart else []


def _chosen(comparison: Comparison) -> list[str]:
    selection, count = comparison.selection, len(comparison.rows)
    found = []
    for name, rivals in selection.chosen.items():
        said = (
            f"Validation chose {name}: {called(selection.figure)} {selection.values[name]:.3f} is the best of {rivals}"
        )
        ties = selection.ties.get(name)
        tied = f" (tied with {', '.join(ties)}; the first is taken)" if ties else ""
        found.append(f"{said}{tied}, and flatters; test values had no part in the choice.")
    if not selection.values:
        found.append(f"No row has a validation figure, so none is chosen: {WITHOUT}.")
    elif lacking := [row.name for row in comparison.rows if row.name not in selection.values]:
        found.append(f"Without a validation figure: {', '.join(lacking)}: {WITHOUT}.")
    if not comparison.blind:
        found.append(f"The best test value of {count} rows is the best of {count}: as a result it flatters.")
    return found


def _tested(comparison: Comparison) -> list[str]:
    tested = [each for each in comparison.differences if each.corrected is not None]
    if not tested:
        return []
    pair = next(each.paired for each in tested if each.paired)
    return [
        f"A * says p < {ALPHA:g} against {comparison.against}, by {pair.primary} over {_units(pair)}, after "
        f"Holm's correction for {len(tested)}. A difference that can't be told isn't equality: the interval says how "
        "large it may be."
    ]


def _same(comparison: Comparison) -> list[str]:
    rows = comparison.rows
    found = []
    if len({(row.metrics["grade"], tuple(row.metrics["claim"])) for row in rows}) == 1:
        claim = ", ".join(rows[0].metrics["claim"]) or "none"
        found.append(f"Leakage grade of every row: {rows[0].metrics['grade']}; claim: {claim}.")
    overs = {row.metrics.get("over") for row in rows if not row.blind}
    if len(overs) == 1 and (over := next(iter(overs))):
        found.append(f"Intervals (95 %) are over {over}.")
    return found


def _seeds(comparison: Comparison) -> list[str]:
    if all(len(row.seeds) == 1 for row in comparison.rows):
        return []
    same = len({tuple(row.seeds) for row in comparison.rows}) == 1
    what = f"Seeds {', '.join(map(str, comparison.rows[0].seeds))} of every row" if same else "The seeds of a row"
    more = "" if same else " Rows have different numbers of them, or others."
    return [f"{what} are averaged within units first: they make no interval narrower.{more}"]


def _units(pair: Paired) -> str:
    return f"{pair.units} {PLURAL.get(pair.unit, f'{pair.unit}s')}"
