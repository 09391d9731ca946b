"""TableFile: loads whatever kind of file a manifest names."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from insula import DataError, Reader, Signal, SignalError, Trial, read_sound
from insula_table.array import read_array
from insula_table.formats import AUDIO, KNOWN, RECORDING
from insula_table.frame import read_csv, read_parquet
from insula_table.recording import read_recording

LOADERS = {
    **dict.fromkeys(AUDIO, lambda path, _sfreq: read_sound(path, silence=True)),
    **dict.fromkeys(RECORDING, read_recording),
    ".csv": read_csv,
    ".npy": read_array,
    ".parquet": read_parquet,
}


class TableFile(Reader):
    """Reads sound (WAV, FLAC, OGG, MP3), recordings (EDF, BDF, FIF, SET), CSV, NPY and Parquet, by suffix.

    Sound becomes one channel (see :func:`insula.read_sound`). A CSV has a header of channel names and may have a column
    ``time`` in seconds from the start of the recording; where its steps are even they give the rate, else the Signal is
    irregular. NPY holds ``(channels, time)``, or a vector, which is static; the columns of Parquet are channels. A CSV
    or Parquet of one row without ``time`` is static.

    Parameters
    ----------
    root
        The manifest, or its folder.
    column
        The manifest's column that names the file.
    sfreq
        Sampling rate in Hz: a file that has its own is resampled to it, one that has none (NPY; CSV and Parquet without
        ``time``) is taken to have it. None: the file's own.
    units
        Unit of all channels (``V``, ``S``, ``degC``, ``1``); None: what the file says, ``1`` where it says nothing.
    channels
        The channels to take, in that order; empty: all.
    """

    def __init__(
        self,
        root: Path,
        *,
        column: str = "path",
        sfreq: Annotated[float, Field(gt=0)] | None = None,
        units: str | None = None,
        channels: tuple[str, ...] = (),
    ) -> None:
        super().__init__(root)
        self.column, self.sfreq, self.units, self.channels = column, sfreq, units, channels

    def read(self, trial: Trial) -> Signal | None:
        """Load the trial's file, or return None where its cell is empty.

        Raises
        ------
        SignalError
            If the file can't be read, is empty, lacks a channel, or says no rate where one is needed.
        """
        for path in self.files(trial):
            load = LOADERS.get(path.suffix.lower())
            if load is None:
                raise SignalError(f"{path}: files of this kind can't be read; known: {KNOWN}")
            signal = load(path, self.sfreq)
            if not signal.n_times:
                raise SignalError(f"{path} holds no samples")
            return self._resampled(self._picked(signal, path))
        return None

    def files(self, trial: Trial) -> Iterable[Path]:
        """Return the one file that the trial names, or none."""
        if self.root is None:
            raise DataError("table_file: no manifest is given. Say where it is: dataset.root=DIR/manifest.csv")
        folder = self.root if self.root.is_dir() else self.root.parent
        name = trial.context.get(self.column)
        return [folder / name] if name else []

    def _picked(self, signal: Signal, path: Path) -> Signal:
        if missing := [name for name in self.channels if name not in signal.ch_names]:
            raise SignalError(f"{path} has no channel {missing[0]!r}; it has: {', '.join(signal.ch_names)}")
        rows = [signal.ch_names.index(name) for name in self.channels] or list(range(len(signal.data)))
        units = tuple(self.units or signal.units[row] for row in rows)
        return signal.with_data(signal.data[rows], ch_names=tuple(signal.ch_names[row] for row in rows), units=units)

    def _resampled(self, signal: Signal) -> Signal:
        if self.sfreq is None or not signal.sfreq or signal.sfreq == self.sfreq:
            return signal
        import librosa

        if not signal.defined.all():
            raise SignalError(
                f"a recording with undefined samples can't be resampled from {signal.sfreq:g} to {self.sfreq:g} Hz"
            )
        data = librosa.resample(signal.data, orig_sr=signal.sfreq, target_sr=self.sfreq, res_type="soxr_hq")
        return signal.with_data(np.asarray(data), sfreq=float(self.sfreq))
