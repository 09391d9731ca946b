"""What a stream's attention does with held-out windows, and with the inputs that stand beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from insula import Batch, FoldResult, SignalSpec, StreamBatch
from insula_analyses.attention_inputs import noise, reversed_in_time
from insula_analyses.attention_profile import resample
from insula_analyses.held_out import device, on_device, sample

CONDITIONS = {
    "trained": "trained",
    "untrained": "untrained network",
    "noise": "trained, noise as input",
    "reversed": "trained, input reversed in time",
}
RELATIVE_BINS, MOST_BINS = 32, 64


@dataclass(frozen=True, eq=False)
class Watch:
    """Attention of one stream: a profile per window and condition, gathered over folds and seeds.

    ``steps`` is the number of steps of every window and ``seconds`` their length together; None where windows differ,
    or time isn't sampled evenly. ``rows`` are the windows' rows in the index.
    """

    bins: int
    steps: int | None
    seconds: float | None
    rows: list[Int[np.ndarray, " windows"]] = field(default_factory=list)
    profiles: dict[str, list[Float[np.ndarray, "windows bins"]]] = field(
        default_factory=lambda: {name: [] for name in CONDITIONS}
    )

    @classmethod
    def over(cls, spec: SignalSpec, path: Any) -> "Watch":
        """Begin, for a stream of this kind."""
        if spec.n_times is None:
            return cls(RELATIVE_BINS, None, None)
        steps = int(spec.n_times / path.encoder.hop + 1e-9)
        return cls(min(steps, MOST_BINS), steps, steps * path.encoder.hop / spec.sfreq if spec.sfreq else None)

    def all_rows(self) -> Int[np.ndarray, " windows"]:
        """Return the windows' rows in the index."""
        return np.concatenate([np.empty(0, np.int64), *self.rows])

    def all_profiles(self) -> dict[str, Float[np.ndarray, "windows bins"]]:
        """Return the profiles by condition."""
        return {name: np.concatenate([np.empty((0, self.bins)), *parts]) for name, parts in self.profiles.items()}


def attending(model: nn.Module) -> dict[str, Any]:
    """Return the paths of the streams whose pooling says how it weighs the steps."""
    paths: Mapping[str, Any] = getattr(model, "paths", {})
    return {name: path for name, path in paths.items() if hasattr(path.pooling, "weights")}


def watch(fold: FoldResult, specs: Mapping[str, SignalSpec], windows: int, watches: dict[str, Watch]) -> None:
    """Add the held-out windows of a fold to the watches of its streams, so many at most."""
    trained = fold.model()
    after, before = attending(trained), attending(fold.untrained().to(device(trained)))
    chosen, draw = sample(fold, windows), torch.Generator().manual_seed(0)
    for batch in fold.batches("test") if after else ():
        given = on_device(batch, trained)
        for name, path in after.items():
            seen = watches.setdefault(name, Watch.over(specs[name], path))
            present = given.present[name] & torch.from_numpy(np.isin(batch.rows.numpy(), chosen)).to(given.rows.device)
            if seen.steps != 1 and present.any():
                _add(seen, batch, present, _weights(given.streams[name], present, path, before[name], draw))


Weights = tuple[Tensor, Tensor]


def _weights(
    stream: StreamBatch, present: Bool[Tensor, " batch"], trained: Any, untrained: Any, draw: torch.Generator
) -> Iterator[tuple[str, Weights]]:
    """Yield the weights of the steps under every condition, and which steps are real."""
    inputs = {
        "trained": (trained, stream),
        "untrained": (untrained, stream),
        "noise": (trained, noise(stream, draw)),
        "reversed": (trained, reversed_in_time(stream)),
    }
    for name, (path, given) in inputs.items():
        with torch.no_grad():
            steps, mask = path.steps(given, present)
            yield name, (path.pooling.weights(steps, mask), mask)


def _add(seen: Watch, batch: Batch, present: Tensor, found: Iterator[tuple[str, Weights]]) -> None:
    taken = present.cpu().numpy()
    for condition, (weights, mask) in found:
        real = mask.cpu().numpy()
        taken = taken & real.any(axis=1)
        seen.profiles[condition].append(resample(weights.cpu().double().numpy()[taken], real[taken], seen.bins))
    seen.rows.append(batch.rows.numpy()[taken])
