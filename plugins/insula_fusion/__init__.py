"""Fusion heads."""

from insula import hookimpl


@hookimpl
def register_fusions():
    """Offer the fusion heads."""
    return {
        "concat": "insula_fusion.concat:Concat",
        "autoencoder": "insula_fusion.autoencoder:Autoencoder",
    }
