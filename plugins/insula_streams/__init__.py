"""The default architecture: streams joined by a fusion head."""

from insula import hookimpl


@hookimpl
def register_architectures():
    """Offer the model that the core builds."""
    return {"streams": "insula.model.network:StreamsAndFusion"}
