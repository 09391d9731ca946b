"""A plugin whose cell has no hidden_size."""

from insula import hookimpl


@hookimpl
def register_cells():
    return {"narrow": "contracts_faulty.cells:NoHiddenSize"}
