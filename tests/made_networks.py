"""Finished runs with networks of streams and a fusion head, for analyses that look inside a model."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from insula import Batch, DataSpec, Encoder, Fold, FoldResult, Results, SignalSpec, StreamBatch, TargetSpec
from insula.model.network import StreamsAndFusion
from insula.model.stream import StreamPath
from insula.plugin.testing.parts import PlainFusion, PlainPooling
from insula.windows.audit import Audit

CLASSES = ("anger", "joy", "sad")
EMOTION, AROUSAL = TargetSpec("emotion", "classes", CLASSES), TargetSpec("arousal", "number")


class AsItIs(Encoder):
    """The samples themselves: a step each."""

    def __init__(self, spec: SignalSpec) -> None:
        super().__init__(spec)
        self.output_size, self.hop = spec.channels, 1

    def forward(self, x, valid):
        return x.masked_fill(~valid, 0.0).transpose(1, 2)


class Parts:
    """Streams of an encoder that gives the samples, a cell and a pooling, as ``build(stream, width)`` makes them."""

    def __init__(self, data: DataSpec, build: Callable[[str, int], tuple[Any, Any]]) -> None:
        self.data, self.build = data, build

    def stream(self, name: str) -> StreamPath:
        encoder = AsItIs(self.data.streams[name])
        cell, pooling = self.build(name, encoder.output_size)
        return StreamPath(encoder, cell, pooling or PlainPooling((cell or encoder).output_size))

    def fusion(self, input_sizes: Mapping[str, int]) -> PlainFusion:
        return PlainFusion(input_sizes, self.data.output_sizes)

    def streams(self) -> Iterable[str]:
        return list(self.data.streams)


def network(data: DataSpec, seed: int, build: Callable[[str, int], tuple[Any, Any]]) -> nn.Module:
    """Build a model whose initial weights depend on the seed."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return StreamsAndFusion(data, Parts(data, build)).eval()


def made_data(n_times: int | None = 16, channels: int = 2, targets: Sequence[TargetSpec] = (EMOTION,)) -> DataSpec:
    """Describe one stream of ``channels`` at 8 Hz."""
    names = tuple(f"c{k}" for k in range(channels))
    spec = SignalSpec(names, ("1",) * channels, 8.0, n_times)
    return DataSpec({"eeg": spec}, {target.name: target for target in targets})


def made_windows(people: int = 4, trials: int = 6, windows: int = 5) -> pd.DataFrame:
    """Index trials of three classes, as often in every person, with a number that follows the window."""
    rows = []
    for person in range(people):
        for trial in range(trials):
            head = {"dataset": "made", "subject": f"p{person}", "session": None, "trial": f"p{person}t{trial}"}
            for window in range(windows):
                label = {"emotion": CLASSES[trial % 3], "arousal": float(trial * windows + window)}
                rows.append({**head, "t0": 2.0 * window, "t1": 2.0 * window + 2, **label})
    return pd.DataFrame(rows)


def batch_of(signals: Sequence[np.ndarray | None], rows: Sequence[int], sfreq: float = 8.0) -> Batch:
    """Put signals (channels, time) of one stream side by side; None where a window lacks it."""
    channels = next(s.shape[0] for s in signals if s is not None)
    lengths = torch.tensor([0 if s is None else s.shape[1] for s in signals])
    x = torch.zeros(len(rows), channels, int(lengths.max()))
    for k, signal in enumerate(signals):
        if signal is not None:
            x[k, :, : signal.shape[1]] = torch.from_numpy(signal).float()
    real = torch.arange(x.shape[2]) < lengths.unsqueeze(1)
    valid = real.unsqueeze(1).expand_as(x).contiguous()
    stream = StreamBatch(x, valid, lengths, real.float() / sfreq)
    return Batch({"eeg": stream}, {"eeg": lengths > 0}, {}, {}, torch.tensor(list(rows)), torch.arange(len(rows)))


def made_run(
    data: DataSpec,
    index: pd.DataFrame,
    signal: Callable[[int], np.ndarray | None],
    trained: Callable[[], nn.Module],
    untrained: Callable[..., nn.Module],
    folds: int = 1,
    seeds: int = 1,
) -> Results:
    """Make a finished run: fold k holds out every folds-th row from k on, and ``signal(row)`` is what a row holds."""

    def fold(which: int, seed: int) -> FoldResult:
        test = np.arange(len(index))[which::folds]

        def batches(role: str):
            assert role == "test", "an analysis of held-out windows looked at others"
            for part in np.array_split(test, max(len(test) // 16, 1)):
                yield batch_of([signal(int(row)) for row in part], part.tolist())

        rest = np.setdiff1d(np.arange(len(index)), test)
        return FoldResult(seed, which, Fold(rest, rest[:0], test), pd.DataFrame(), trained, untrained, batches)

    return Results(
        config={},
        data=data,
        index=index,
        predictions=pd.DataFrame(),
        folds=[fold(which, seed) for seed in range(seeds) for which in range(folds)],
        audit=Audit("A", ("new trials",)),
        metrics={},
        left_out=[],
    )
