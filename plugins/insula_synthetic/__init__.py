"""Data made in memory or on disk, with a known effect."""

from insula import hookimpl


@hookimpl
def register_datasets():
    """Offer the dataset."""
    return {
        "synthetic": "insula_synthetic.dataset:Synthetic",
    }


@hookimpl
def register_readers():
    """Offer one reader per modality."""
    return {
        "synthetic_eeg": "insula_synthetic.reader:SyntheticEEG",
        "synthetic_peripheral": "insula_synthetic.reader:SyntheticPeripheral",
        "synthetic_personality": "insula_synthetic.reader:SyntheticPersonality",
    }
