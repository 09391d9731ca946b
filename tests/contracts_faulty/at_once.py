"""A sound architecture that is fitted at once, and faulty ones."""

import numpy as np
import torch

from insula import Architecture, Fused


class Means(Architecture):
    """Sound: answers with the mean of the training labels, and the first stream's level."""

    def __init__(self, data, parts) -> None:
        super().__init__(data, parts)
        for number, size in enumerate(data.output_sizes.values()):
            self.register_buffer(f"mean{number}", torch.zeros(size))
        self.register_buffer("level", torch.zeros(1))

    def rows(self, batch):
        stream = next(iter(batch.streams.values()))
        x = stream.x.masked_fill(~stream.valid, 0.0)
        return x.sum(dim=(1, 2)) / stream.valid.sum(dim=(1, 2)).clamp(min=1)

    def fit(self, batches):
        labels, levels = [], []
        for batch in batches:
            labels.append([batch.targets[name] for name in self.data.targets])
            levels.append(self.rows(batch))
        for number, several in enumerate(zip(*labels, strict=True)):
            setattr(self, f"mean{number}", torch.cat(several).mean(dim=0).to(self.level))
        self.level = torch.cat(levels).mean().reshape(1).to(self.level)

    def forward(self, batch):
        level = (self.rows(batch) - self.level).unsqueeze(1)
        outputs = {name: getattr(self, f"mean{k}") + level for k, name in enumerate(self.data.targets)}
        return Fused(outputs, level)


class DrawsElsewhere(Means):
    def fit(self, batches):
        super().fit(batches)
        self.level = self.level + float(np.random.default_rng().normal())


class ReadsPadding(Means):
    def rows(self, batch):
        return next(iter(batch.streams.values())).x.mean(dim=(1, 2))


class FirstBatchOnly(Means):
    def fit(self, batches):
        super().fit([next(iter(batches))])


class GoesThroughTwice(Means):
    def fit(self, batches):
        super().fit(list(batches)[:1] + list(batches))


class KeepsOutside(Means):
    def fit(self, batches):
        super().fit(batches)
        self.offset = float(self.level)
        self.level = torch.zeros_like(self.level)

    def rows(self, batch):
        return super().rows(batch) - getattr(self, "offset", 0.0)


class NaNBefore(Means):
    def __init__(self, data, parts) -> None:
        super().__init__(data, parts)
        self.level = torch.full((1,), torch.nan)


class RefusesAll(Means):
    def __init__(self, data, parts) -> None:
        raise ValueError("never")
