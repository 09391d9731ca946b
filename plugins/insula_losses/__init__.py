"""Losses."""

from insula import hookimpl


@hookimpl
def register_losses():
    """Offer the losses."""
    return {
        "cross_entropy": "insula_losses.cross_entropy:CrossEntropy",
        "focal": "insula_losses.focal:Focal",
        "mse": "insula_losses.mse:MSE",
        "ccc": "insula_losses.ccc:CCC",
    }
