"""Training by gradient: Lightning's loop, with checkpoints from which it goes on."""

import logging
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader

from insula.errors import TrainingError
from insula.training.options import TrainingOptions

log = logging.getLogger("insula")

Loaders = tuple[DataLoader, DataLoader | None]
"""Batches to train on and, where there are validation rows, to choose the epoch by."""


def train_by_gradient(
    module: Any, loaders: Loaders, options: TrainingOptions, device: str, checkpoints: Path, title: str
) -> tuple[list[dict[str, float]], int, float]:
    """Train a :class:`FoldModule` and load its best weights; return its history, their epoch, and the seconds it took.

    It goes on from its last checkpoint if there is one; the seconds before it count.
    """
    from insula.training.callbacks import BEST, LAST

    checkpoints.mkdir(parents=True, exist_ok=True)
    last = checkpoints / LAST
    if not last.exists() or not _is_over(_load(last), options):
        if last.exists():
            log.info("%s: going on from its last whole epoch (%s)", title, last)
        trainer = _trainer(options, device, checkpoints, title, validated=loaders[1] is not None)
        _run_trainer(trainer, module, loaders, last)
    best = _load(checkpoints / BEST)
    module.load_state_dict(best["state_dict"])
    found = _load(last)["insula"]
    return found["history"], int(best["epoch"]) + 1, found.get("seconds", 0.0)


def _run_trainer(trainer: Any, module: Any, loaders: Loaders, last: Path) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="lightning")
        warnings.filterwarnings("ignore", message=".*(num_workers|litlogger|LeafSpec|isinstance\\(treespec).*")
        try:
            trainer.fit(module, *loaders, ckpt_path=str(last) if last.exists() else None, weights_only=True)
        except SystemExit as stopped:  # Lightning's answer to Ctrl-C and to being asked to end; no fault of this run
            raise KeyboardInterrupt from stopped


def _is_over(checkpoint: Mapping[str, Any], options: TrainingOptions) -> bool:
    """Whether training had ended when a checkpoint was written: early stopping had decided, or no epoch is left."""
    return checkpoint["insula"]["stopped"] or len(checkpoint["insula"]["history"]) >= options.epochs


def _load(path: Path) -> dict[str, Any]:
    return torch.load(path, map_location="cpu", weights_only=True)


def _trainer(options: TrainingOptions, device: str, checkpoints: Path, title: str, *, validated: bool) -> Any:
    for name in ("lightning.pytorch", "lightning.fabric", "lightning.pytorch.utilities.rank_zero"):
        logging.getLogger(name).setLevel(logging.ERROR)
    import lightning as L

    from insula.training.callbacks import watching

    return L.Trainer(
        max_epochs=options.epochs,
        accelerator={"cuda": "gpu"}.get(device, device),
        devices=1,
        precision=options.precision,
        gradient_clip_val=options.clip,
        callbacks=watching(options, checkpoints, validated=validated),
        logger=_logger(options, checkpoints.parent, title),
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        default_root_dir=checkpoints.parent,
    )


def _logger(options: TrainingOptions, folder: Path, title: str) -> Any:
    """Build an outside logger; ``csv`` is the history that every fold writes anyway."""
    if options.logger == "csv":
        return False
    from lightning.pytorch import loggers

    try:
        match options.logger:
            case "tensorboard":
                return loggers.TensorBoardLogger(folder, name="tensorboard")
            case "wandb":
                return loggers.WandbLogger(name=title, save_dir=folder, project="insula")
            case "mlflow":
                return loggers.MLFlowLogger(run_name=title, experiment_name="insula")
    except ModuleNotFoundError:
        raise TrainingError(
            f"training.logger={options.logger} needs a package that isn't installed: "
            f"pip install 'insula[{options.logger}]', or type training.logger=csv"
        ) from None
