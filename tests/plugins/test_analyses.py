"""metrics and confusion: tables and a figure that say what the predictions say."""

import re
import xml.etree.ElementTree as ElementTree

import pandas as pd
import pytest

from insula import DataSpec, Results
from insula.evaluation.metrics import summarise
from insula.windows.audit import Audit
from insula_analyses.confusion import Confusion
from insula_analyses.metrics import Metrics
from made_index import CLASSES
from made_predictions import CLASS_TARGET, NUMBER_TARGET, made_numbers, made_predictions


def results(*parts):
    """Return the results of a run with these (target, predictions)."""
    summaries = {target.name: summarise(rows, target, "subject") for target, rows in parts}
    first = next(iter(summaries.values()))
    return Results(
        config={},
        data=DataSpec({}, {target.name: target for target, _ in parts}),
        index=pd.DataFrame(),
        predictions=pd.concat([rows for _, rows in parts], ignore_index=True),
        folds=[],
        audit=Audit("A", ("new people",)),
        metrics={**first, **({"targets": summaries} if len(parts) > 1 else {})},
        left_out=[],
        unit="subject",
    )


def test_tables_of_a_target_with_classes():
    found = results((CLASS_TARGET, made_predictions(seeds=2)))
    section = Metrics()(found)
    assert [table.caption for table in section.tables] == ["held-out windows", "per class", "per subject", "per fold"]
    headline, per_class, per_subject, per_fold = section.tables
    assert headline.rows[0][0] == "accuracy (WA)"
    entry = found.metrics["metrics"]["accuracy"]
    assert headline.rows[0][1] == f"{entry['value']:.3f} [{entry['low']:.3f}, {entry['high']:.3f}]"
    assert [row[0] for row in per_class.rows] == list(CLASSES)
    assert (len(per_subject.rows), len(per_fold.rows)) == (11, 10)
    assert per_subject.rows[-1][0] == "the worst tenth"
    assert per_fold.columns[:4] == ["fold", "seed", "windows", "accuracy (WA)"]
    assert per_subject.rows[0][:2] == ["s00", "24"]
    assert "over 10 people, never over windows" in section.text
    assert all(len(row) == len(table.columns) for table in section.tables for row in table.rows)


def test_decimals():
    section = Metrics(digits=1)(results((CLASS_TARGET, made_predictions())))
    assert re.fullmatch(r"0\.\d \[0\.\d, 0\.\d\]", section.tables[0].rows[0][1])


def test_several_targets_and_numbers():
    section = Metrics()(results((CLASS_TARGET, made_predictions()), (NUMBER_TARGET, made_numbers())))
    captions = [table.caption for table in section.tables]
    assert captions[4:] == ["valence: held-out windows", "valence: per subject", "valence: per fold"]
    assert [row[0] for row in section.tables[4].rows] == ["CCC", "Pearson's r", "RMSE", "mean absolute error"]


def test_one_person_has_no_interval():
    section = Metrics()(results((CLASS_TARGET, made_predictions(1))))
    assert "one subject is too few for an interval" in section.text
    assert section.tables[0].rows[0][1].count("[") == 0
    assert section.tables[0].rows[0][3].endswith("± –")


def texts(svg):
    namespace = {"svg": "http://www.w3.org/2000/svg"}
    return [element.text for element in ElementTree.fromstring(svg).iterfind(".//svg:text", namespace)]


@pytest.mark.parametrize(("normalize", "axis"), [("true", 1), ("pred", 0), ("all", None)])
def test_confusion_counts_and_percentages(normalize, axis):
    from sklearn.metrics import confusion_matrix

    rows = made_predictions()
    said = rows[[f"p_{name}" for name in CLASSES]].to_numpy().argmax(axis=1)
    wanted = confusion_matrix(rows["y"], [CLASSES[i] for i in said], labels=CLASSES)
    section = Confusion(normalize=normalize)(results((CLASS_TARGET, rows)))
    assert section.values["emotion"] == wanted.tolist()
    shown = texts(section.figures[0].svg)
    total = wanted.sum(axis=axis)[0] if axis is not None else wanted.sum()
    assert f"{wanted[0, 0] / total:.0%}" in shown
    assert {str(count) for count in wanted.ravel()} <= set(shown)
    assert {*CLASSES, "predicted", "true"} <= set(shown)
    assert f"anger {wanted[0, 0] / total:.0%}" in section.figures[0].alt


def test_confusion_averages_seeds():
    rows = made_predictions()
    twice = pd.concat([rows, rows.assign(seed=1)])
    one, two = (Confusion()(results((CLASS_TARGET, part))).values["emotion"] for part in (rows, twice))
    assert one == two


def test_the_figure_reads_in_light_and_dark_and_is_the_same_each_time():
    found = results((CLASS_TARGET, made_predictions()))
    svg = Confusion()(found).figures[0].svg
    assert svg.startswith("<svg")
    assert "currentColor" in svg
    assert "#ffffff" not in svg
    assert "#000000" not in svg
    assert svg == Confusion()(found).figures[0].svg


def test_confusion_of_numbers_only_and_of_a_class_that_never_occurs():
    assert "needs classes" in Confusion()(results((NUMBER_TARGET, made_numbers()))).text
    rows = made_predictions()
    section = Confusion()(results((CLASS_TARGET, rows[rows["y"] != "joy"])))
    assert section.values["emotion"][1] == [0, 0, 0, 0]
    assert "nan" not in section.figures[0].svg
