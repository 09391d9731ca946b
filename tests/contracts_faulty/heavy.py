"""A plugin that imports its component when it is loaded."""

import contracts_faulty.cells
from insula import hookimpl


@hookimpl
def register_cells():
    return {"sound": f"{contracts_faulty.cells.__name__}:Sound"}
