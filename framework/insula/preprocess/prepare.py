"""Prepare recordings: read, run the part of the chain that all folds share, and keep the result in the store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from insula.errors import DataError, SignalError
from insula.plugin.choice import Choice
from insula.preprocess.chain import FittedStep, Step, fit_step
from insula.sources.reader import Reader
from insula.sources.store import Store, Stored, digest_files, entry_key
from insula.types import LeftOut, Signal, Trial


@dataclass(frozen=True, eq=False)
class Source:
    """Where a stream comes from: its reader, and the steps on the continuous signal that all folds share.

    Of several datasets, each has its own source of a stream, or none where it lacks the modality; ``dataset`` is its
    key.
    """

    stream: str
    choice: Choice
    reader: Reader
    steps: tuple[Step, ...]
    dataset: str = ""

    @property
    def by_subject(self) -> bool:
        """Whether a step looks at all recordings of a subject at once."""
        return any(step.scope == "subject" for step in self.steps)


@dataclass
class Prepared:
    """The prepared recordings of every stream, with their keys, and what was left out."""

    signals: dict[tuple[str, str], Stored] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    def signal(self, stream: str, recording: str) -> Signal | None:
        """Return one recording, or None where it lacks the modality or couldn't be read."""
        stored = self.signals.get((stream, recording))
        return None if stored is None else stored[0]

    def notes(self, stream: str) -> dict[str, list[float]]:
        """Return, per note, what reader and steps noted of each of a stream's recordings: 0 where they didn't."""
        stored = [entry[0] for (name, _), entry in self.signals.items() if name == stream]
        noted = [signal.notes for signal in stored if signal is not None]
        names = dict.fromkeys(name for notes in noted for name in notes)
        return {name: [notes.get(name, 0.0) for notes in noted] for name in names}


def prepare(
    dataset: Choice, trials: Sequence[Trial], sources: Sequence[Source], store: Store, *, progress: bool = True
) -> Prepared:
    """Prepare every recording of every stream; what the store already has is not computed again.

    Raises
    ------
    DataError
        If not one recording of a stream can be used.
    """
    from tqdm import tqdm

    prepared = Prepared()
    recordings = list({trial.recording: trial for trial in reversed(trials)}.values())[::-1]
    by_subject = any(source.by_subject for source in sources)
    if by_subject:
        _check_one_person_each(trials)
    batches = _subjects(recordings) if by_subject else [[trial] for trial in recordings]
    missing = []
    for batch in batches:
        work = _Batch(dataset, batch, sources)
        if not work.found(store, prepared):
            missing.append(work)
    shown = len(missing) > 20 and progress
    for work in tqdm(missing, desc="prepare", unit="recording", disable=None if shown else True, leave=False):
        work.compute(store, prepared)
    for source in sources:
        if all(prepared.signal(source.stream, trial.recording) is None for trial in recordings):
            why = [item for item in prepared.left_out if item.what.startswith(f"{source.stream}: ")]
            first = f"; the first: {why[0].what}: {why[0].why}" if why else ": every recording lacks the modality"
            raise DataError(f"streams.{source.stream}: none of {len(recordings)} recordings could be used{first}")
    return prepared


def recording_stages(
    dataset: Choice, sources: Sequence[Source], trials: Sequence[Trial], stream: str
) -> list[tuple[str, Signal]]:
    """Return a stream's first usable recording as read (``raw``) and after every step that all folds share."""
    source = next(source for source in sources if source.stream == stream)
    for trial in trials:
        peers = [peer for peer in trials if peer.subject == trial.subject] if source.by_subject else [trial]
        work = _Batch(dataset, list({peer.recording: peer for peer in peers}.values()), [source])
        try:
            found = [work.signal(source, source.steps[:count], trial) for count in range(len(source.steps) + 1)]
        except SignalError:
            continue
        names = ["raw", *(step.path.rpartition(".")[2] for step in source.steps)]
        if found[-1] is not None:
            return [(name, signal) for name, signal in zip(names, found, strict=True) if signal is not None]
    return []


def _check_one_person_each(trials: Sequence[Trial]) -> None:
    people: dict[str, str] = {}
    for trial in trials:
        if people.setdefault(trial.recording, trial.subject) != trial.subject:
            raise DataError(
                f"recording {trial.recording} has trials of {people[trial.recording]} and {trial.subject}: a step "
                "on the continuous signal can't be fitted on one subject there; type fit: recording, or move it "
                "under features"
            )


def _subjects(recordings: Sequence[Trial]) -> Iterable[list[Trial]]:
    ordered = sorted(recordings, key=lambda trial: trial.subject)
    return [list(group) for _, group in groupby(ordered, key=lambda trial: trial.subject)]


