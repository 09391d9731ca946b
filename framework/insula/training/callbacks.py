"""What watches training: progress with the time left, early stopping and checkpoints."""

from pathlib import Path
from typing import Any

import lightning as L
from lightning.pytorch.callbacks import Callback, EarlyStopping, ModelCheckpoint

from insula.training.options import TrainingOptions


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


class Watch(Callback):
    """Reports every epoch to the run's bar."""

    def __init__(self, progress: Progress, title: str) -> None:
        self.progress, self.title = progress, title

    def on_train_epoch_end(self, trainer: L.Trainer, pl_module: Any) -> None:
        """Count an epoch."""
        self.progress.epoch(self.title, pl_module.history[-1] if pl_module.history else {})


def stopping(options: TrainingOptions, checkpoints: Path, *, validated: bool) -> list[Callback]:
    """Return early stopping and checkpoints: the best epoch on validation, or the last one where there is none.

    Both look once an epoch, after validation and after the epoch's end, so that a checkpoint is a whole number of
    epochs.
    """
    monitor = f"val_{options.monitor}" if validated else None
    mode = "min" if options.monitor == "loss" else "max"
    saving = ModelCheckpoint(
        checkpoints,
        "best",
        monitor=monitor,
        mode=mode,
        save_last=True,
        enable_version_counter=False,
        save_on_train_epoch_end=True,
    )
    if monitor is None or options.patience is None:
        return [saving]
    stop = EarlyStopping(monitor, mode=mode, patience=options.patience, check_on_train_epoch_end=True)
    return [stop, saving]
