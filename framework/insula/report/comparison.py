"""Comparison: runs side by side, which one validation chose, and how the others differ from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from insula.errors import ConfigError, DataError
from insula.evaluation.comparable import apart
from insula.evaluation.paired import Paired, compare_paired, holm
from insula.evaluation.scores import NumberScores
from insula.plugin.manager import nearest
from insula.report.compared_row import Row
from insula.report.selection import Selection, select

ALPHA = 0.05
"""Below it a p value, corrected for their number, says that two rows differ."""


@dataclass(frozen=True, eq=False)
class Difference:
    """How a row differs from the row that all are held against: their difference, or why there is none."""

    row: str
    against: str
    paired: Paired | None
    corrected: float | None
    """The p value after Holm's correction over all rows."""
    why: str = ""
    """Why there is no p value."""

    @property
    def significant(self) -> bool:
        """Whether the rows can be told apart."""
        return self.corrected is not None and self.corrected < ALPHA

    @property
    def said(self) -> str:
        """The outcome in words."""
        if self.paired is None or self.corrected is None:
            return f"can't be tested: {self.why}"
        if not self.significant:
            return f"can't be told apart from {self.against}"
        better = (self.paired.difference > 0) != (self.paired.metric in NumberScores.errors)
        return f"{'better' if better else 'worse'} than {self.against}"


@dataclass(frozen=True, eq=False)
class Comparison:
    """Rows that were measured alike; or rows that weren't, side by side, without tests."""

    rows: Sequence[Row]
    metric: str
    selection: Selection
    """What validation says of every row, and which it chose."""
    apart: Sequence[str]
    """Why the rows aren't comparable, a sentence each; nothing: they are."""
    against: str | None = None
    """The row that the others are held against."""
    differences: Sequence[Difference] = ()

    @property
    def chosen(self) -> str | None:
        """The row that validation chose."""
        return next(iter(self.selection.chosen), None) if not self.apart else None

    @property
    def made_up(self) -> bool:
        """Whether a run's data come from a simulator."""
        return any(row.metrics.get("made_up") for row in self.rows)

    @property
    def blind(self) -> bool:
        """Whether the test rows of every run are closed."""
        return all(row.blind for row in self.rows)


def compare(rows: Sequence[Row], *, metric: str | None = None, against: str | None = None) -> Comparison:
    """Compare rows.

    Parameters
    ----------
    rows
        Two or more.
    metric
        A name in ``metrics``; None: balanced accuracy, or CCC of a number.
    against
        The row that the others are held against: its name, its number from 1, or a folder of its runs; None: the one
        that validation chose, or the first.

    Raises
    ------
    ConfigError
        If there are fewer than two rows, no such metric, or no such row.
    """
    if len(rows) < 2:
        alike = any(len(row.runs) > 1 for row in rows)
        why = " that differ in more than their seeds" if alike else ""
        raise ConfigError(f"a comparison takes two runs, or more{why}: type their folders, or that of a sweep")
    groups = grouped(rows)
    chosen_metric = _metric(rows, metric)
    protocols = {row.name: str(number) for number, group in enumerate(groups) for row in group}
    selection = select({row.name: row.measured for row in rows}, protocols, chosen_metric if metric else None)
    reasons = _reasons(groups)
    wanted = _row(rows, against) if against else None
    if reasons:
        return Comparison(rows, chosen_metric, selection, reasons)
    reference = wanted or next((row for row in rows if row.name in selection.chosen), rows[0])
    differences = differences_from(reference, rows, chosen_metric)
    return Comparison(rows, chosen_metric, selection, (), reference.name, differences)


def grouped(rows: Sequence[Row]) -> list[list[Row]]:
    """Put rows that are comparable together."""
    groups: list[list[Row]] = []
    for row in rows:
        group = next((group for group in groups if not apart(group[0].first, row.first)), None)
        if group is None:
            groups.append([row])
        else:
            group.append(row)
    return groups


def _reasons(groups: Sequence[Sequence[Row]]) -> list[str]:
    first = groups[0][0]
    return [
        f"{first.name} and {group[0].name}: {'; '.join(apart(first.first, group[0].first))}" for group in groups[1:]
    ]


def _metric(rows: Sequence[Row], metric: str | None) -> str:
    first = rows[0]
    known = list(first.metrics["metrics"]) or [name for name in first.metrics.get("validation", {}) if name != "loss"]
    default = "ccc" if first.target.kind == "number" else "balanced_accuracy"
    if metric is not None and metric not in known:
        raise ConfigError(
            f"--metric {metric}: {first.first.folder} has no such metric{nearest(metric, known)}. It has: "
            f"{', '.join(known) or 'none'}"
        )
    return metric or default


def _row(rows: Sequence[Row], wanted: str) -> Row:
    named = {row.name: row for row in rows}
    numbered = {str(number): row for number, row in enumerate(rows, 1)}
    folders = {name: row for row in rows for run in row.runs for name in (str(run.folder), run.folder.name)}
    found = named.get(wanted) or folders.get(wanted.rstrip("/")) or numbered.get(wanted)
    if found is None:
        raise ConfigError(f"--against {wanted}: there is no such row{nearest(wanted, named)}. Rows: {'; '.join(named)}")
    return found


def differences_from(reference: Row, rows: Sequence[Row], metric: str) -> list[Difference]:
    """Hold every other row against one, with p values that are corrected for the number of rows."""
    found: dict[str, Paired | str] = {}
    for row in rows:
        if row is not reference:
            found[row.name] = _paired(row, reference, metric)
    p = {name: pair.p for name, pair in found.items() if isinstance(pair, Paired) and pair.p is not None}
    corrected = dict(zip(p, holm(list(p.values())), strict=True))  # type: ignore[arg-type]
    return [
        Difference(name, reference.name, None, None, pair)
        if isinstance(pair, str)
        else Difference(name, reference.name, pair, corrected.get(name), pair.tests[pair.primary].get("why", ""))
        for name, pair in found.items()
    ]


def _paired(row: Row, reference: Row, metric: str) -> Paired | str:
    """Return the difference of two rows, or why there is none."""
    if closed := [each.name for each in (row, reference) if each.blind]:
        return f"the test rows of {' and of '.join(closed)} are closed"
    sizes = [fold["sizes"] for fold in row.first.metrics["folds"] if fold.get("sizes")]
    trained = sum(size["train"] for size in sizes)
    ratio = sum(size["test"] for size in sizes) / trained if trained else None
    unit = row.first.metrics["unit"]
    try:
        return compare_paired(row.predictions, reference.predictions, row.target, unit, metric=metric, ratio=ratio)
    except DataError as error:
        return str(error)
