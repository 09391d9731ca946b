"""Windows: the rows of a run with the Signals of every stream, and what a fold makes of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from torch.utils.data import Dataset as TorchDataset

from insula.errors import ConfigError
from insula.preprocess.fitted import pack
from insula.randomness import draw
from insula.specs import DataSpec, SignalSpec, TargetSpec
from insula.types import LeftOut, Target, When, Window
from insula.windows.alike import check_alike
from insula.windows.batch import Batch
from insula.windows.collate import collate
from insula.windows.copies import SplitView
from insula.windows.fitted_stream import FittedStream
from insula.windows.index import Rows
from insula.windows.split import Fold, RowNumbers
from insula.windows.stream import StreamWindows


@dataclass(frozen=True, eq=False)
class Windows:
    """All windows of a run, before any fold."""

    rows: Rows
    streams: Mapping[str, StreamWindows]
    targets: Mapping[str, Target]
    length: float | None
    copies: Mapping[str, When] = field(default_factory=dict)
    """When copies of trials are made, by the name of the augmentation that makes them."""

    @property
    def view(self) -> SplitView:
        """The rows as a split sees them."""
        return SplitView(self.rows.index, self.copies)

    @property
    def left_out(self) -> list[LeftOut]:
        """What the cutting and the feature steps left out."""
        return [*self.rows.left_out, *(item for stream in self.streams.values() for item in stream.left_out)]

    def undefined(self) -> dict[str, dict[str, float]]:
        """Return, per stream and channel (or feature), the share of its values that are undefined, where some are."""
        return {name: shares for name, stream in self.streams.items() if (shares := stream.undefined())}

    def notes(self) -> dict[str, dict[str, list[float]]]:
        """Return, per stream and note, what was noted of every recording, 0 where nothing was."""
        return {name: found for name, stream in self.streams.items() if (found := stream.prepared.notes(name))}

    def fit(self, fold: Fold) -> "FoldWindows":
        """Fit what the chains learn on the fold's training rows, and cut there what is cut at their median."""
        own = replace(self, rows=self.rows.recut(list(map(int, fold.train))))
        return FoldWindows(
            own, {name: FittedStream(stream, [int(row) for row in fold.train]) for name, stream in self.streams.items()}
        )


class FoldWindows(TorchDataset[Window]):
    """The windows of a run as one fold sees them; an item is a row of the index, or (row, draw) to augment it."""

    def __init__(self, windows: Windows, streams: Mapping[str, FittedStream]) -> None:
        self.windows, self.streams = windows, streams

    def __getitem__(self, item: int | tuple[int, int]) -> Window:
        row, seed = (int(item), None) if isinstance(item, int | np.integer) else item
        found = {}
        for name, stream in self.streams.items():
            found[name] = stream(row, None if seed is None else np.random.default_rng(draw(seed, row, name)))
        return Window(row, found, {name: values[row] for name, values in self.windows.rows.targets.items()})

    def usable(self, fold: Fold) -> Fold:
        """Return the fold without the rows whose every stream was refused by a step that runs per fold."""
        if not any(stream.fallible for stream in self.streams.values()):
            return fold

        def kept(rows: RowNumbers) -> np.ndarray:
            there = [row for row in map(int, rows) if any(stream(row) is not None for stream in self.streams.values())]
            return np.array(there, dtype=np.int64)

        return fold.each(kept)

    @property
    def left_out(self) -> list[LeftOut]:
        """What steps that run per fold refused."""
        trials = self.windows.rows.trials
        return [
            LeftOut(f"{name}: a window of trial {trials[row].id}", why)
            for name, stream in self.streams.items()
            for row, why in stream.failed.items()
        ]

    def check_storable(self) -> None:
        """Refuse what a bundle couldn't store, before any training.

        Raises
        ------
        BundleError
            If a step's fitted Transform is no dataclass of arrays, numbers and strings.
        """
        for stream in self.streams.values():
            for fitted in (*stream.signal_steps, *stream.feature_steps):
                if fitted.step.for_all:
                    pack(fitted.transforms[None], fitted.step.choice.cls)

    def spec(self, rows: RowNumbers, class_weights: Mapping[str, tuple[float, ...]] | None = None) -> DataSpec:
        """Size a model: look at rows until every stream has been seen.

        Raises
        ------
        ConfigError
            If a stream is in none of the rows, differs between datasets, ends in a physical unit, or refuses to be
            augmented.
        """
        streams = {name: self._spec(name, rows) for name in self.streams}
        weights = class_weights or {}
        targets = {n: TargetSpec(n, t.kind, t.classes, weights.get(n)) for n, t in self.windows.targets.items()}
        return DataSpec(streams, targets)

    def _spec(self, name: str, rows: RowNumbers) -> SignalSpec:
        signal = next((found for row in rows if (found := self.streams[name](int(row))) is not None), None)
        if signal is None:
            raise ConfigError(
                f"streams.{name}: none of the {len(rows)} training windows has it; drop it with ~streams.{name}"
            )
        check_alike(name, self.windows.rows.index, self.streams[name])
        self.streams[name].check_augmentations(rows)
        physical = sorted(set(signal.units) - {"1"})
        if physical:
            raise ConfigError(
                f"streams.{name} would enter the network in {', '.join(physical)}, where default eps swallow it: "
                f"add a step that scales, like +streams.{name}.features.standardize={{}}"
            )
        own = self.windows.length is not None or self.windows.streams[name].plan.length is not None
        return SignalSpec.of(signal, signal.n_times if own and signal.times is None else None)

    def batches(
        self, rows: RowNumbers, spec: DataSpec, size: int, groups: Sequence[int] | None = None
    ) -> Iterator[Batch]:
        """Yield rows in order, in batches of about ``size``, never cutting a group apart."""
        for chunk in chunks(rows, size, groups):
            numbers = None if groups is None else [groups[row] for row in chunk]
            yield collate([self[int(row)] for row in chunk], spec, numbers)


def chunks(rows: RowNumbers, size: int, groups: Sequence[int] | None = None) -> list[list[int]]:
    """Cut rows into batches; with groups, whole groups together, each batch at least one."""
    if groups is None:
        return [list(map(int, rows[k : k + size])) for k in range(0, len(rows), size)]
    found: list[list[int]] = []
    current: list[int] = []
    for row in map(int, rows):
        if len(current) >= size and groups[row] != groups[current[-1]]:
            found.append(current)
            current = []
        current.append(row)
    return [*found, current] if current else found


def conversations(rows: Rows) -> list[int]:
    """Return which conversation each row belongs to; a trial without a group is one of its own."""
    names = [trial.group or f"\x00{trial.id}" for trial in rows.trials]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return [numbers[name] for name in names]


def in_order(rows: RowNumbers, table: Rows, groups: Sequence[int]) -> list[int]:
    """Sort rows by conversation and by position inside it."""
    return sorted(
        map(int, rows), key=lambda row: (groups[row], table.trials[row].position or 0, table.index["t0"].iat[row])
    )
