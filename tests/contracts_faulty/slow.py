"""A plugin that takes its time to load."""

import time

from insula import hookimpl

time.sleep(0.08)


@hookimpl
def register_cells():
    return {"sound": "contracts_faulty.cells:Sound"}
