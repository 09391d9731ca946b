"""The Berlin Database of Emotional Speech."""

from insula import hookimpl


@hookimpl
def register_datasets():
    """Offer the dataset."""
    return {
        "emodb": "insula_emodb.dataset:EmoDB",
    }


@hookimpl
def register_readers():
    """Offer its reader."""
    return {
        "emodb_speech": "insula.sources.sound_reader:SoundReader",
    }
