"""IEMOCAP: the interactive emotional dyadic motion capture database."""

from insula import hookimpl


@hookimpl
def register_datasets():
    """Offer the dataset."""
    return {
        "iemocap": "insula_iemocap.dataset:IEMOCAP",
    }


@hookimpl
def register_readers():
    """Offer its reader."""
    return {
        "iemocap_speech": "insula.sources.sound_reader:SoundReader",
    }
