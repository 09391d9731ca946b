"""The tables of a comparison."""

from collections.abc import Mapping

from insula.evaluation.analysis import Table
from insula.report.compared_row import Row
from insula.report.comparison import Comparison, Difference
from insula.report.shown import called

NONE = "–"
WORTH = ("leakage grade", "claim", "seeds")
"""A column each, or said once where it is the same for every row."""


def rows_table(comparison: Comparison) -> Table:
    """Return a line per row: test beside validation, cost, and what the numbers are worth."""
    marks = {each.row: "*" for each in comparison.differences if each.significant}
    lines = [_line(row, comparison, marks.get(row.name, "")) for row in comparison.rows]
    heads = [head for head in lines[0] if any(line[head] != NONE for line in lines)]
    heads = [head for head in heads if head not in WORTH or len({line[head] for line in lines}) > 1]
    return Table(_caption(comparison), heads, [[line[head] for head in heads] for line in lines])


def differences_table(comparison: Comparison) -> Table | None:
    """Return a line for every row that is held against the one, with the outcome in words; None where all are blind."""
    if not comparison.differences or comparison.blind:
        return None
    heads = ["row", "difference [95 %]", "p (Holm)", "effect d_z", "outcome"]
    lines = [[each.row, _ends(each), _p(each.corrected), _effect(each), each.said] for each in comparison.differences]
    return Table(f"{called(comparison.metric)}, each row minus {comparison.against}", heads, lines)


def tests_table(comparison: Comparison) -> Table | None:
    """Return the p values of all tests, as they are, and why one doesn't apply."""
    pairs = [(each.row, each.paired) for each in comparison.differences if each.paired]
    if not pairs:
        return None
    names = list(pairs[0][1].tests)
    lines = [
        [
            row,
            *(_p(pair.tests[name].get("p")) if "p" in pair.tests[name] else pair.tests[name]["why"] for name in names),
        ]
        for row, pair in pairs
    ]
    return Table(f"All tests against {comparison.against}, uncorrected; {names[0]} decides", ["row", *names], lines)


def _caption(comparison: Comparison) -> str:
    return f"{len(comparison.rows)} rows, by {called(comparison.metric)}"


def _line(row: Row, comparison: Comparison, mark: str) -> dict[str, str]:
    score, figure = row.score(comparison.metric), comparison.selection.figure
    validation = comparison.selection.values.get(row.name)
    chosen = " (chosen)" if row.name in comparison.selection.chosen else ""
    return {
        "row": f"{row.name}{chosen}",
        f"{called(comparison.metric)} [95 %]": _score(score) + mark,
        f"{called(figure)}, validation": NONE if validation is None else f"{validation:.3f}",
        "parameters": NONE if row.cost("parameters") is None else f"{row.cost('parameters'):,}",
        "MACs": short(row.cost("macs")),
        "other operations": short(row.cost("elementwise")),
        "training": seconds(row.cost("train_seconds")),
        "latency": NONE if row.cost("latency_ms") is None else f"{row.cost('latency_ms'):.3g} ms",
        "seeds": ", ".join(map(str, row.seeds)),
        "leakage grade": row.metrics["grade"],
        "claim": ", ".join(row.metrics["claim"]) or "none",
    }


def _score(score: Mapping[str, float | None]) -> str:
    if score.get("value") is None:
        return NONE
    ends = "" if score.get("low") is None else f" [{score['low']:.3f}, {score['high']:.3f}]"
    return f"{score['value']:.3f}{ends}"


def _ends(each: Difference) -> str:
    pair = each.paired
    if pair is None or pair.difference != pair.difference:
        return NONE
    ends = f" [{pair.low:+.3f}, {pair.high:+.3f}]" if pair.low == pair.low else ""
    return f"{pair.difference:+.3f}{ends}"


def _p(p: float | None) -> str:
    return NONE if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"


def _effect(each: Difference) -> str:
    effect = each.paired.effects.get("d_z") if each.paired else None
    return NONE if effect is None else f"{effect:+.2f}"


def short(number: float | None) -> str:
    """Return a large number as a person would: ``1.2 M``."""
    if number is None:
        return NONE
    for power, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= power:
            return f"{number / power:.3g} {unit}"
    return f"{number:.3g}"


def seconds(value: float | None) -> str:
    """Return a duration as a person would."""
    if value is None:
        return NONE
    if value < 90:
        return f"{value:.3g} s"
    return f"{value / 60:.3g} min" if value < 5400 else f"{value / 3600:.3g} h"
