"""A sound loss, and losses with one fault each."""

import torch

from insula import ConfigError, Loss, TargetSpec


class Sound(Loss):
    def __init__(self, target: TargetSpec, *, scale: float = 1.0) -> None:
        super().__init__(target)
        self.scale = scale

    def distance(self, outputs, targets):
        return (outputs - targets).square().mean()

    def forward(self, fused, batch, progress):
        has = batch.labelled[self.target.name]
        outputs = fused.outputs[self.target.name]
        if not has.any():
            return outputs.sum() * 0
        return self.scale * self.distance(outputs[has], batch.targets[self.target.name][has])


class CountsUnlabelled(Sound):
    def forward(self, fused, batch, progress):
        return self.distance(fused.outputs[self.target.name], batch.targets[self.target.name])


class Maximises(Sound):
    def distance(self, outputs, targets):
        return -super().distance(outputs, targets)


class Overflows(Sound):
    def distance(self, outputs, targets):
        return torch.log(torch.exp(outputs).sum(dim=1)).mean() - (outputs * targets).sum(dim=1).mean()


class DividesBySpread(Sound):
    def distance(self, outputs, targets):
        return super().distance(outputs, targets) / targets.std()


class OnePerRow(Sound):
    def distance(self, outputs, targets):
        return (outputs - targets).square().mean(dim=1)


class TakesNothing(Sound):
    def __init__(self, target: TargetSpec, *, scale: float = 1.0) -> None:
        raise ConfigError(f"it has no use for a target of kind {target.kind}")
