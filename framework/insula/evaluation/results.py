"""Results: all that an analysis may look at."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from insula.model.fusion import Fused
from insula.model.network import StreamsAndFusion
from insula.specs import DataSpec
from insula.types import LeftOut, Signal
from insula.windows.audit import Audit
from insula.windows.batch import Batch
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
