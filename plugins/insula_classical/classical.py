"""Classical: an architecture of one classical model per target, on the features of a window."""

from collections.abc import Iterable

import torch
from torch import nn

from insula import Architecture, Batch, ConfigError, DataSpec, Fused, Parts, TrainingError
from insula_classical.window_features import Inputs, WindowFeatures


class Classical(Architecture):
    """One classical model per target; encoders, cells, poolings and the fusion head of the run aren't used.

    The embedding is what the models see of a window: its features as z-scores.

    Parameters
    ----------
    inputs
        What a window is to the model: ``mean_std``, mean and standard deviation of every channel over its defined
        samples (of a static stream its values); or ``flattened``, all samples, which needs windows of one length.
    """

    models: nn.ModuleList
    """One per target, from its constructor: ``fit(rows, labels)`` learns, a call returns the outputs."""

    def __init__(self, data: DataSpec, parts: Parts, *, inputs: Inputs) -> None:
        super().__init__(data, parts)
        self.features = WindowFeatures(data.streams, inputs)

    def fit(self, batches: Iterable[Batch]) -> None:
        """Fit every target's model to the windows that have a label for it.

        Raises
        ------
        TrainingError
            If no window has a label for a target.
        """
        measured, labels = [], {name: [] for name in self.data.targets}
        for batch in batches:
            measured.append(self.features.measured(batch))
            for name, known in labels.items():
                known.append((batch.targets[name], batch.labelled[name]))
        rows = self.features.fit(measured)
        for name, model in zip(labels, self.models, strict=True):
            values, known = (torch.cat(parts) for parts in zip(*labels[name], strict=True))
            if not known.any():
                raise TrainingError(f"no training window has a label for {name}, so there is nothing to fit to")
            model.fit(rows[known], values[known])  # type: ignore[operator]

    def forward(self, batch: Batch) -> Fused:
        """Return the outputs of every target's model."""
        rows = self.features(batch)
        return Fused({name: model(rows) for name, model in zip(self.data.targets, self.models, strict=True)}, rows)


def classes_only(data: DataSpec, what: str) -> None:
    """Refuse targets that are numbers.

    Raises
    ------
    ConfigError
        If there is one.
    """
    for target in data.targets.values():
        if target.kind == "number":
            raise ConfigError(
                f"the target {target.name!r} is a number, and {what} knows classes only: "
                "type architecture=random_forest, or gradient_boosting"
            )
