"""Which rows an epoch sees, in which order; and what uneven classes weigh."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from insula.randomness import draw
from insula.windows.split import RowNumbers
from insula.windows.windows import chunks


def class_weights(labels: Sequence[str | None], classes: Sequence[str]) -> tuple[float, ...]:
    """Return n / (classes present * count) per class, from a fold's training labels; 0 for a class that isn't there."""
    counts = np.array([sum(label == name for label in labels) for name in classes], float)
    present = counts > 0
    weights = np.zeros(len(classes))
    weights[present] = counts.sum() / (present.sum() * counts[present])
    return tuple(map(float, weights))


class EpochBatches:
    """Batches of training rows: an order of its own for every epoch, a function of (seed, epoch).

    Parameters
    ----------
    rows
        Training rows.
    size
        Rows per batch.
    seed
        The fold's seed.
    chances
        Probability of each row where classes are oversampled; None: every row once.
    groups
        Conversation of every row of the index, for architectures that batch by group.
    augmented
        Whether rows are handed out with a draw, so that they are augmented.
    """

    def __init__(
        self,
        rows: RowNumbers,
        size: int,
        seed: int,
        *,
        chances: np.ndarray | None = None,
        groups: Sequence[int] | None = None,
        augmented: bool = False,
    ) -> None:
        self.rows, self.size, self.seed = np.asarray(rows), size, seed
        self.chances, self.groups, self.augmented = chances, groups, augmented
        self.epoch = 0

    def __len__(self) -> int:
        return len(self._chunks())

    def __iter__(self) -> Iterator[list]:
        for chunk in self._chunks():
            if self.augmented:
                yield [(row, draw(self.seed, "augment", self.epoch, place)) for place, row in enumerate(chunk)]
            else:
                yield list(chunk)

    def _chunks(self) -> list[list[int]]:
        rng = np.random.default_rng(draw(self.seed, "order", self.epoch))
        if self.groups is not None:  # the cut stays the same, so that every epoch has as many batches
            cut = chunks(self.rows, self.size, self.groups)
            return [cut[place] for place in rng.permutation(len(cut))]
        if self.chances is not None:
            return chunks(rng.choice(self.rows, size=len(self.rows), p=self.chances), self.size)
        return chunks(rng.permutation(self.rows), self.size)


def oversampling(labels: Sequence[str | None], weights: Mapping[str, float]) -> np.ndarray:
    """Return each row's chance, so that every class is drawn equally often; rows without a label count as average."""
    chances = np.array([weights.get(label, 1.0) if label is not None else 1.0 for label in labels], float)
    return chances / chances.sum()
