"""What watches training: progress with the time left, early stopping and checkpoints."""

import os
from pathlib import Path
from typing import Any

import lightning as L
from lightning.pytorch.callbacks import Callback, Checkpoint, EarlyStopping

from insula.training.options import TrainingOptions

BEST, LAST = "best.ckpt", "last.ckpt"


class Progress:
    """One bar for the whole run: all seeds, folds and epochs, with the time left."""

    def __init__(self, total_epochs: int, *, shown: bool) -> None:
        from tqdm import tqdm

        self.bar = tqdm(total=total_epochs, unit="epoch", disable=None if shown else True, leave=False)

    def epoch(self, title: str, row: dict[str, float]) -> None:
        """Count an epoch."""
        self.bar.set_description(title, refresh=False)
        self.bar.set_postfix({k: f"{v:.3f}" for k, v in row.items() if k in ("train_loss", "val_loss")}, refresh=False)
        self.bar.update()

    def skip(self, epochs: int) -> None:
        """Take off epochs that early stopping or an earlier run saved."""
        self.bar.total -= epochs
        self.bar.refresh()


class Checkpoints(Checkpoint):
    """Keeps every last whole epoch, and the best one by a validation figure, each file whole or not there.

    Lightning's own ModelCheckpoint writes the last epoch only when the best one changes, forgets the best figure when
    a run's folder is moved, and leaves half a file behind when it is killed.

    Parameters
    ----------
    folder
        Where the files are.
    monitor
        The figure that decides; None: the last epoch is the best.
    mode
        ``min`` or ``max``.
    """

    def __init__(self, folder: Path, monitor: str | None, mode: str) -> None:
        self.folder, self.monitor, self.sign = folder, monitor, 1 if mode == "max" else -1
        self.best: float | None = None

    def state_dict(self) -> dict[str, Any]:
        """Return the best figure so far."""
        return {"best": self.best}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the best figure up."""
        self.best = state_dict["best"]

    def on_train_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Keep the epoch."""
        value = None if self.monitor is None else self.sign * float(trainer.callback_metrics[self.monitor])
        if value is None or self.best is None or value > self.best:
            self.best = value
            self._save(trainer, BEST)
        self._save(trainer, LAST)

    def _save(self, trainer: L.Trainer, name: str) -> None:
        part = self.folder / f".{name}.part"
        trainer.save_checkpoint(part)
        os.replace(part, self.folder / name)


def watching(options: TrainingOptions, checkpoints: Path, *, validated: bool) -> list[Callback]:
    """Return early stopping and checkpoints.

    Both look once an epoch, after validation and after the epoch's end, so that a checkpoint is a whole number of
    epochs; checkpoints come last, so that they hold what early stopping has counted.
    """
    mode = "min" if options.monitor == "loss" else "max"
    monitor = f"val_{options.monitor}" if validated else None
    callbacks: list[Callback] = [Checkpoints(checkpoints, monitor, mode)]
    if monitor is not None and options.patience is not None:
        callbacks.insert(0, EarlyStopping(monitor, mode=mode, patience=options.patience, check_on_train_epoch_end=True))
    return callbacks
