"""Steps for any kind of signal."""

from insula import hookimpl


@hookimpl
def register_preprocessors():
    """Offer the steps."""
    return {
        "standardize": "insula_signals.standardize:Standardize",
        "average_frames": "insula_signals.average_frames:AverageFrames",
        "quality": "insula_signals.quality:Quality",
        "enough_valid": "insula_signals.enough_valid:EnoughValid",
        "pad": "insula_signals.pad:Pad",
        "pick": "insula_signals.pick:Pick",
    }


@hookimpl
def register_augmentations():
    """Offer the augmentations."""
    return {
        "gaussian_noise": "insula_signals.gaussian_noise:GaussianNoise",
    }
