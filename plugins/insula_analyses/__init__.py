"""Analyses of held-out predictions."""

from insula import hookimpl


@hookimpl
def register_analyses():
    """Offer the analyses."""
    return {
        "metrics": "insula_analyses.metrics:Metrics",
        "confusion": "insula_analyses.confusion:Confusion",
    }
