"""Anyone's own data, from a manifest."""

from insula import hookimpl


@hookimpl
def register_datasets():
    """Offer the dataset."""
    return {
        "table": "insula_table.dataset:Table",
    }


@hookimpl
def register_readers():
    """Offer the reader of its files."""
    return {
        "table_file": "insula_table.reader:TableFile",
    }
