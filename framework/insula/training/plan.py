"""The nouns of training: what is to be trained, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from insula.model.architecture import Architecture
from insula.model.build import ModelChoice
from insula.plugin.choice import Choice
from insula.specs import DataSpec
from insula.training.options import TrainingOptions
from insula.types import Kind
from insula.windows.windows import FoldWindows


@dataclass(frozen=True, eq=False)
class TrainingPlan:
    """What is the same for every fold: the model, the losses per target and kind, and the options."""

    model: ModelChoice
    losses: Mapping[str, Mapping[Kind, Choice]]
    weights: Mapping[str, float]
    options: TrainingOptions


@dataclass(frozen=True, eq=False)
class TrainedFold:
    """A trained model with the preprocessing that was fitted for it."""

    network: Architecture
    windows: FoldWindows
    data: DataSpec
    history: Sequence[Mapping[str, float | str]]
    """A row per epoch; where the model was adapted, ``stage`` says which rows are of that."""
    epochs: int
    """The epoch whose weights were taken, or adapted."""
    seconds: float = 0.0
    """What training took."""
    validation: Mapping[str, float] = field(default_factory=dict)
    """What validation said at the epoch taken: nothing where no validation rows chose it."""
