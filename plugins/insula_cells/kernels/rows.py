"""Rows: a few samples of a batch side by side, so that a weight is read once for all of them."""

from typing import Any

from numba import types

from insula_cells.kernels.lanes import F16, VECTORS, floats, fused, instruction, place, read, spread, write

ROWS = 8 if VECTORS == "AVX-512" else 4
"""How many sums there are at a time: as many as the processor has registers for, and enough to hide their latency."""
ALL = types.UniTuple(F16, ROWS)


@instruction
def nothing(typing: Any) -> Any:
    """Return zeros."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return context.make_tuple(builder, ALL, [floats(0.0)] * ROWS)

    return ALL(), emit


@instruction
def load_rows(typing: Any, array: Any, index: Any, stride: Any) -> Any:
    """Return ``array[index + r stride : index + r stride + 16]`` of every row r."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values, index = [], args[1]
        for _ in range(ROWS):
            values.append(read(builder, place(context, builder, signature.args[0], args[0], index)))
            index = builder.add(index, args[2])
        return context.make_tuple(builder, ALL, values)

    return ALL(array, types.intp, types.intp), emit


@instruction
def add_products(typing: Any, rows: Any, array: Any, index: Any, stride: Any, weights: Any) -> Any:
    """Return ``rows[r] + array[index + r stride] · weights``."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows, array, index, stride, weights = args
        values = []
        for row in range(ROWS):
            factor = spread(builder, builder.load(place(context, builder, signature.args[1], array, index)))
            values.append(fused(builder, factor, weights, builder.extract_value(rows, row)))
            index = builder.add(index, stride)
        return context.make_tuple(builder, ALL, values)

    return ALL(rows, array, types.intp, types.intp, F16), emit


@instruction
def store_rows(typing: Any, array: Any, index: Any, stride: Any, rows: Any) -> Any:
    """Set ``array[index + r stride : index + r stride + 16]`` to the rows."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array, index, stride, rows = args
        for row in range(ROWS):
            address = place(context, builder, signature.args[0], array, index)
            write(builder, address, builder.extract_value(rows, row))
            index = builder.add(index, stride)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, rows), emit


@instruction
def add_rows(typing: Any, array: Any, index: Any, stride: Any, rows: Any) -> Any:
    """Add the rows to ``array[index + r stride : index + r stride + 16]``."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array, index, stride, rows = args
        for row in range(ROWS):
            address = place(context, builder, signature.args[0], array, index)
            write(builder, address, builder.fadd(read(builder, address), builder.extract_value(rows, row)))
            index = builder.add(index, stride)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, rows), emit
