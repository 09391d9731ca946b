"""The options of training, as a run's ``training:`` block sets them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]


class Options(BaseModel):
    """Base of all option blocks: nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OptimizerOptions(Options):
    """``training.optimizer``: one of torch's."""

    name: Literal["adam", "adamw", "sgd", "rmsprop"] = "adamw"
    lr: Positive = 1e-3
    weight_decay: NotNegative = 0.01
    momentum: NotNegative = 0.0


class ScheduleOptions(Options):
    """``training.schedule``: how the learning rate changes; ``warmup`` is linear, in epochs.

    ``plateau`` multiplies it by ``factor`` after ``patience`` epochs without progress of the monitored figure.
    """

    name: Literal["constant", "cosine", "plateau"] = "constant"
    warmup: Annotated[int, Field(ge=0)] = 0
    factor: Annotated[float, Field(gt=0, lt=1)] = 0.5
    patience: Count = 2


class TermOptions(Options):
    """``training.losses.<term>``: the weight of a loss term that a model returns, and how it changes over training.

    ``linear`` lets it fall to zero: weight (1 - epoch / epochs).
    """

    weight: NotNegative = 1.0
    decay: Literal["none", "linear"] = "none"


class AdaptOptions(Options):
    """``training.adapt``: how a trained model is adapted to the people under test, where the split has rows for it.

    There is no validation: the last epoch is taken. A model that is fitted at once is fitted anew to the training rows
    and these.
    """

    epochs: Count = 20
    lr: Positive | None = None
    """Learning rate, constant; None: a tenth of ``training.optimizer.lr``, as few rows are soon learnt by heart."""
    batch_size: Count | None = None
    """None: ``training.batch_size``."""
    freeze: tuple[str, ...] = ()
    """Modules of the model that stay as they were trained: ``[streams]`` leaves the fusion head to learn."""


class TrainingOptions(Options):
    """``training``: everything but the model and the data."""

    epochs: Count = 50
    batch_size: Count = 32
    optimizer: OptimizerOptions = OptimizerOptions()
    schedule: ScheduleOptions = ScheduleOptions()
    l2: NotNegative = 0.0
    """Weight of the sum of squares of all matrices, as a loss term."""
    clip: Positive | None = 1.0
    """Largest norm of the gradient; None: no clipping."""
    balance: Literal["none", "weights", "oversample"] = "none"
    """Against uneven classes, from the training rows: weights in the loss, or drawing rare classes more often."""
    patience: Count | None = 10
    """Epochs without progress on the validation rows before training stops; None: all epochs, best weights kept."""
    monitor: Literal["loss", "accuracy", "balanced_accuracy", "macro_f1", "ccc"] = "loss"
    """The validation figure that decides: the loss, or a metric of the first target."""
    select_on: Literal["validation", "test"] = "validation"
    """``test`` stops on the test rows as some published recipes do; the audit grades it."""
    refit: Literal["none", "train+validation"] = "none"
    """Train once more on both sets, for the number of epochs that validation chose."""
    blind: bool = False
    """Keep the test rows closed: the report shows validation only, until ``insula evaluate RUN`` opens them."""
    adapt: AdaptOptions = AdaptOptions()
    losses: dict[str, TermOptions] = {}
    logger: Literal["csv", "tensorboard", "wandb", "mlflow"] = "csv"
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    precision: Literal["32-true", "bf16-mixed", "16-mixed"] = "32-true"
    threads: Count | None = None
    """Threads of torch on a CPU; None: one for small models, which is faster there, else torch's own choice."""
    progress: bool = True

    @model_validator(mode="after")
    def _no_test_rows_in_training(self) -> "TrainingOptions":
        if self.select_on == "test" and self.refit != "none":
            raise ValueError(
                "refit would train on the test rows that select_on=test validates on: choose one of the two"
            )
        if self.select_on == "test" and self.blind:
            raise ValueError(
                "blind can't keep the test rows closed that select_on=test validates on: choose one of the two"
            )
        return self
