"""Identity: inputs that are constant for each person and differ between people, so that they say who it is."""

import numpy as np

from insula.windows.copies import is_copy
from insula.windows.stream import StreamWindows
from insula.windows.windows import Windows

_SAME = 1e-6
"""Relative difference up to which two values are one."""


def identity_inputs(windows: Windows) -> list[str]:
    """Return the streams, and the channels of others, that to a model may be a name tag: ``peripheral (age)``."""
    found = []
    for name, stream in windows.streams.items():
        tags, channels = _tags(stream)
        if tags:
            found.append(name if len(tags) == channels else f"{name} ({', '.join(tags)})")
    return found


def _tags(stream: StreamWindows) -> tuple[list[str], int]:
    """Return the channels that are constant for every person, and how many there are: one pass, until none is left."""
    values: dict[str, dict[str, float]] | None = None
    channels = 0
    for row, trial in enumerate(stream.rows.trials):
        signal = None if is_copy(trial) else stream.base(row)
        if signal is None:
            continue
        if values is None:
            values, channels = {name: {} for name in signal.ch_names}, len(signal.ch_names)
        for number, name in enumerate(signal.ch_names):
            if name in values and not _constant(
                signal.data[number][signal.defined[number]], values[name], trial.subject
            ):
                del values[name]
        if not values:
            return [], channels
    return [name for name, people in (values or {}).items() if _differ(people)], channels


def _constant(samples: np.ndarray, known: dict[str, float], person: str) -> bool:
    """Whether all samples are one value, the one known of the person; an unknown one is noted."""
    if not len(samples):
        return True
    value = known.setdefault(person, float(samples[0]))
    return bool(np.abs(samples - value).max() <= _SAME * abs(value))


def _differ(people: dict[str, float]) -> bool:
    values = list(people.values())
    return bool(values) and max(values) - min(values) > _SAME * max(map(abs, values))
