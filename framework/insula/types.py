"""The nouns of the data: what a dataset lists, a reader loads, and a window holds.

Only numpy is imported here, so that readers and preprocessors stay light.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from jaxtyping import Bool, Float

from insula.errors import SignalError


@dataclass(frozen=True, eq=False)
class Signal:
    """Samples of some channels over time, or one column of features.

    Parameters
    ----------
    data
        Samples, ``(channels, time)``, float32 and C-contiguous. A value that is undefined is NaN.
    sfreq
        Sampling rate in Hz; 0 for a static vector (personality, the features of a window), which has one column.
    ch_names
        One name per channel.
    units
        One unit per channel: SI (``"V"``, ``"S"``, ``"degC"``), or ``"1"`` for audio in [-1, 1] and anything scaled.
    t0
        Time of the first sample, in seconds from the start of the recording.
    times
        Time of every sample in seconds from the start of the recording, only where sampling is irregular.
    valid
        Which samples are defined, ``(channels, time)``; None: those that are not NaN.
    notes
        Named counts or shares that its reader or a step has noticed (``{"flat": 0.03}``), for the report.
    """

    data: Float[np.ndarray, "channels time"]
    sfreq: float
    ch_names: tuple[str, ...]
    units: tuple[str, ...]
    t0: float = 0.0
    times: Float[np.ndarray, " time"] | None = None
    valid: Bool[np.ndarray, "channels time"] | None = None
    notes: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        data = self.data
        if data.ndim != 2 or data.dtype != np.float32:
            raise SignalError(
                f"a Signal's data is a float32 array (channels, time); this is {data.dtype} of shape {data.shape}. "
                "Use Signal.of(...), which converts."
            )
        if len(self.ch_names) != len(data) or len(self.units) != len(data):
            raise SignalError(
                f"a Signal of {len(data)} channels needs as many names and units; "
                f"it has {len(self.ch_names)} names and {len(self.units)} units"
            )
        if self.sfreq == 0 and self.times is None and data.shape[1] != 1:
            raise SignalError(f"a static Signal (sfreq 0) has one column; this one has {data.shape[1]}")
        for name, shape in (("valid", data.shape), ("times", data.shape[1:])):
            array = getattr(self, name)
            if array is not None and array.shape != shape:
                raise SignalError(f"a Signal's {name} has shape {shape} here, not {array.shape}")

    @classmethod
    def of(cls, data: Any, sfreq: float, ch_names: Any, units: Any, **more: Any) -> "Signal":
        """Make a Signal from anything array-like; one unit for all channels may be given as a string."""
        array = np.ascontiguousarray(np.atleast_2d(np.asarray(data)), dtype=np.float32)
        names = tuple(map(str, ch_names))
        return cls(
            array, float(sfreq), names, (units,) * len(names) if isinstance(units, str) else tuple(units), **more
        )

    @property
    def n_times(self) -> int:
        """Number of samples."""
        return self.data.shape[1]

    @property
    def static(self) -> bool:
        """Whether this is one column without a time axis."""
        return self.sfreq == 0 and self.times is None

    @property
    def interval(self) -> float:
        """Usual seconds from one sample to the next: of irregular sampling the median; 1 where there are no two."""
        if self.sfreq:
            return 1.0 / self.sfreq
        return float(np.median(np.diff(self.times))) if self.times is not None and len(self.times) > 1 else 1.0

    @property
    def duration(self) -> float:
        """Length in seconds, of which the last sample takes one ``interval``; 0 for a static vector."""
        if self.times is not None:
            return float(self.times[-1] - self.times[0]) + self.interval if len(self.times) else 0.0
        return self.n_times / self.sfreq if self.sfreq else 0.0

    @property
    def stop(self) -> float:
        """End in seconds from the start of the recording: one ``interval`` after the last sample, so that up to
        ``stop`` is the whole signal.
        """
        if self.times is not None:
            return float(self.times[-1]) + self.interval if len(self.times) else self.t0
        return self.t0 + self.duration

    @property
    def defined(self) -> Bool[np.ndarray, "channels time"]:
        """Which samples are defined: ``valid`` where it is given, else those that are not NaN."""
        return ~np.isnan(self.data) if self.valid is None else self.valid

    def with_data(self, data: Any, **changes: Any) -> "Signal":
        """Return a copy with other samples; pass ``valid=`` too where a step changes what is defined."""
        return replace(self, data=np.ascontiguousarray(data, dtype=np.float32), **changes)

    def noted(self, name: str, value: float = 1.0) -> "Signal":
        """Return a copy with one more note for the report; a note's name is short and always the same."""
        return replace(self, notes={**self.notes, name: float(value)})


Label = str | int | float | np.number | Mapping[str, float | int] | Signal | None
"""A class, a number, a distribution over classes, a Signal over time, or None where it is missing."""


