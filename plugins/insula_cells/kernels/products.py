"""Products: a block of rows times a matrix, and the sum of outer products of rows."""

from insula_cells.kernels.compiled import inlined
from insula_cells.kernels.lanes import LANES, load
from insula_cells.kernels.rows import ROWS, add_products, add_rows, load_rows, nothing, store_rows


@inlined
def times(rows, at, matrix, units, out, to):
    """Set ``out`` to a block of rows times a square matrix."""
    for j in range(0, units, LANES):
        total = nothing()
        for k in range(units):
            total = add_products(total, rows, at + k, units, load(matrix, k * units + j))
        store_rows(out, to + j, units, total)


@inlined
def add_times(rows, at, matrix, units, out, to):
    """Add a block of rows times a square matrix to ``out``; summed apart, since what is there may be far greater."""
    for j in range(0, units, LANES):
        total = nothing()
        for k in range(units):
            total = add_products(total, rows, at + k, units, load(matrix, k * units + j))
        add_rows(out, to + j, units, total)


@inlined
def add_outer(left, right, size, units, out):
    """Add the outer products of the ``size`` numbers in ``left`` and ``right``, row by row, to a square matrix."""
    for j in range(0, units, LANES):
        for k in range(0, units, ROWS):
            total = load_rows(out, k * units + j, units)
            for row in range(0, size, units):
                total = add_products(total, left, row + k, 1, load(right, row + j))
            store_rows(out, k * units + j, units, total)
