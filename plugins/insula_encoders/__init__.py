"""Encoders and poolings."""

from insula import hookimpl


@hookimpl
def register_encoders():
    """Offer the encoders."""
    return {
        "identity": "insula_encoders.identity:Identity",
        "mlp": "insula_encoders.mlp:MLP",
        "conv1d": "insula_encoders.conv1d:Conv1d",
    }


@hookimpl
def register_poolings():
    """Offer the poolings."""
    return {
        "last": "insula_encoders.last:Last",
        "mean": "insula_encoders.mean:Mean",
        "max": "insula_encoders.max:Max",
        "attention": "insula_encoders.attention:Attention",
    }
