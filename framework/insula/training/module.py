"""The Lightning module of a fold: an epoch is a function of (seed, fold, epoch), so that resuming changes nothing."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar, cast

import lightning as L
import numpy as np
import torch
from torch import Tensor, nn

from insula.errors import TrainingError
from insula.model.fusion import Fused
from insula.randomness import draw
from insula.specs import DataSpec
from insula.training.objective import Objective
from insula.training.optimizer import build_optimizer, build_schedule
from insula.training.options import TrainingOptions
from insula.windows.batch import Batch


class FoldModule(L.LightningModule):
    """Trains a network on one fold; ``history`` has one row per epoch."""

    def __init__(
        self,
        network: nn.Module,
        objective: Objective,
        data: DataSpec,
        options: TrainingOptions,
        seed: int,
        report: Callable[[dict[str, float]], None],
        *,
        validated: bool,
    ) -> None:
        super().__init__()
        self.report, self.validated = report, validated
        self.network, self.objective = network, objective
        self.data, self.options, self.fold_seed = data, options, seed
        self.history: list[dict[str, float]] = []
        self.seconds, self._since = 0.0, 0.0
        self.schedule: Any = None
        self._schedule_state: dict[str, Any] | None = None
        self._train: list[tuple[float, int]] = []
        self._answers: list[tuple[Tensor, Tensor, Tensor]] = []
        self._seen: list[tuple[Fused, Batch]] = []

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Build optimizer and schedule; the schedule is stepped here, once an epoch, and saved with the checkpoint."""
        optimizer = build_optimizer(self.network.parameters(), self.options)
        self.schedule = build_schedule(optimizer, self.options, validated=self.validated)
        return optimizer

    def on_train_start(self) -> None:
        """Take the schedule up where a checkpoint left it, and the clock."""
        self._since = time.perf_counter() - self.seconds
        if self.schedule is not None and self._schedule_state is not None:
            self.schedule.load_state_dict(self._schedule_state)

    def on_train_epoch_start(self) -> None:
        """Give the epoch its own order."""
        self.trainer.train_dataloader.batch_sampler.epoch = self.current_epoch  # type: ignore[union-attr]
        self._train.clear()
        self._answers.clear()

    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Give the batch its own dropout: what else drew numbers (a loader, validation) can't matter."""
        torch.manual_seed(draw(self.fold_seed, "batch", self.current_epoch, batch_idx))

    @property
    def progress(self) -> float:
        """How much of training is done, 0 to 1."""
        return self.current_epoch / self.options.epochs

    def training_step(self, batch: Batch, number: int) -> Tensor:
        """Return the loss of a batch, and keep what was answered for the epoch's training figures."""
        fused = self.network(batch)
        loss, _ = self.objective(self.network, fused, batch, self.progress)
        self._check(loss, f"batch {number + 1}")
        self._train.append((float(loss.detach()), len(batch)))
        name = next(iter(self.data.targets))
        self._answers.append((fused.outputs[name].detach(), batch.targets[name], batch.labelled[name]))
        return loss

    def _check(self, loss: Tensor, where: str) -> None:
        if not torch.isfinite(loss):
            raise TrainingError(
                f"the loss became {float(loss)} in epoch {self.current_epoch + 1}, {where}: "
                "lower training.optimizer.lr, or set training.clip"
            )

    def validation_step(self, batch: Batch, number: int) -> None:
        """Keep what the loss and the figures are computed from."""
        bare = Batch({}, batch.present, batch.targets, batch.labelled, batch.rows, batch.groups)
        self._seen.append((self.network(batch), bare))

    def on_validation_epoch_end(self) -> None:
        """Score the whole validation set at once: a mean over batches would depend on how they were cut."""
        fused, batch = joined_outputs([f for f, _ in self._seen]), joined([b for _, b in self._seen])
        self._seen.clear()
        loss, _ = self.objective(self.network, fused, batch, self.progress)
        self._check(loss, "validation")
        self.log("val_loss", loss)
        name, target = next(iter(self.data.targets.items()))
        known = batch.labelled[name]
        for figure, value in scores(fused.outputs[name][known], batch.targets[name][known], target.kind).items():
            self.log(f"val_{figure}", value)

    def on_train_epoch_end(self) -> None:
        """Write the epoch's row and step the schedule.

        Training figures run over the epoch's batches as they were trained on, while the weights changed, with dropout
        and augmentation, as Keras shows them: no second pass.
        """
        logged = {k: float(v) for k, v in self.trainer.callback_metrics.items() if k.startswith("val_")}
        rows = sum(size for _, size in self._train)
        lr = self.trainer.optimizers[0].param_groups[0]["lr"]
        train_loss = sum(loss * size for loss, size in self._train) / max(rows, 1)
        outputs, targets, known = (joined(part) for part in zip(*self._answers, strict=True))
        figures = scores(outputs[known], targets[known], next(iter(self.data.targets.values())).kind)
        trained = {"train_loss": train_loss, **{f"train_{name}": value for name, value in figures.items()}}
        self.history.append({"epoch": self.current_epoch + 1, **trained, **logged, "lr": lr})
        if self.trainer.loggers:
            self.log_dict(trained)
        self.report(self.history[-1])
        if isinstance(self.schedule, torch.optim.lr_scheduler.ReduceLROnPlateau):
            self.schedule.step(logged.get(f"val_{self.options.monitor}", train_loss))
        elif self.schedule is not None:
            self.schedule.step()

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Save what is ours beside Lightning's state."""
        schedule = self.schedule and self.schedule.state_dict()
        self.seconds = time.perf_counter() - self._since
        checkpoint["insula"] = {
            "history": self.history,
            "schedule": schedule,
            "stopped": self.trainer.should_stop,
            "seconds": self.seconds,
        }

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Load what is ours."""
        self.history = checkpoint["insula"]["history"]
        self._schedule_state = checkpoint["insula"]["schedule"]
        self.seconds = checkpoint["insula"].get("seconds", 0.0)  # what 0.1.0 wrote has none

    def transfer_batch_to_device(self, batch: Batch, device: torch.device, dataloader_idx: int) -> Batch:
        """Move a batch."""
        return batch.to(device)


T = TypeVar("T")


def joined(parts: Sequence[T]) -> T:
    """Join batches row after row."""
    first = parts[0]
    if isinstance(first, Tensor):
        tensors = cast("Sequence[Tensor]", parts)
        joint = torch.cat(list(tensors))
        # Half precision is for the network: a loss rounded to 8 bits would see ties where there are none.
        return cast("T", joint.float() if joint.is_floating_point() and joint.itemsize < 4 else joint)
    if isinstance(first, Mapping):
        maps = cast("Sequence[Mapping[str, Any]]", parts)
        return cast("T", {key: joined([part[key] for part in maps]) for key in first})
    values = {f.name: joined([getattr(part, f.name) for part in parts]) for f in fields(cast("Any", first))}
    return cast("T", type(first)(**values))


def joined_outputs(parts: Sequence[Fused]) -> Fused:
    """Join what a model made of batches; a term of its own is averaged over the rows of the batches that have it."""
    terms: dict[str, list[tuple[Tensor, int]]] = {}
    for part in parts:
        for name, value in part.losses.items():
            terms.setdefault(name, []).append((value.float(), len(part.embedding)))
    losses = {name: sum(v * n for v, n in several) / sum(n for _, n in several) for name, several in terms.items()}
    outputs = joined([dict(part.outputs) for part in parts])
    return Fused(outputs, joined([part.embedding for part in parts]), cast("dict[str, Tensor]", losses))


def scores(outputs: Tensor, targets: Tensor, kind: str) -> dict[str, float]:
    """Return the figures that ``training.monitor`` may name.

    ``ccc`` is the concordance correlation coefficient (Lin 1989, eq. 1).
    """
    y, p = targets.double().cpu().numpy(), outputs.double().cpu().numpy()
    if not len(y):
        return {}
    if kind == "number":
        y, p = y[:, 0], p[:, 0]
        spread = y.var() + p.var() + (y.mean() - p.mean()) ** 2
        return {"ccc": float(2 * np.mean((y - y.mean()) * (p - p.mean())) / spread) if spread else 0.0}
    true, found = (y.argmax(1), p.argmax(1)) if kind == "classes" else (y[:, 0] >= 0.5, p[:, 0] > 0)
    hits = true == found
    recalls = [hits[true == label].mean() for label in np.unique(true)]
    f1 = [2 * (hits & (true == c)).sum() / ((true == c).sum() + (found == c).sum()) for c in np.union1d(true, found)]
    figures = {"accuracy": hits, "balanced_accuracy": recalls, "macro_f1": f1}
    return {name: float(np.mean(values)) for name, values in figures.items()}
