"""NPY files."""

from pathlib import Path

import numpy as np

from insula import Signal, SignalError
from insula_table.formats import SAY_RATE


def read_array(path: Path, sfreq: float | None) -> Signal:
    """Load ``(channels, time)`` at a given rate, or a vector (or one column) as static; channels are called ``c1…``."""
    try:
        data = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise SignalError(f"{path} can't be read as NPY: {error}") from error
    if not isinstance(data, np.ndarray) or data.ndim not in (1, 2) or data.dtype.kind not in "fiub":
        raise SignalError(f"{path} must hold numbers, (channels, time) or a vector; it holds {_described(data)}")
    static = data.ndim == 1 or (sfreq is None and data.shape[1] == 1)
    if not static and sfreq is None:
        raise SignalError(f"{path} holds {data.shape[1]} samples and no rate; {SAY_RATE}")
    column = data[:, None] if data.ndim == 1 else data
    return Signal.of(
        column, 0.0 if static else sfreq or 0.0, [f"c{number}" for number in range(1, len(column) + 1)], "1"
    )


def _described(data: object) -> str:
    return f"{data.dtype} of shape {data.shape}" if isinstance(data, np.ndarray) else type(data).__name__
