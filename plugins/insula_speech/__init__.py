"""Features of speech, on librosa."""

from insula import hookimpl


@hookimpl
def register_preprocessors():
    """Offer the features."""
    return {
        "mfcc": "insula_speech.mfcc:MFCC",
        "log_mel": "insula_speech.log_mel:LogMel",
    }
