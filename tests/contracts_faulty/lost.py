"""A plugin that names a class which isn't there."""

from insula import hookimpl


@hookimpl
def register_poolings():
    return {"lost": "contracts_faulty.heads:Lost"}
