"""WAV: a sound as the release stores it, 16 kHz, one channel, 16 bits."""

import io
import wave

import numpy as np
from jaxtyping import Float

from insula_iemocap.generator.articulation import SFREQ


def wav(sound: Float[np.ndarray, " time"]) -> bytes:
    """Return the file of a sound within ±1."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SFREQ)
        out.writeframes(np.rint(sound * 32767).astype("<i2").tobytes())
    return file.getvalue()
