"""Sound and faulty poolings and fusion heads."""

import torch
from torch import nn

from insula import Fused, FusionHead, Pooling


class SoundPooling(Pooling):
    def forward(self, x, mask):
        x = x.masked_fill(~mask.unsqueeze(-1), 0.0)
        return x.sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)


class PoolsPadding(Pooling):
    def forward(self, x, mask):
        return x.mean(dim=1)


class DividesByNothing(SoundPooling):
    def forward(self, x, mask):
        return x.masked_fill(~mask.unsqueeze(-1), 0.0).sum(dim=1) / mask.sum(dim=1, keepdim=True)


class WrongWidth(SoundPooling):
    def __init__(self, input_size: int) -> None:
        super().__init__(input_size)
        self.output_size = 2 * input_size


class WeightsOfPadding(SoundPooling):
    def weights(self, x, mask):
        return torch.full(mask.shape, 1 / mask.shape[1], dtype=x.dtype)


class SoundFusion(FusionHead):
    def __init__(self, input_sizes: dict[str, int], output_sizes: dict[str, int]) -> None:
        super().__init__(input_sizes, output_sizes)
        self.heads = nn.ModuleDict(
            {name: nn.Linear(sum(input_sizes.values()), size) for name, size in output_sizes.items()}
        )

    def joint(self, features, present):
        return torch.cat(list(features.values()), dim=-1)

    def forward(self, features, present):
        joint = self.joint(features, present)
        return Fused({name: head(joint) for name, head in self.heads.items()}, joint)


class BatchCentred(SoundFusion):
    def joint(self, features, present):
        joint = super().joint(features, present)
        return joint - joint.mean(dim=0)


class NaNWithoutStreams(SoundFusion):
    def joint(self, features, present):
        count = torch.stack(list(present.values())).sum(dim=0)
        return super().joint(features, present) / count.unsqueeze(-1)


class ForgetsTarget(SoundFusion):
    def forward(self, features, present):
        fused = super().forward(features, present)
        return Fused(dict(list(fused.outputs.items())[:1]), fused.embedding)


class LossPerRow(SoundFusion):
    def forward(self, features, present):
        fused = super().forward(features, present)
        return Fused(fused.outputs, fused.embedding, {"size": fused.embedding.square().mean(dim=1)})


class OverSteps(SoundFusion):
    """Sound: it takes steps, and averages the real ones."""

    takes_steps = True

    def joint(self, features, present):
        means = []
        for name, steps in features.items():
            real = present[name].unsqueeze(-1)
            means.append((steps * real).sum(dim=1) / real.sum(dim=1).clamp(min=1))
        return torch.cat(means, dim=-1)
