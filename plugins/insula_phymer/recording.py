"""Recording: samples, names and rate of an EEG file, FIF, SET or CSV."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from insula import SignalError
from insula_phymer.channels import EPOC_X
from insula_phymer.wristband import NAMED


@dataclass(frozen=True, eq=False)
class Recording:
    """What the file says; ``sfreq`` in Hz, None where it says none."""

    data: Float[np.ndarray, "channels time"]
    names: tuple[str, ...]
    sfreq: float | None


def read_recording(path: Path) -> Recording:
    """Read a continuous recording.

    Raises
    ------
    SignalError
        If it can't be read, whatever the reading library raises, or isn't continuous.
    OSError
        If it can't be opened.
    """
    return _read_csv(path) if path.suffix.lower() == ".csv" else _read_mne(path)


def parts(path: Path) -> list[Path]:
    """Return the files that make up a recording: the samples of a SET file may stand beside it."""
    beside = path.with_suffix(".fdt")
    return [path, beside] if path.suffix.lower() == ".set" and beside.is_file() else [path]


def _read_mne(path: Path) -> Recording:
    import mne

    kind = path.suffix.lower()
    with path.open("rb") as file:
        if not file.read(1):
            raise SignalError("it is empty")
    load = mne.io.read_raw_eeglab if kind == ".set" else mne.io.read_raw_fif
    try:
        raw = load(path, preload=True, verbose="ERROR")
        return Recording(np.asarray(raw.get_data(verbose="ERROR")), tuple(raw.ch_names), float(raw.info["sfreq"]))
    except Exception as error:  # a damaged file ends in any of six kinds of errors, and must not end a run
        said = str(error).replace(repr(path), "it").replace(str(path), "it")
        reason = " ".join(said.split()).rstrip(".") or type(error).__name__
        name = {".set": "SET (EEGLAB)", ".fif": "FIF"}.get(kind, kind)
        raise SignalError(
            f"it can't be read as a continuous {name} recording; is it cut off, damaged, or of epochs? ({reason})"
        ) from error


def _read_csv(path: Path) -> Recording:
    """Read a table with a column per channel; without a row of names, the columns are EPOC X's in its order."""
    import pandas as pd

    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            first = [cell.strip().strip('"') for cell in file.readline().split(",")]
        named = not all(map(_is_number, first))
        frame = pd.read_csv(path, header=0 if named else None, encoding="utf-8-sig", skipinitialspace=True)
    except ValueError as error:
        raise SignalError(f"it can't be read as CSV: {' '.join(str(error).split())}") from error
    if not named and len(frame.columns) != len(EPOC_X):
        raise SignalError(f"it has no row of names and {len(frame.columns)} columns, not {len(EPOC_X)}")
    names = tuple(str(name).strip() for name in frame.columns) if named else EPOC_X
    data = frame.apply(pd.to_numeric, errors="coerce")
    lost = (data.isna() & frame.notna()).to_numpy()
    if lost.any():
        row, column = np.argwhere(lost)[0]
        raise SignalError(f"its column {names[column]} holds {frame.iat[row, column]!r}, which is no number")
    match = NAMED.search(path.stem)
    return Recording(data.to_numpy(np.float64).T, names, float(match.group(1)) if match else None)


def _is_number(text: str) -> bool:
    try:
        float(text or "nan")
    except ValueError:
        return False
    return True
