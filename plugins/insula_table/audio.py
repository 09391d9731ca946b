"""Sound files."""

from pathlib import Path

from insula import Signal, SignalError


def read_audio(path: Path, _sfreq: float | None) -> Signal:
    """Load sound as one channel, float32 in [-1, 1]; several channels are averaged."""
    import soundfile

    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, RuntimeError) as error:  # soundfile's own error is a RuntimeError
        raise SignalError(f"{path} can't be read as sound: {error}") from error
    return Signal.of(samples.mean(axis=1), rate, ["speech"], "1")
