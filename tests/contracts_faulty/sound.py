"""A sound plugin."""

from insula import hookimpl


@hookimpl
def register_cells():
    return {"sound": "contracts_faulty.cells:Sound"}


@hookimpl
def register_preprocessors():
    return {"smooth": "contracts_faulty.steps:Smooth", "scale": "contracts_faulty.steps:Scale"}
