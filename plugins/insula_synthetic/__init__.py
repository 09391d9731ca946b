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
    """Offer one reader for all its modalities."""
    return {
        "synthetic_signal": "insula_synthetic.reader:SyntheticSignal",
    }
