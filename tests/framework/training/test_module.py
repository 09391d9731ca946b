"""What the module of a fold writes into its history."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score
from torch import nn

from insula import Batch, DataSpec, Fused, Loss, TargetSpec
from insula.training.module import FoldModule, scores
from insula.training.objective import Objective
from insula.training.options import TrainingOptions
from insula.windows.batch import StreamBatch

CLASSES = TargetSpec("mood", "classes", ("sad", "glad", "mad"))


class Given(nn.Module):
    """Answers what stands in the batch's stream."""

    def forward(self, batch: Batch) -> Fused:
        return Fused({"mood": batch.streams["answers"].x[:, :, 0].requires_grad_()}, torch.zeros(len(batch), 1))


class Mean(Loss):
    def forward(self, fused: Fused, batch: Batch, progress: float):
        return fused.outputs["mood"].mean()


def batch_of(answers: np.ndarray, targets: np.ndarray, known: np.ndarray) -> Batch:
    x, rows = torch.tensor(answers, dtype=torch.float32)[:, :, None], torch.arange(len(answers))
    given = StreamBatch(x, torch.ones_like(x, dtype=torch.bool), torch.ones_like(rows), torch.ones(len(rows), 1))
    labels, labelled = {"mood": torch.tensor(targets, dtype=torch.float32)}, {"mood": torch.tensor(known)}
    return Batch({"answers": given}, {}, labels, labelled, rows, rows)


def history(target: TargetSpec, epochs: list[list[Batch]]) -> list[dict[str, float]]:
    """Run epochs of given batches as Lightning would."""
    objective, data = Objective({"mood": Mean(target)}, {"mood": 1.0}, {}, 0.0), DataSpec({}, {"mood": target})
    module = FoldModule(Given(), objective, data, TrainingOptions(), 0, lambda row: None, validated=False)
    rates = [SimpleNamespace(param_groups=[{"lr": 0.1}])]
    loader = SimpleNamespace(batch_sampler=SimpleNamespace(epoch=0))
    trainer: Any = SimpleNamespace(
        callback_metrics={}, optimizers=rates, loggers=[], train_dataloader=loader, current_epoch=0
    )
    module._trainer = trainer
    for batches in epochs:
        module.on_train_epoch_start()
        for number, batch in enumerate(batches):
            module.training_step(batch, number)
        module.on_train_epoch_end()
    return module.history


def test_training_figures_run_over_the_batches_of_their_epoch_and_know_labelled_rows_only():
    rng = np.random.default_rng(0)
    epochs, expected = [], []
    for _ in range(2):
        several = [
            (rng.normal(size=(n, 3)), np.eye(3)[rng.integers(0, 3, n)], rng.random(n) < 0.7) for n in (20, 20, 7)
        ]
        epochs.append([batch_of(*each) for each in several])
        answers, targets, known = (np.concatenate(part) for part in zip(*several, strict=True))
        true, said = targets[known].argmax(1), answers[known].argmax(1)
        f1 = f1_score(true, said, average="macro")
        expected.append((accuracy_score(true, said), balanced_accuracy_score(true, said), f1))
    found = history(CLASSES, epochs)
    names = ("train_accuracy", "train_balanced_accuracy", "train_macro_f1")
    assert [tuple(row[name] for name in names) for row in found] == [pytest.approx(row) for row in expected]
    assert found[0]["train_accuracy"] != found[1]["train_accuracy"]


def test_numbers_have_a_concordance_and_no_accuracy():
    y, p = np.array([[1.0], [2.0], [4.0]]), np.array([[1.5], [2.0], [3.0]])
    (row,) = history(TargetSpec("mood", "number"), [[batch_of(p, y, np.ones(3, bool))]])
    both = np.cov(y[:, 0], p[:, 0], ddof=0)
    shift = (y.mean() - p.mean()) ** 2
    assert row["train_ccc"] == pytest.approx(2 * both[0, 1] / (both[0, 0] + both[1, 1] + shift))
    assert "train_accuracy" not in row


def test_an_epoch_without_a_label_has_no_figures():
    (row,) = history(CLASSES, [[batch_of(np.eye(3), np.eye(3), np.zeros(3, bool))]])
    assert row.keys() == {"epoch", "train_loss", "lr"}
    assert scores(torch.zeros(0, 3), torch.zeros(0, 3), "classes") == {}
