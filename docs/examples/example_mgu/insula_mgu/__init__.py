"""The minimal gated unit, a temporal cell."""

from insula import hookimpl

INSULA_API = 1


@hookimpl
def register_cells():
    """Offer the cell."""
    return {"mgu": "insula_mgu.cell:MGU"}
