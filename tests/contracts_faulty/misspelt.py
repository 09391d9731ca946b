"""A plugin whose hook is misspelt."""

from insula import hookimpl


@hookimpl
def register_cell():
    return {"sound": "contracts_faulty.cells:Sound"}
