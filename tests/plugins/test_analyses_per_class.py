"""per_class and per_subject: figures that say what metrics.json says."""

import re

import pandas as pd
import pytest

from insula import DataSpec, Results
from insula.evaluation.metrics import summarise
from insula.windows.audit import Audit
from insula_analyses.per_class import PerClass
from insula_analyses.per_subject import PerSubject
from made_index import CLASSES
from made_model import texts
from made_predictions import CLASS_TARGET, NUMBER_TARGET, made_numbers, made_predictions


def results(*parts):
    """Return the results of a run with these (target, predictions)."""
    summaries = {target.name: summarise(rows, target, "subject") for target, rows in parts}
    first = next(iter(summaries.values()))
    return Results(
        config={},
        data=DataSpec({}, {target.name: target for target, _ in parts}),
        index=pd.DataFrame(),
        predictions=pd.DataFrame(),
        folds=[],
        audit=Audit("A", ("new people",)),
        metrics={**first, **({"targets": summaries} if len(parts) > 1 else {})},
        left_out=[],
    )


def test_every_class_is_drawn_with_its_figures_and_its_windows():
    found = results((CLASS_TARGET, made_predictions()))
    section = PerClass()(found)
    (figure,) = section.figures
    rows = found.metrics["per_class"]
    for row in rows:
        assert f"{row['class']} ({row['support']:.6g})" in texts(figure.svg)
        assert (
            f"{row['class']} recall {row['recall']:.2f}, precision {row['precision']:.2f}, f1 {row['f1']:.2f}"
            in figure.alt
        )
    best = max(rows, key=lambda row: row["recall"])
    assert f"emotion: {best['class']} is found most often ({best['recall']:.0%} of its windows)" in section.text


def test_a_class_without_windows_is_said_to_be_undefined():
    rows = made_predictions()
    (figure,) = PerClass()(results((CLASS_TARGET, rows[rows["y"] != CLASSES[0]]))).figures
    assert f"{CLASSES[0]} recall undefined" in figure.alt
    assert "nan" not in figure.svg
    alone = PerClass()(results((CLASS_TARGET, rows[rows["y"] == CLASSES[0]])))
    assert "fewer than two classes" in alone.text


def test_numbers_have_no_classes():
    section = PerClass()(results((NUMBER_TARGET, made_numbers())))
    assert "numbers have no classes" in section.text
    assert not section.figures


def test_people_are_sorted_and_the_worst_tenth_is_marked():
    found = results((CLASS_TARGET, made_predictions(subjects=20)))
    section = PerSubject()(found)
    (figure,) = section.figures
    rows = sorted(found.metrics["per_subject"], key=lambda row: (row["accuracy"], row["subject"]))
    shown = [text for text in texts(figure.svg) if re.fullmatch(r"s\d\d", str(text))]
    assert shown == [row["subject"] for row in rows]
    assert f"accuracy of {rows[0]['subject']} {rows[0]['accuracy']:.2f}, " in figure.alt
    assert "For the 2 people of the worst tenth it is " in section.text
    worst = found.metrics["worst_decile"]["accuracy"]
    assert worst == pytest.approx((rows[0]["accuracy"] + rows[1]["accuracy"]) / 2)
    assert f"worst tenth it is {worst:.2f}" in section.text
    assert {"accuracy", "calibration error"} <= set(texts(figure.svg))


def test_one_person_is_named_and_several_targets_have_a_figure_each():
    found = results((CLASS_TARGET, made_predictions()), (NUMBER_TARGET, made_numbers()))
    section = PerSubject()(found)
    assert len(section.figures) == 2
    assert "CCC of s0" in section.figures[1].alt
    worst = min(found.metrics["per_subject"], key=lambda row: row["accuracy"])
    assert f"For person {worst['subject']} it is {worst['accuracy']:.2f}" in section.text


def test_many_people_have_no_names_and_one_has_no_figure():
    many = PerSubject()(results((CLASS_TARGET, made_predictions(subjects=60, trials=2))))
    assert not [text for text in texts(many.figures[0].svg) if re.fullmatch(r"s\d\d", str(text))]
    one = PerSubject()(results((CLASS_TARGET, made_predictions(1))))
    assert "one person at most" in one.text
    assert not one.figures
