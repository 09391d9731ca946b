"""Fusion heads."""

from insula import hookimpl


@hookimpl
def register_fusions():
    """Offer the fusion heads."""
    return {
        "concat": "insula_fusion.concat:Concat",
        "gated": "insula_fusion.gated:Gated",
        "cross_attention": "insula_fusion.cross_attention:CrossAttention",
        "low_rank": "insula_fusion.low_rank:LowRank",
        "late": "insula_fusion.late:Late",
        "autoencoder": "insula_fusion.autoencoder:Autoencoder",
    }
