"""FoldSummary: the windows of one fold as rows of numbers, which is all that a cheap control looks at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from insula.errors import SplitError
from insula.model.summary import summary_names, window_summary
from insula.specs import DataSpec, SignalSpec, TargetSpec
from insula.training.fold import fold_spec, trained_fold
from insula.training.plan import TrainingPlan
from insula.windows.batch import Batch, StreamBatch
from insula.windows.index import Rows
from insula.windows.protocol import Ints, trained
from insula.windows.split import Fold
from insula.windows.windows import FoldWindows, Windows

AT_ONCE = 64
"""Windows that are read together; of what was read only the summary is kept."""


@dataclass(frozen=True, eq=False)
class FoldSummary:
    """The summaries of a fold's windows, as the preprocessing of its final model makes them.

    Parameters
    ----------
    rows
        The index with its labels, as the fold sees them.
    train
        The rows that the final model learns from, those of a refit and of an adaptation included.
    test
        The rows under test.
    data
        The streams as static vectors, and the targets.
    values
        Stream to ``(windows, features)``: :func:`insula.window_summary`, NaN where undefined.
    place
        Row of the index to its place in ``values``.
    """

    rows: Rows
    train: Ints
    test: Ints
    data: DataSpec
    values: Mapping[str, Float[Tensor, "windows features"]]
    place: Ints

    def labelled(self, target: TargetSpec) -> tuple[Ints, Ints]:
        """Return the training and test rows that have a label for a target."""
        known = np.array([value is not None for value in self.rows.targets[target.name]])
        return self.train[known[self.train]], self.test[known[self.test]]

    def table(self, rows: Ints, streams: Sequence[str] | None = None) -> Float[np.ndarray, "rows features"]:
        """Return the summaries of rows, streams side by side (None: all)."""
        places = torch.from_numpy(self.place[rows])
        return torch.cat([self.values[name][places] for name in streams or self.values], dim=1).numpy()

    def batch(self, rows: Ints, target: TargetSpec) -> Batch:
        """Return rows as an architecture takes them: every stream as a static vector."""
        places, streams, present = torch.from_numpy(self.place[rows]), {}, {}
        for name, values in self.values.items():
            x = values[places].unsqueeze(2)
            valid = ~x.isnan()
            there = valid.any(dim=1).squeeze(1)
            streams[name] = StreamBatch(x.nan_to_num(0.0), valid, there.long(), there.float().unsqueeze(1))
            present[name] = there
        labels = [self.rows.targets[target.name][row] for row in rows]
        blank = np.zeros(target.output_size, np.float32)
        known = torch.from_numpy(np.stack([blank if label is None else label for label in labels]))
        has = torch.tensor([label is not None for label in labels])
        numbers = torch.from_numpy(np.asarray(rows, np.int64))
        return Batch(streams, present, {target.name: known}, {target.name: has}, numbers, torch.arange(len(rows)))


class Summariser:
    """Gathers the summaries of folds, one fold after the other; where nothing is fitted on a fold, once for all.

    Parameters
    ----------
    plan
        How the run trains: a refit changes what preprocessing is fitted on.
    windows
        Of the run.
    """

    def __init__(self, plan: TrainingPlan, windows: Windows) -> None:
        self.plan, self.windows = plan, windows
        steps = [step for stream in windows.streams.values() for step in stream.plan.steps]
        self._same = not any(step.scope == "train" for step in steps)
        self._kept: tuple[dict[str, Tensor], np.ndarray] | None = None

    def __call__(self, fold: Fold) -> FoldSummary:
        """Return the summaries of a fold.

        Raises
        ------
        SplitError
            If per-fold steps have refused all training or test windows.
        """
        final = trained_fold(self.plan, self.windows, fold)
        fitted = self.windows.fit(final)
        rows = np.unique(np.concatenate([final.train, final.adapt, final.test]))
        if self._same:
            rows = np.arange(len(self.windows.rows.index))
        if not self._same or self._kept is None:
            self._kept = _gathered(fitted, rows, fold_spec(fitted, final, self.plan.options))
        values, usable = self._kept
        place = np.full(len(self.windows.rows.index), -1)
        place[rows] = np.arange(len(rows))
        final = final.each(lambda several: several[usable[place[several]]])
        if not len(final.train) or not len(final.test):
            raise SplitError(f"no {'test' if len(final.train) else 'training'} window is left to summarise")
        data = fold_spec(fitted, final, self.plan.options)
        own = replace(data, streams={name: _static(spec) for name, spec in data.streams.items()})
        return FoldSummary(fitted.windows.rows, trained(final), final.test, own, values, place)


def _gathered(fitted: FoldWindows, rows: Ints, data: DataSpec) -> tuple[dict[str, Tensor], np.ndarray]:
    """Return the summaries of rows by stream, and which rows have any stream left."""
    parts: dict[str, list[Tensor]] = {name: [] for name in data.streams}
    there = []
    for batch in _batches(fitted, rows, data):
        for name, part in window_summary(batch, data.streams).items():
            parts[name].append(part)
        there.append(torch.stack(list(batch.present.values())).any(dim=0))
    for stream in fitted.streams.values():
        stream.forget()
    return {name: torch.cat(several) for name, several in parts.items()}, torch.cat(there).numpy()


def _batches(fitted: FoldWindows, rows: Ints, data: DataSpec) -> Iterator[Batch]:
    return fitted.batches(list(map(int, rows)), data, AT_ONCE)


def _static(spec: SignalSpec) -> SignalSpec:
    names = summary_names(spec)
    return SignalSpec(names, ("1",) * len(names), 0.0, 1, static=True)
