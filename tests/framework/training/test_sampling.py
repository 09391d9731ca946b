"""Orders, weights and schedules are functions of the fold's seed and the epoch."""

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight

from insula.training.optimizer import build_optimizer, build_schedule
from insula.training.options import TrainingOptions
from insula.training.sampling import EpochBatches, class_weights, oversampling


def test_class_weights_are_the_balanced_ones_and_zero_for_an_absent_class():
    labels = ["a"] * 6 + ["b"] * 3 + ["d"]
    expected = compute_class_weight("balanced", classes=np.array(["a", "b", "d"]), y=labels)
    np.testing.assert_allclose(
        class_weights([*labels, None], ["a", "b", "c", "d"]), [expected[0], expected[1], 0, expected[2]]
    )


def test_an_epochs_order_depends_on_seed_and_epoch_alone():
    def order(seed: int, epoch: int) -> list:
        batches = EpochBatches(np.arange(20), 8, seed)
        batches.epoch = epoch
        return list(batches)

    assert order(1, 3) == order(1, 3)
    assert order(1, 3) != order(1, 4)
    assert order(1, 3) != order(2, 3)
    assert sorted(row for batch in order(1, 3) for row in batch) == list(range(20))
    assert [len(batch) for batch in order(1, 3)] == [8, 8, 4]


def test_conversations_stay_whole():
    groups = [0, 0, 0, 1, 1, 2, 2, 2, 2]
    for epoch in range(5):
        batches = EpochBatches(np.arange(9), 4, 0, groups=groups)
        batches.epoch = epoch
        for batch in batches:
            for group in {groups[row] for row in batch}:
                assert [row for row in batch if groups[row] == group] == [r for r in range(9) if groups[r] == group]


def test_every_epoch_has_as_many_batches_and_rows_of_conversations():
    groups = [0] * 5 + [1] + [2] * 4 + [3] * 2 + [4] * 6
    batches = EpochBatches(np.arange(18), 6, 0, groups=groups)
    orders = []
    for epoch in range(6):
        batches.epoch = epoch
        orders.append(list(batches))
        assert sorted(row for batch in orders[-1] for row in batch) == list(range(18))
    assert len({len(order) for order in orders}) == 1
    assert len({str(order) for order in orders}) > 1


def test_oversampling_draws_classes_equally():
    labels = ["a"] * 90 + ["b"] * 10
    chances = oversampling(labels, dict(zip("ab", class_weights(labels, "ab"), strict=True)))
    assert chances[:90].sum() == pytest.approx(0.5)
    batches = EpochBatches(np.arange(100), 50, 0, chances=chances)
    drawn = np.concatenate(
        [batch for epoch in range(20) for batch in (setattr(batches, "epoch", epoch), list(batches))[1]]
    )
    assert np.mean(drawn >= 90) == pytest.approx(0.5, abs=0.05)


def test_schedules():
    def rates(epochs: int = 10, **schedule) -> list[float]:
        options = TrainingOptions(epochs=epochs, schedule=schedule, optimizer={"lr": 1.0, "name": "sgd"})
        optimizer = build_optimizer([torch.nn.Parameter(torch.zeros(1))], options)
        built = build_schedule(optimizer, options)
        found = []
        for _ in range(epochs):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if built is not None:
                built.step()
        return found

    assert rates(name="constant") == [1.0] * 10
    warm = rates(name="cosine", warmup=3)
    np.testing.assert_allclose(warm[:4], [0.25, 0.5, 0.75, 1.0])
    np.testing.assert_allclose(warm[3:], [(1 + np.cos(np.pi * k / 7)) / 2 for k in range(7)])
