"""CSV and Parquet files whose columns are channels."""

from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float

from insula import Signal, SignalError
from insula_table.formats import SAY_RATE
from insula_table.manifest import sniffed

TIME = "time"
UNEVEN = 0.2
"""Share of a step by which a step may differ from the mean step; printing times with few digits makes small
differences."""
CLOCK = 1e8
"""Seconds; a time above this is a date, not a place in a recording."""


def read_csv(path: Path, sfreq: float | None) -> Signal:
    """Load a CSV: a header of channel names, numbers below; an empty cell is an undefined sample."""
    try:
        frame = pd.read_csv(path, sep=sniffed(path), encoding="utf-8-sig", index_col=False, skipinitialspace=True)
    except (OSError, ValueError) as error:
        raise SignalError(f"{path} can't be read as CSV: {' '.join(str(error).split())}") from error
    return _signal(frame, path, sfreq)


def read_parquet(path: Path, sfreq: float | None) -> Signal:
    """Load a Parquet file: columns are channels."""
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise SignalError(f"{path} can't be read as Parquet: {' '.join(str(error).split())}") from error
    return _signal(frame, path, sfreq)


def _signal(frame: pd.DataFrame, path: Path, sfreq: float | None) -> Signal:
    frame = frame.rename(columns=lambda name: str(name).strip())
    channels = [name for name in frame.columns if name != TIME]
    if frame.empty or not channels:
        raise SignalError(f"{path} holds no samples")
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            wrong = frame.loc[pd.isna(pd.to_numeric(frame[name], errors="coerce")), name]
            raise SignalError(f"{path}: the column {name!r} holds {next(iter(wrong), '')!r}, which is no number")
    data = frame[channels].to_numpy(np.float64).T
    if TIME in frame.columns:
        return _timed(data, frame[TIME].to_numpy(np.float64), channels, path)
    if len(frame) == 1:
        return Signal.of(data, 0.0, channels, "1")
    if sfreq is None:
        raise SignalError(f"{path} has no column 'time'; {SAY_RATE}")
    return Signal.of(data, sfreq, channels, "1")


def _timed(
    data: Float[np.ndarray, "channels time"], times: Float[np.ndarray, " time"], channels: list[str], path: Path
) -> Signal:
    steps = np.diff(times)
    if np.isnan(times).any() or (steps <= 0).any():
        raise SignalError(f"{path}: its column 'time' doesn't rise from row to row")
    if times[0] > CLOCK:
        raise SignalError(
            f"{path}: its column 'time' begins at {times[0]:.0f}, a date; it must be seconds from the recording's start"
        )
    if len(steps) and (np.abs(steps - steps.mean()) <= UNEVEN * steps.mean()).all():
        return Signal.of(data, _rate(times), channels, "1", t0=float(times[0]))
    return Signal.of(data, 0.0, channels, "1", t0=float(times[0]), times=times)


def _rate(times: Float[np.ndarray, " time"]) -> float:
    """Return the rate of even times, as a whole number where that moves no sample by half a step: times are often
    rounded.
    """
    length = float(times[-1] - times[0])
    rate = (len(times) - 1) / length
    return float(round(rate)) if round(rate) and abs(rate - round(rate)) * length < 0.5 else rate
