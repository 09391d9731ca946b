"""The index: one row per window, which is all that a split and the audit look at."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from insula.errors import DataError
from insula.sources.joined_trial import JOINED, own_name
from insula.types import LeftOut, Rule, Signal, Target, Trial
from insula.windows.copies import is_copy
from insula.windows.slicing import TINY, covers, spans
from insula.windows.targets import Cuts, decode, encode

IDENTITY = ("dataset", "subject", "session", "recording", "trial", "stimulus", "group", "position", "parent")
COLUMNS = (*IDENTITY, "t0", "t1", "raw_t0", "raw_t1")


@dataclass(frozen=True)
class Extent:
    """What a stream needs of a window: its own length (None: the window's), context and filter reach, in seconds."""

    length: float | None
    context: float
    past: float
    future: float


@dataclass(frozen=True, eq=False)
class Rows:
    """The index with the trial of every row, the encoded targets, and what was left out."""

    index: pd.DataFrame
    trials: Sequence[Trial]
    targets: Mapping[str, Sequence[np.ndarray | None]]
    left_out: Sequence[LeftOut]
    rules: Mapping[str, tuple[Target, Rule | None]] = field(default_factory=dict)

    def recut(self, train: Sequence[int]) -> "Rows":
        """Return the rows with what is cut at a median of training trials cut at that of these rows' trials.

        Before there are folds such a target is cut at the median of all trials, by which splits are stratified.
        """
        learnt = {name: rule for name, rule in self.rules.items() if rule[0].median == "train"}
        if not learnt:
            return self
        index, targets = self.index.copy(), dict(self.targets)
        for name, (target, rule) in learnt.items():
            cuts = Cuts.of(name, target, (self.trials[row] for row in train))
            windows = zip(self.trials, index["t0"], index["t1"], strict=True)
            targets[name] = [encode(trial, name, target, rule, t0, t1, cuts) for trial, t0, t1 in windows]
            index[name] = pd.Series([decode(value, target) for value in targets[name]], index.index, object)
        return replace(self, index=index, targets=targets)

    def take(self, kept: Sequence[int], left_out: Sequence[LeftOut] = ()) -> "Rows":
        """Return some of the rows; ``left_out`` says what became of the others."""
        targets = {name: [values[row] for row in kept] for name, values in self.targets.items()}
        index = self.index.iloc[list(kept)].reset_index(drop=True)
        return Rows(index, [self.trials[row] for row in kept], targets, [*self.left_out, *left_out], self.rules)


def build_index(
    trials: Sequence[Trial],
    signal: Callable[[str, str], Signal | None],
    extents: Mapping[str, Extent],
    targets: Mapping[str, tuple[Target, Rule | None]],
    length: float | None,
    step: float | None,
) -> Rows:
    """Cut every trial into windows that have a label and at least one stream.

    Parameters
    ----------
    signal
        Gives the prepared recording of a stream, ``(stream, recording)``.
    length, step
        Of the windows, in seconds (see :func:`insula.windows.slicing.spans`).

    Raises
    ------
    DataError
        If two trials have one id, or no window is left.
    """
    repeated = [name for name, count in Counter(trial.id for trial in trials).items() if count > 1]
    if repeated:
        raise DataError(
            f"{len(repeated)} trial ids stand for several trials, {repeated[0]!r} first: ids must be unique"
        )
    cuts = {name: Cuts.of(name, target, trials) for name, (target, _) in targets.items()}
    rows: list[dict] = []
    owners: list[Trial] = []
    values: dict[str, list] = {name: [] for name in targets}
    left_out: list[LeftOut] = []
    for trial in trials:
        signals = {name: found for name in extents if (found := signal(name, trial.recording)) is not None}
        windows, why = _windows(trial, signals, extents, length, step)
        for t0, t1 in windows:
            encoded = {
                name: encode(trial, name, target, rule, t0, t1, cuts[name]) for name, (target, rule) in targets.items()
            }
            if all(value is None for value in encoded.values()):
                why[f"no label for {' or '.join(targets)}"] += 1
                continue
            shown = {name: decode(encoded[name], target) for name, (target, _) in targets.items()}
            rows.append({**_context(trial, targets), **_columns(trial, t0, t1, extents), **shown})
            owners.append(trial)
            for name, value in encoded.items():
                values[name].append(value)
        if not is_copy(trial):  # what a copy lacks, its trial lacks
            left_out += [LeftOut(f"trial {trial.id}", reason, count) for reason, count in why.items()]
    if not rows:
        first = f": {left_out[0].what}: {left_out[0].why}" if left_out else ""
        raise DataError(f"no window is left of {len(trials)} trials{first}")
    index = pd.DataFrame(rows)
    for name in IDENTITY:
        index[name] = index[name].astype(object).where(index[name].notna(), None)
    return Rows(index, owners, values, left_out, targets)


def _windows(
    trial: Trial, signals: Mapping[str, Signal], extents: Mapping[str, Extent], length: float | None, step: float | None
) -> tuple[list[tuple[float, float]], Counter[str]]:
    why: Counter[str] = Counter()
    if not signals:
        why["none of its streams could be used"] += 1
        return [], why
    ends = [found.stop for found in signals.values() if not found.static]
    stop = trial.stop if trial.stop is not None else max(ends, default=trial.start)
    found = spans(trial.start, min(stop, max(ends, default=stop)), length, step)
    if not found:
        why[f"its {stop - trial.start:.2f} s are shorter than a window of {length:g} s"] += 1
    kept = []
    for t0, t1 in found:
        usable = [
            name for name, s in signals.items() if has_window(s, trial.start, t0, t1, extents[name].length, length)
        ]
        if usable:
            kept.append((t0, t1))
        else:
            why["no stream has samples for the whole window"] += 1
    return kept, why


def has_window(signal: Signal, start: float, t0: float, t1: float, own: float | None, length: float | None) -> bool:
    """Whether a stream has what a window needs: every sample of a fixed length, or any sample of a whole trial.

    A stream whose own length reaches back behind the trial's ``start`` lacks that window: what lies there is another
    trial.
    """
    if own is not None and t1 - own < start - TINY:
        return False
    if own is None and length is None:
        return signal.static or (signal.t0 < t1 and signal.stop > t0)
    return covers(signal, t0 if own is None else t1 - own, t1)


def _columns(trial: Trial, t0: float, t1: float, extents: Mapping[str, Extent]) -> dict:
    begins = [max(trial.start, t1 - max(e.context, e.length or 0.0, t1 - t0)) - e.past for e in extents.values()]
    ends = [t1 + e.future for e in extents.values()]
    given = {name: own_name(trial, name) for name in IDENTITY if name != "trial"}
    return {**given, "trial": own_name(trial, "id"), "t0": t0, "t1": t1, "raw_t0": min(begins), "raw_t1": max(ends)}


def _context(trial: Trial, targets: Mapping[str, object]) -> dict:
    taken = {*COLUMNS, *targets, JOINED}
    return {k: v for k, v in trial.context.items() if k not in taken and isinstance(v, str | int | float)}
