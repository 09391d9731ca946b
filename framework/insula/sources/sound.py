"""Sound: one channel of samples from a sound file."""

import struct
from pathlib import Path

import numpy as np
from jaxtyping import Float

from insula.errors import SignalError
from insula.types import Signal

FULL_SCALE = 0.999
"""Samples from here on count as full scale: the largest of 16 bits is 32,767 / 32,768."""
RUN = 3
"""So many samples in a row at full scale are clipping, not a peak."""
AVERAGED = 2
"""Channels that are averaged; a file with more isn't one voice."""


def read_sound(path: Path, sfreq: int | None = None) -> Signal:
    """Load a sound file as one channel ``speech``, float32 in [-1, 1]; two channels are averaged.

    What was done or noticed stands in the Signal's notes: ``channels averaged``, ``resampled``, and ``clipped``, the
    share of samples at full scale, three or more in a row.

    Parameters
    ----------
    path
        WAV, FLAC, OGG or MP3 (whatever libsndfile reads).
    sfreq
        Sampling rate in Hz; a file of another rate is resampled (soxr, high quality). None: the file's own.

    Raises
    ------
    SignalError
        If the file can't be read, is cut off, holds no samples, undefined ones or nothing but silence, or has more than
        two channels.
    """
    samples, rate = _samples(path)
    signal = Signal.of(samples.mean(axis=1), rate, ["speech"], "1")
    if samples.shape[1] > 1:
        signal = signal.noted("channels averaged")
    if share := _clipped(samples):
        signal = signal.noted("clipped", share)
    if sfreq is None or rate == sfreq:
        return signal
    import librosa

    data = librosa.resample(signal.data, orig_sr=rate, target_sr=sfreq, res_type="soxr_hq")
    return signal.with_data(data, sfreq=float(sfreq)).noted("resampled")


def _samples(path: Path) -> tuple[Float[np.ndarray, "time channels"], int]:
    import soundfile

    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        missing = _missing(path)
    except (OSError, RuntimeError) as error:  # soundfile's own error is a RuntimeError
        raise SignalError(f"{path} can't be read as sound: {error}") from error
    if missing:
        raise SignalError(f"{path} is cut off: {missing:.0%} of the sound that its header promises isn't there")
    if not len(samples):
        raise SignalError(f"{path} holds no samples")
    if samples.shape[1] > AVERAGED:
        raise SignalError(f"{path} has {samples.shape[1]} channels; speech has one, or two that are averaged")
    if not np.isfinite(samples).all():
        raise SignalError(f"{path} holds samples that are no numbers")
    if not samples.any():
        raise SignalError(f"{path} is silent: all its samples are 0")
    return samples, rate


def _missing(path: Path) -> float:
    """Return which share of a WAV file's data is not there; libsndfile reads such a file as if it were short."""
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return 0.0
        while len(chunk := file.read(8)) == 8:
            kind, size = struct.unpack("<4sI", chunk)
            if kind == b"data":
                here = path.stat().st_size - file.tell()
                streamed = size in (0, 0xFFFFFFFF)  # what a recorder writes that never got to know its length
                return 0.0 if streamed or here >= size else 1 - here / size
            file.seek(size + size % 2, 1)
    return 0.0


def _clipped(samples: Float[np.ndarray, "time channels"]) -> float:
    """Return the share of samples that stand at full scale, several in a row."""
    full = (np.abs(samples) >= FULL_SCALE).any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], full, [False]])))
    lengths = edges[1::2] - edges[::2]
    return float(lengths[lengths >= RUN].sum()) / len(samples)