@dataclass(frozen=True)
class Trial:
    """A stretch of a recording with its labels; several trials may share one recording.

    ``subject`` is the person (the speaker), ``stimulus`` what was shown or said (the video, the sentence). ``group``
    and ``position`` place an utterance in a dialogue; ``parent`` names the trial that an augmented copy was made
    from. ``start`` and ``stop`` are seconds from the start of the recording; ``stop=None`` is its end. ``context``
    holds whatever else a dataset knows (columns that a ``group`` split may use, paths for its readers).
    """

    id: str
    subject: str
    dataset: str = ""
    session: str | None = None
    stimulus: str | None = None
    recording: str = ""
    start: float = 0.0
    stop: float | None = None
    group: str | None = None
    position: int | None = None
    parent: str | None = None
    labels: Mapping[str, Label] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.recording:
            object.__setattr__(self, "recording", self.id)


Scope = Literal["train", "subject", "recording", "everything"]
"""What a learnt step is fitted on."""
When = Literal["epoch", "after_split", "before_split"]
"""When an augmentation is drawn: in every epoch, or once, as copies that the split doesn't see, or that it sees."""
Kind = Literal["classes", "binary", "number"]
Rule = Literal["majority", "mean", "end"]


@dataclass(frozen=True)
class Target:
    """What a dataset says of one of its labels: declared, never inferred from the trials that happen to be there.

    Parameters
    ----------
    kind
        ``classes`` (one of ``classes``), ``binary`` (the second of two ``classes`` is the positive one) or ``number``.
    classes
        Their names, in order.
    label
        The key in ``Trial.labels``; None: the target's own name. Several keys: numbers that are cut together.
    edges
        Where the labels are numbers and the target has classes: each number is cut here, and one that equals an edge
        belongs to the class below. The parts of several labels are combined, the first label's slowest.
    median
        Cut at a median of the trials' labels instead: that of a fold's training trials (``train``), or of all of a
        subject's (``subject``), those under test included, which the audit says.
    """

    kind: Kind
    classes: tuple[str, ...] = ()
    label: str | tuple[str, ...] | None = None
    edges: tuple[float, ...] = ()
    median: Literal["train", "subject"] | None = None

    def __post_init__(self) -> None:
        wrong = {"classes": len(self.classes) < 2, "binary": len(self.classes) != 2, "number": bool(self.classes)}
        if wrong[self.kind]:
            raise SignalError(f"a target of kind {self.kind!r} can't have the classes {self.classes}")
        if self.edges and (self.median or sorted(set(self.edges)) != list(self.edges)):
            raise SignalError(f"a target's edges must rise, and stand beside no median: {self.edges}, {self.median}")
        parts = 2 if self.median else len(self.edges) + 1
        several = len(self.label) if isinstance(self.label, tuple) else 1
        if (self.cuts or several > 1) and (self.kind == "number" or parts**several != len(self.classes)):
            raise SignalError(
                f"a target that cuts {several} numbers into {parts} parts each has {parts**several} classes, "
                f"not {len(self.classes)}"
            )

    @property
    def cuts(self) -> bool:
        """Whether its classes are parts of a scale of numbers."""
        return bool(self.edges) or self.median is not None

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the keys of its labels in ``Trial.labels``."""
        return self.label if isinstance(self.label, tuple) else (self.label or name,)

    def position(self, label: Any) -> int:
        """Return which of its classes a label names, or numbers from 0.

        Raises
        ------
        ValueError, TypeError
            If it is none of them.
        """
        if isinstance(label, str):
            return self.classes.index(label)
        if str(label) in self.classes:  # classes that are written as numbers
            return self.classes.index(str(label))
        number = float(label)
        if not number.is_integer():
            raise ValueError(label)
        if str(int(number)) in self.classes:  # a table with gaps makes 2.0 of 2
            return self.classes.index(str(int(number)))
        if not 0 <= number < len(self.classes):
            raise ValueError(label)
        return int(number)


@dataclass(frozen=True)
class LeftOut:
    """Something a run didn't use: which file, trial or window, why, and how many windows or files it stands for.

    ``kind`` is the reason without what is this one's alone (its path), so that one reason counts as one; by default it
    is ``why``.
    """

    what: str
    why: str
    count: int = 1
    kind: str = ""


@dataclass(frozen=True, eq=False)
class Window:
    """One row of a run: the Signal of every stream (None where it is missing) between two times of a trial.

    ``targets`` holds, per target, a class distribution ``(classes,)``, a number ``(1,)``, or None where the label is
    missing.
    """

    row: int
    streams: Mapping[str, Signal | None]
    targets: Mapping[str, Float[np.ndarray, " outputs"] | None]