class _Batch:
    """Recordings that are prepared together: one, or all of a subject where a step is fitted on subjects.

    Intermediate signals are kept while the batch is worked on, so that what the streams' chains share is computed once.
    """

    def __init__(self, dataset: Choice, trials: Sequence[Trial], sources: Sequence[Source]) -> None:
        self.trials, self.sources = trials, sources
        self.dataset = dataset.key()
        self.memory: dict[Any, Any] = {}

    def key(self, source: Source, trial: Trial) -> str:
        """Return the store key of one stream of one recording."""
        peers = self.trials if source.by_subject else [trial]
        files = [
            self._remember(("files", id(source.reader), peer.recording), lambda p=peer: _files(source, p))
            for peer in peers
        ]
        # A reader is given files and a trial: what else the dataset was told (thresholds, a few people) can't reach it.
        # Without files, data are made in memory from what the dataset was told.
        known = self.dataset if not any(files) else {name: self.dataset[name] for name in ("path", "source")}
        return entry_key(
            dataset=known,
            recording=trial.recording,
            context=_context(source, trial),
            files=files,
            reader=source.choice.key(),
            steps=[step.choice.key() for step in source.steps],
        )

    def found(self, store: Store, prepared: Prepared) -> bool:
        """Take what the store has; return whether that was everything."""
        complete = True
        for source in self.sources:
            for trial in self.trials:
                place = source.stream, trial.recording
                prepared.keys[place] = self.key(source, trial)
                stored = store.get(prepared.keys[place])
                if stored is None:
                    complete = False
                else:
                    prepared.signals[place] = stored
        return complete

    def compute(self, store: Store, prepared: Prepared) -> None:
        """Compute and store what isn't there yet; what fails is left out and named."""
        for trial in self.trials:
            for source in self.sources:
                place = source.stream, trial.recording
                if place in prepared.signals:
                    continue
                try:
                    signal = self.signal(source, source.steps, trial)
                except SignalError as error:
                    prepared.left_out.append(_refused(source, trial, str(error)))
                    continue
                prepared.signals[place] = store.put(prepared.keys[place], [signal])
        self.memory.clear()

    def signal(self, source: Source, steps: tuple[Step, ...], trial: Trial) -> Signal | None:
        """Return a recording after some steps."""
        prefix = tuple(str(step.choice.key()) for step in steps)
        place = ("signal", str(source.choice.key()), prefix, trial.recording)
        return self._remember(place, lambda: self._after(source, steps, trial))

    def _after(self, source: Source, steps: tuple[Step, ...], trial: Trial) -> Signal | None:
        if not steps:
            return source.reader.read(trial)
        before = self.signal(source, steps[:-1], trial)
        return None if before is None else self._fitted(source, steps, trial)(before, trial)

    def _fitted(self, source: Source, steps: tuple[Step, ...], trial: Trial) -> FittedStep:
        step = steps[-1]
        prefix = tuple(str(s.choice.key()) for s in steps)
        place = ("fitted", str(source.choice.key()), prefix, FittedStep.group(step.scope, trial))

        def fit() -> FittedStep:
            peers = self.trials if step.scope == "subject" else [trial]
            usable = ((peer, self._usable(source, steps[:-1], peer)) for peer in peers)
            return fit_step(step, [(peer, signal) for peer, signal in usable if signal is not None])

        return self._remember(place, fit)

    def _usable(self, source: Source, steps: tuple[Step, ...], trial: Trial) -> Signal | None:
        try:
            return self.signal(source, steps, trial)
        except SignalError:
            return None  # it is named when its own turn comes

    def _remember(self, place: Any, compute: Any) -> Any:
        if place not in self.memory:
            self.memory[place] = compute()
        return self.memory[place]


def _refused(source: Source, trial: Trial, why: str) -> LeftOut:
    """Say why a recording isn't used; what is said of many files counts as one kind of reason."""
    named = (path for path in source.reader.files(trial) if why.startswith(f"{path} "))
    kind = next((f"its file {why.removeprefix(f'{path} ')}" for path in named), why)
    return LeftOut(f"{source.stream}: recording {trial.recording}", why, kind=kind)


def _context(source: Source, trial: Trial) -> dict[str, str]:
    """Return what else a reader may go by; where files lie isn't part of it, their contents are digested."""
    files = [path.as_posix() for path in source.reader.files(trial)]

    def place(value: Any) -> bool:
        named = isinstance(value, str) and any(file == value or file.endswith(f"/{value}") for file in files)
        return named or isinstance(value, Path)

    return {name: _told(value) for name, value in trial.context.items() if not place(value)}


def _told(value: Any) -> str:
    """Say a value so that two that differ are said differently, the same in every process."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}{blake2b(np.ascontiguousarray(value).tobytes()).hexdigest()}"
    if isinstance(value, set | frozenset):
        return str(sorted(map(_told, value)))
    if isinstance(value, Mapping):
        return str(sorted((_told(key), _told(item)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return str([_told(item) for item in value])
    return repr(value)


def _files(source: Source, trial: Trial) -> list[tuple[str, str]]:
    try:
        return digest_files(list(source.reader.files(trial)))
    except OSError as error:
        return [(str(error.filename), "missing")]
