"""Results: all that an analysis may look at."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from insula.evaluation.drop import Drops
from insula.evaluation.metrics import summarise
from insula.evaluation.predict import predict_rows, with_families
from insula.evaluation.scores import scores_for
from insula.model.fusion import Fused
from insula.model.network import StreamsAndFusion
from insula.specs import DataSpec
from insula.types import LeftOut, Signal
from insula.windows.audit import Audit
from insula.windows.batch import Batch
from insula.windows.perturbed import Change
from insula.windows.split import Fold


@dataclass(frozen=True, eq=False)
class Trace:
    """What a model makes of one batch: per stream the steps after the cell and where they are real, and the outputs."""

    steps: Mapping[str, Tensor]
    masks: Mapping[str, Tensor]
    fused: Fused


@dataclass(frozen=True, eq=False)
class FoldResult:
    """One fold of one seed: who was where, how training went, and the models, built when asked for."""

    seed: int
    number: int
    fold: Fold
    history: pd.DataFrame
    model: Callable[[], nn.Module]
    """Returns the trained model, in eval mode."""
    untrained: Callable[..., nn.Module]
    """Returns the same model as it was before training; ``untrained(1)``, ``(2)``, ... with other initial weights."""
    batches: Callable[[str], Iterator[Batch]]
    """Yields the windows of a role (``train``, ``validation``, ``test``), prepared as this fold prepares them."""
    summary: Mapping[str, Any] = field(default_factory=dict)
    perturbed: Callable[[str, Change], Iterator[Batch]] = lambda role, change: iter(())
    """Yields the windows of a role as ``batches`` does, each signal changed before the feature steps, which are as they
    were fitted without it: ``change(stream, signal, rng)`` returns the other signal, or None where the stream is to be
    missing. ``rng`` is a function of (seed, fold, row, modality), so that two strengths of one change make the same
    draws. A window whose changed signal a step refuses lacks the stream."""

    def trace(self, batch: Batch, model: nn.Module | None = None) -> Trace:
        """Run a model (None: the trained one) on a batch and keep the step outputs of every stream."""
        model = model or self.model()
        assert isinstance(model, StreamsAndFusion)
        with torch.no_grad():
            found = {name: path.steps(batch.streams[name], batch.present[name]) for name, path in model.paths.items()}
            fused = model(batch)
        return Trace(
            {name: steps for name, (steps, _) in found.items()},
            {name: mask for name, (_, mask) in found.items()},
            fused,
        )


@dataclass(frozen=True, eq=False)
class Results:
    """A finished run.

    ``config`` is the composed run as plain values; ``index`` has one row per window; ``predictions`` has the columns of
    ``predictions.parquet`` (``fold, seed, dataset, subject, session, recording, trial, stimulus, t0, t1, target, y,
    p_<class>``); ``metrics`` is what ``metrics.json`` will hold.
    """

    config: Mapping[str, Any]
    data: DataSpec
    index: pd.DataFrame
    predictions: pd.DataFrame
    folds: Sequence[FoldResult]
    audit: Audit
    metrics: Mapping[str, Any]
    left_out: Sequence[LeftOut]
    remarks: Sequence[str] = ()
    """What the dataset remarked on the corpus as it was found."""
    undefined: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Stream and channel (or feature) to the share of its values in windows that are undefined, where there are any."""
    notes: Mapping[str, Mapping[str, Sequence[float]]] = field(default_factory=dict)
    """Stream and note to what readers and steps noted of each recording, 0 where they didn't."""
    stages: Callable[[str], Sequence[tuple[str, Signal]]] = lambda stream: []
    """Returns a stream's first recording as read (``raw``) and after every step of its ``signal`` chain."""
    unit: str = "trial"
    """The column that the protocol holds out: intervals are over its values."""

    def predict(self, fold: FoldResult, batches: Iterable[Batch]) -> pd.DataFrame:
        """Return what a fold's trained model says of windows, as rows of ``predictions``."""
        return predict_rows(fold.model(), batches, self.data, self.index, fold=fold.number, seed=fold.seed)

    def score(self, predictions: pd.DataFrame, target: str) -> dict[str, dict[str, float | None]]:
        """Return ``value, low, high`` of every metric of a target, of these predictions in the place of the run's."""
        return summarise(self._of(predictions, target), self.data.targets[target], self.unit)["metrics"]

    def fall(self, predictions: pd.DataFrame, others: pd.DataFrame, target: str) -> dict[str, float | None]:
        """Return ``value, low, high`` of how much better predictions are than others of the same rows, in their order.

        By balanced accuracy, or CCC of numbers; the interval is of the difference, over what the protocol holds out.
        """
        spec = self.data.targets[target]
        _, said = scores_for(spec).vectors(self._of(others, target))
        return Drops(self._of(predictions, target), spec, self.unit).of([said])

    def _of(self, predictions: pd.DataFrame, target: str) -> pd.DataFrame:
        return with_families(predictions.loc[predictions["target"] == target], self.index)
