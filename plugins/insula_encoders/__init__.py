"""Encoders and poolings."""

from insula import hookimpl


@hookimpl
def register_encoders():
    """Offer the encoders."""
    return {
        "identity": "insula_encoders.identity:Identity",
        "mlp": "insula_encoders.mlp:MLP",
        "conv1d": "insula_encoders.conv1d:Conv1d",
        "conv2d": "insula_encoders.conv2d:Conv2d",
        "multi_kernel": "insula_encoders.multi_kernel:MultiKernel",
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
