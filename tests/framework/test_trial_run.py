"""What a run in small says of the cost of the whole."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from insula import Fold
from insula.cost import Cost
from insula.training.options import AdaptOptions, TrainingOptions
from insula.trial_run import _told, _training
from insula.types import LeftOut
from insula.windows.index import Rows

TIMES = Cost(train=1.0, evaluate=0.1, windows=10)
FOLD = Fold(np.arange(60), validation=np.arange(60, 80), test=np.arange(80, 100))


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        ({}, 6 + 0.2),
        ({"select_on": "test"}, 6 + 0.2),
        ({"refit": "train+validation"}, 6 + 0.2 + 8),  # a second training, on both sets
    ],
)
def test_training_counts_every_pass_of_an_epoch(options, seconds):
    likely = Rows(pd.DataFrame({"row": range(100)}), [], {}, [])
    looked = Fold(np.arange(50))  # of half the trials, as many windows as expected
    given = TrainingOptions(epochs=3, batch_size=10, **options)
    assert _training(TIMES, [FOLD, FOLD], likely, looked, 2.0, given) == pytest.approx(2 * 3 * seconds)


def test_adaptation_counts_where_its_labels_may_be_used():
    likely, looked = Rows(pd.DataFrame({"row": range(100)}), [], {}, []), Fold(np.arange(50))
    given = TrainingOptions(epochs=3, batch_size=10, adapt=AdaptOptions(epochs=7))
    folds = [replace(FOLD, adapt=np.arange(80, 100), adapt_labels=labels) for labels in (True, False)]
    plain = _training(TIMES, [FOLD, FOLD], likely, looked, 2.0, given)
    assert _training(TIMES, folds, likely, looked, 2.0, given) - plain == pytest.approx(7 * 2)


def test_what_is_left_out_beyond_ten_is_counted():
    items = [LeftOut(f"file {number}", "it is empty") for number in range(13)]
    assert _told(items[:10]) == [f"left out: file {number}: it is empty" for number in range(10)]
    assert _told(items)[9:] == ["left out: file 9: it is empty", "left out: 3 more, which the report of a run lists"]
