"""SwappedIdentity: the run's own model, trained with identities that were dealt out anew, or made up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from insula.evaluation.controls.answered import scored
from insula.evaluation.controls.identity import KINDS, SHUFFLED
from insula.evaluation.controls.retrained import forget, kept, retrained
from insula.evaluation.controls.shuffle import within
from insula.evaluation.fold import FoldRun
from insula.evaluation.predict import join
from insula.randomness import draw
from insula.specs import TargetSpec
from insula.types import Signal
from insula.windows.protocol import Protocol
from insula.windows.stream import StreamWindows
from insula.windows.windows import Windows


@dataclass(eq=False)
class DealtStream(StreamWindows):
    """A static stream that is constant for every person, with another person's vector, or a made-up one.

    Parameters
    ----------
    donor
        Row to the row whose vector it has.
    made_up
        Row to the numbers that stand instead; empty: the donor's own.
    """

    donor: Mapping[int, int] = field(default_factory=dict)
    made_up: Mapping[int, np.ndarray] = field(default_factory=dict)

    def base(self, row: int) -> Signal | None:
        """Return a window as all folds share it."""
        return self._given(row, super().base(row))

    def raw(self, row: int, recording: Any = None) -> Signal | None:
        """Return another person's window, or the person's own with other numbers."""
        return self._given(row, super().raw(self.donor[row], recording))

    def _given(self, row: int, signal: Signal | None) -> Signal | None:
        return signal if signal is None or not self.made_up else signal.with_data(self.made_up[row])


def deal(windows: Windows, stream: str, kind: str, protocol: Protocol) -> Windows:
    """Return the windows with a stream's vectors dealt out anew among people of a dataset, or made up for everyone.

    What is made up is normal, with mean and standard deviation of the people's own vectors. Who lacks the stream goes
    on lacking it.
    """
    own, rng = windows.streams[stream], np.random.default_rng(draw(0, "swap", stream, kind))
    there = np.array([row for row in range(len(protocol.subject)) if own.has(row)])
    _, first, person = np.unique(protocol.subject[there], return_index=True, return_inverse=True)
    first = there[first]
    donor, made_up = {row: row for row in range(len(protocol.subject))}, {}
    if kind == SHUFFLED:
        given = first[within(protocol.codes("dataset")[first], rng)]
        donor |= dict(zip(there.tolist(), given[person].tolist(), strict=True))
    else:
        vectors = np.stack([signal.data for row in first if (signal := own.base(int(row))) is not None])
        numbers = np.nanmean(vectors, axis=0) + np.nanstd(vectors, axis=0) * rng.normal(size=vectors.shape)
        made_up = dict(zip(there.tolist(), numbers[person], strict=True))
    values = {each.name: getattr(own, each.name) for each in fields(StreamWindows)}
    entries = values["_entries"]
    values["_entries"] = {row: entries[donor[row]] for row in entries}
    return replace(windows, streams={**windows.streams, stream: DealtStream(**values, donor=donor, made_up=made_up)})


def swapped_identity(
    runs: Sequence[FoldRun],
    windows: Windows,
    targets: Mapping[str, TargetSpec],
    streams: Sequence[str],
    unit: str,
    folder: Path,
) -> dict[str, list[dict[str, Any]]]:
    """Train the model with every stream shuffled among people and replaced by random numbers; return figures.

    Beside them stand those of the run's model of the first seed.
    """
    protocol, index = Protocol(windows.rows.index, [run.fold for run in runs]), windows.rows.index

    def figures(table: Any) -> dict[str, Any]:
        return {
            name: scored([table.loc[table["target"] == name]], index, target, unit)["metrics"]
            for name, target in targets.items()
        }

    def once(stream: str, kind: str) -> dict[str, Any]:
        name = f"{stream}-{kind}"

        def train() -> dict[str, Any]:
            dealt = deal(windows, stream, kind, protocol)
            found = figures(retrained(runs, lambda fold: dealt, folder, name))
            forget(runs, folder, name)
            return found

        return kept(folder / f"{name}.json", unit, train)

    true = figures(join(run.predictions() for run in runs))
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in targets}
    for stream in streams:
        several = {kind: once(stream, kind) for kind in KINDS}
        for name in targets:
            found[name].append({"stream": stream, "true": true[name], **{kind: several[kind][name] for kind in KINDS}})
    return found
