"""Features and augmentations of speech, on librosa."""

from insula import hookimpl


@hookimpl
def register_preprocessors():
    """Offer the features."""
    return {
        "mfcc": "insula_speech.mfcc:MFCC",
        "log_mel": "insula_speech.log_mel:LogMel",
        "spectrogram": "insula_speech.spectrogram:Spectrogram",
        "zero_crossing_rate": "insula_speech.zero_crossing_rate:ZeroCrossingRate",
    }


@hookimpl
def register_augmentations():
    """Offer the augmentations."""
    return {
        "pitch_shift": "insula_speech.pitch_shift:PitchShift",
        "time_stretch": "insula_speech.time_stretch:TimeStretch",
        "vtlp": "insula_speech.vtlp:VTLP",
        "spec_augment": "insula_speech.spec_augment:SpecAugment",
    }
