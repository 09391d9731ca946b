"""Sound: one channel of samples from a sound file."""

import struct
from pathlib import Path

import numpy as np
from jaxtyping import Float

from insula.errors import SignalError
from insula.types import Signal

FULL_SCALE = 0.999
"""Samples from here on count as full scale: the largest of 16 bits is 32,767 / 32,768."""
SHORTEST = 0.01
"""Seconds; what is shorter holds no speech."""
RUN = 3
"""So many samples in a row at full scale are clipping, not a peak."""
AVERAGED = 2
"""Channels that are averaged; a file with more isn't one voice."""


def read_sound(path: Path, sfreq: int | None = None, *, silence: bool = False) -> Signal:
    """Load a sound file as one channel ``speech``, float32 whose full scale is 1; two channels are averaged.

    What was done or noticed stands in the Signal's notes: ``channels averaged``, ``resampled``, ``silent``, and
    ``clipped``, the share of samples at full scale, three or more in a row.

    Parameters
    ----------
    path
        WAV, FLAC, OGG or MP3 (whatever libsndfile reads); of these only a WAV and a FLAC tell that they are cut off.
    sfreq
        Sampling rate in Hz; a file of another rate is resampled (soxr, high quality). None: the file's own.
    silence
        Whether a file of zeros is sound too; else it is refused.

    Raises
    ------
    SignalError
        If the file can't be read, is cut off, is shorter than 10 ms, holds undefined samples or nothing but silence, or
        has more than two channels.
    """
    samples, rate = _samples(path)
    signal = Signal.of(samples.mean(axis=1), rate, ["speech"], "1")
    if samples.shape[1] > 1:
        signal = signal.noted("channels averaged")
    if not samples.any():
        if not silence:
            raise SignalError(f"{path} is silent: all its samples are 0")
        signal = signal.noted("silent")
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
        if not path.stat().st_size:
            raise SignalError(f"{path} can't be read as sound: it has no bytes")
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        short = _is_cut_off(path)
    except (OSError, RuntimeError, TypeError) as error:  # soundfile's own error is a RuntimeError
        reason = str(error).rpartition("': ")[2] or type(error).__name__
        raise SignalError(f"{path} can't be read as sound: {reason}") from error
    if short:
        raise SignalError(f"{path} is cut off: its header promises more sound than there is")
    if len(samples) < SHORTEST * rate:
        raise SignalError(f"{path} holds {'no' if not len(samples) else len(samples)} samples, less than 10 ms")
    if samples.shape[1] > AVERAGED:
        raise SignalError(f"{path} has {samples.shape[1]} channels; speech has one, or two that are averaged")
    if not np.isfinite(samples).all():
        raise SignalError(f"{path} holds samples that are no numbers")
    return samples, rate


def _is_cut_off(path: Path) -> bool:
    """Whether a WAV file lacks some of its data; libsndfile reads such a file as if it were short."""
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return False
        while len(chunk := file.read(8)) == 8:
            kind, size = struct.unpack("<4sI", chunk)
            if kind == b"data":
                streamed = size in (0, 0xFFFFFFFF)  # what a recorder writes that never got to know its length
                return not streamed and path.stat().st_size - file.tell() < size
            file.seek(size + size % 2, 1)
    return False


def _clipped(samples: Float[np.ndarray, "time channels"]) -> float:
    """Return the share of samples that stand at full scale, several in a row."""
    full = (np.abs(samples) >= FULL_SCALE).any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], full, [False]])))
    lengths = edges[1::2] - edges[::2]
    return float(lengths[lengths >= RUN].sum()) / len(samples)
