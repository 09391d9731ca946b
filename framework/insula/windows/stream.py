"""StreamWindows: the windows of one stream, prepared as far as all folds share them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from insula.errors import ConfigError, SignalError
from insula.preprocess.augmentation import Augmentation
from insula.preprocess.chain import FittedStep, Step, fit_step, reach, stored_part
from insula.preprocess.prepare import Prepared
from insula.sources.joined_trial import own_name
from insula.sources.store import Store, Stored, entry_key
from insula.types import LeftOut, Signal, Trial
from insula.windows.copies import COPY, CopyMaker, is_copy
from insula.windows.index import Rows, has_window
from insula.windows.slicing import behind, cut


@dataclass(frozen=True, eq=False)
class StreamPlan:
    """What a run says of a stream's windows: its chains, its own length and context, its augmentations.

    ``copies`` makes the copies of trials by the name of the augmentation; the other augmentations are drawn anew for
    every training window in every epoch.
    """

    name: str
    signal: tuple[Step, ...]
    features: tuple[Step, ...]
    length: float | None
    context: float
    augment_signal: tuple[Augmentation, ...] = ()
    augment_features: tuple[Augmentation, ...] = ()
    copies: Mapping[str, CopyMaker] = field(default_factory=dict)
    reader_reach: tuple[float, float] = (0.0, 0.0)
    used: bool = True
    """Whether folds see it; one that isn't used only decides, with the others, which windows there are."""

    @property
    def reach(self) -> tuple[float, float]:
        """Seconds of past and future that a sample depends on, through the device and the steps on the signal."""
        past, future = reach(self.signal)
        return past + self.reader_reach[0], future + self.reader_reach[1]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in order."""
        return (*self.signal, *self.features)

    @property
    def live_signal(self) -> tuple[Step, ...]:
        """The steps on the continuous signal that are fitted per fold, and those behind them."""
        return stored_part(self.signal)[1]

    @property
    def stored_features(self) -> tuple[Step, ...]:
        """The feature steps that all folds share: none where something before them changes per fold or draw."""
        return () if self.live_signal or self.augment_signal else stored_part(self.features)[0]

    @property
    def stored(self) -> bool:
        """Whether windows are kept in the store: what took work to make, and stays the same for all folds."""
        return bool(self.stored_features) or bool(self.copies and not self.live_signal)

    @property
    def live_features(self) -> tuple[Step, ...]:
        """The feature steps that are run per fold."""
        return self.features[len(self.stored_features) :]


@dataclass(eq=False)
class StreamWindows:
    """The windows of one stream before anything is fitted on a fold.

    Parameters
    ----------
    plan
        Its chains and lengths.
    rows
        The index and the trial of every row.
    prepared
        The prepared recordings.
    length
        The run's window length in seconds, None for whole trials.
    """

    plan: StreamPlan
    rows: Rows
    prepared: Prepared
    length: float | None
    left_out: list[LeftOut] = field(default_factory=list)
    _entries: dict[int, tuple[Stored, int]] = field(default_factory=dict)
    _whole: "StreamWindows | None" = None
    """The windows that these were taken from: on all of them the shared steps were fitted."""
    _shared: dict[str, list[FittedStep]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.t0 = self.rows.index["t0"].to_numpy()
        self.t1 = self.rows.index["t1"].to_numpy()

    def store_features(self, store: Store) -> None:
        """Make copies and run the feature steps that all folds share, subject by subject; keep all in the store."""
        if not self.plan.stored:
            return
        groups: dict[str, list[int]] = {}
        for row, trial in enumerate(self.rows.trials):
            groups.setdefault(trial.subject, []).append(row)
        refused: Counter[str] = Counter()
        first: dict[str, str] = {}
        for rows in groups.values():
            key = self._key(rows)
            stored = store.get(key) or store.put(key, *self._features(rows)[:2])
            self._entries.update({row: (stored, number) for number, row in enumerate(rows)})
            for number, why in stored.refused().items():
                refused[why] += 1
                first.setdefault(why, self.rows.trials[rows[number]].id)
        self.left_out += [
            LeftOut(f"{self.plan.name}: windows, of trial {first[why]} first", why, count)
            for why, count in refused.items()
        ]

    def undefined(self) -> dict[str, float]:
        """Return, per channel (or feature), the share of the stored values that are undefined, where some are."""
        entries = {id(stored): stored for stored, _ in self._entries.values()}
        recordings = [stored for (name, _), stored in self.prepared.signals.items() if name == self.plan.name]
        total: Counter[str] = Counter()
        missing: Counter[str] = Counter()
        for stored in entries.values() or recordings:
            for channel, (bad, values) in stored.undefined().items():
                missing[channel] += bad
                total[channel] += values
        return {channel: bad / total[channel] for channel, bad in missing.items() if bad}

    def has(self, row: int) -> bool:
        """Whether the stream is there in a window."""
        return (self.base(row) if row in self._entries else self._cut(row)) is not None

    def take(self, rows: Rows, kept: Sequence[int]) -> "StreamWindows":
        """Return the windows of some rows."""
        entries = {new: self._entries[old] for new, old in enumerate(kept) if old in self._entries}
        return StreamWindows(self.plan, rows, self.prepared, self.length, self.left_out, entries, self._whole or self)

    def shared_steps(self, row: int) -> list[FittedStep]:
        """Return the feature steps that all folds share, as they were fitted for a row's subject."""
        subject, steps, whole = self.rows.trials[row].subject, self.plan.stored_features, self._whole or self
        if subject not in self._shared:
            rows = [number for number, trial in enumerate(whole.rows.trials) if trial.subject == subject]
            learns = any(step.scope for step in steps)
            self._shared[subject] = whole._features(rows)[2] if learns else [fit_step(step, ()) for step in steps]
        return self._shared[subject]

    def base(self, row: int) -> Signal | None:
        """Return a window as all folds share it, or None where the stream is missing."""
        if row in self._entries:
            stored, number = self._entries[row]
            return stored[number]
        return self.raw(row)

    def raw(self, row: int, recording: Callable[[Trial], Signal | None] | None = None) -> Signal | None:
        """Cut a row's window, with its context, out of its recording, and make the copy that it may be."""
        window, trial = self._cut(row, recording), self.rows.trials[row]
        make = self.plan.copies.get(trial.context[COPY]) if is_copy(trial) else None
        return window if window is None or make is None else make(window, trial, float(self.t0[row]))

    def _cut(self, row: int, recording: Callable[[Trial], Signal | None] | None = None) -> Signal | None:
        trial = self.rows.trials[row]
        signal = recording(trial) if recording else self.prepared.signal(self.plan.name, trial.recording)
        t0, t1 = float(self.t0[row]), float(self.t1[row])
        if signal is None or not has_window(signal, trial.start, t0, t1, self.plan.length, self.length):
            return None
        own = self.plan.length or (t1 - t0)
        begin = max(trial.start, t1 - max(own, self.plan.context)) if self.plan.context > own else t1 - own
        return cut(signal, begin, t1)

    def finish(self, row: int, signal: Signal) -> Signal:
        """Drop the context that the feature steps have used.

        Raises
        ------
        ConfigError
            If a step has moved the window's end, so that what lies before it can't be told.
        """
        t1 = float(self.t1[row])
        own = self.plan.length or t1 - float(self.t0[row])
        if self.plan.context <= own:
            return signal
        if not signal.static and signal.times is None and signal.stop > t1 + 1.5 * signal.interval:
            raise ConfigError(
                f"streams.{self.plan.name}: a feature step moves the end of a window from {t1:g} to {signal.stop:g} s, "
                "which can't stand beside a longer context; drop the step, or context"
            )
        return behind(signal, t1 - own, t1)

    def fits(self, row: int) -> bool:
        """Whether steps may be fitted on a row: not on a copy that only training is to know."""
        trial = self.rows.trials[row]
        make = self.plan.copies.get(trial.context[COPY]) if is_copy(trial) else None
        return make is None or make.when != "after_split"

    def _key(self, rows: Sequence[int]) -> str:
        trials = [self.rows.trials[row] for row in rows]
        recordings = sorted({trial.recording for trial in trials})
        return entry_key(
            signals=[self.prepared.keys[self.plan.name, recording] for recording in recordings],
            steps=[step.choice.key() for step in self.plan.stored_features],
            windows=[
                (own_name(trial, "id"), trial.start, self.t0[row], self.t1[row])
                for row, trial in zip(rows, trials, strict=True)
            ],
            length=(self.plan.length, self.length),
            context=self.plan.context,
            copies={name: make.choice.key() for name, make in self.plan.copies.items()},
        )

    def _features(self, rows: Sequence[int]) -> tuple[list[Signal | None], dict[int, str], list[FittedStep]]:
        """Run the steps; return every row's result, by position in ``rows`` why one was refused, and what ran."""
        steps, trials = self.plan.stored_features, self.rows.trials
        learns = next((number for number, step in enumerate(steps) if step.scope), len(steps))
        plain = [fit_step(step, ()) for step in steps[:learns]]
        current: dict[int, Signal] = {}
        refused: dict[int, str] = {}

        def run(row: int, signal: Signal, fitted: Sequence[FittedStep]) -> None:
            for step in fitted:
                try:
                    signal = step(signal, trials[row])
                except SignalError as error:
                    current.pop(row, None)
                    # What the step itself says, without the trial, so that the same verdict counts as the same.
                    refused[row] = f"{step.step.path}: {error.__cause__ or error}"
                    return
            current[row] = signal

        for row in rows:  # as far as nothing is fitted, one after the other: features are small, and sound is not
            try:
                signal = self.raw(row)
            except SignalError as error:
                refused[row] = f"the copy by {trials[row].context[COPY]}: {error}"
                continue
            if signal is not None:
                run(row, signal, plain)
        fitted = plain
        for step in steps[learns:]:
            known = [(trials[row], signal) for row, signal in current.items() if self.fits(row)]
            fitted = [*fitted, fit_step(step, known)]
            for row, signal in list(current.items()):
                run(row, signal, fitted[-1:])
        return [current.get(row) for row in rows], {rows.index(row): why for row, why in refused.items()}, fitted
