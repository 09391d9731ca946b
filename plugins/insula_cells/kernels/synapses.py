"""Synapses in kernels: Σ w σ(γ (v − μ)) erev and Σ w σ(γ (v − μ)) of every neuron behind them, and their gradients.

A synapse is four numbers here: a = γ STEEPNESS (:mod:`insula_cells.kernels.functions`), μ, w and w erev. Lanes are
over the neurons behind the synapses, so that the numbers of sixteen synapses are read once for a few samples.
"""

from typing import Any

import numpy as np
from numba import types

from insula_cells.kernels.compiled import inlined
from insula_cells.kernels.functions import STEEPNESS, opened
from insula_cells.kernels.lanes import (
    F16,
    INT,
    INTS,
    LANES,
    floats,
    fused,
    instruction,
    ir,
    place,
    read,
    spread,
    store,
    write,
)
from insula_cells.kernels.rows import ROWS

FEW = ROWS // 2
"""Samples at a time: each has two sums."""
TOGETHER = LANES // FEW
"""Neurons before the synapses whose gradients are summed over the lanes at a time."""
SUMS, NUMBERS, FOLDED = (types.UniTuple(F16, size) for size in (2 * FEW, 4, 4 + FEW))
SLOPES = (LANES + 1) * LANES
"""Numbers that the sums over lanes take for themselves."""
SHARE = np.float32(1 / STEEPNESS)


@instruction
def no_sums(typing: Any) -> Any:
    """Return zeros."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return context.make_tuple(builder, SUMS, [floats(0.0)] * 2 * FEW)

    return SUMS(), emit


@instruction
def conduct(typing: Any, sums: Any, values: Any, at: Any, stride: Any, numbers: Any, open_: Any, to: Any) -> Any:
    """Add what the synapses of one neuron with sixteen others do, for a few samples; keep how far they are open.

    ``sums`` are Σ w σ erev of every sample, then Σ w σ.
    """

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        sums, values, at, stride, numbers, kept, to = args
        a, mu, w, pull = (builder.extract_value(numbers, number) for number in range(4))
        found = [builder.extract_value(sums, number) for number in range(2 * FEW)]
        for row in range(FEW):
            v = spread(builder, builder.load(place(context, builder, signature.args[1], values, at)))
            s = opened(builder, builder.fmul(builder.fsub(v, mu), a))
            found[row] = fused(builder, s, pull, found[row])
            found[FEW + row] = fused(builder, s, w, found[FEW + row])
            if not isinstance(signature.args[5], types.NoneType):
                write(builder, place(context, builder, signature.args[5], kept, to), s)
                to = builder.add(to, ir.Constant(to.type, LANES))
            at = builder.add(at, stride)
        return context.make_tuple(builder, SUMS, found)

    return SUMS(sums, values, types.intp, types.intp, numbers, open_, types.intp), emit


@instruction
def put(typing: Any, pulls: Any, opens: Any, at: Any, stride: Any, sums: Any) -> Any:
    """Store the sums of a few samples, which stand ``stride`` apart, in two arrays."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pulls, opens, at, stride, sums = args
        for row in range(FEW):
            for number, array in ((row, pulls), (FEW + row, opens)):
                address = place(context, builder, signature.args[0], array, at)
                write(builder, address, builder.extract_value(sums, number))
            at = builder.add(at, stride)
        return context.get_dummy_value()

    return types.void(pulls, opens, types.intp, types.intp, sums), emit


@instruction
def numbers(typing: Any, array: Any, at: Any, size: Any) -> Any:
    """Return a, μ, w and w erev of sixteen synapses, which stand ``size`` apart."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array, at, size = args
        found = []
        for _ in range(4):
            found.append(read(builder, place(context, builder, signature.args[0], array, at)))
            at = builder.add(at, size)
        return context.make_tuple(builder, NUMBERS, found)

    return NUMBERS(array, types.intp, types.intp), emit


@instruction
def add_numbers(typing: Any, array: Any, at: Any, size: Any, of: Any) -> Any:
    """Add to the four numbers of sixteen synapses, which stand ``size`` apart."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array, at, size, of = args
        for number in range(4):
            address = place(context, builder, signature.args[0], array, at)
            write(builder, address, builder.fadd(read(builder, address), builder.extract_value(of, number)))
            at = builder.add(at, size)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, of), emit


@instruction
def fold(
    typing: Any, before: Any, values: Any, at: Any, stride: Any, open_: Any, s: Any, pulls: Any, opens: Any, of: Any,
    apart: Any, known: Any,
) -> Any:  # fmt: skip
    """Return the gradients of the four numbers, and add those of the values, lane by lane, to the ones before.

    Those of a and μ lack factors (:func:`insula_cells.kernels.sums.settled`), those of the values a STEEPNESS-th.
    ``pulls`` and ``opens`` are the gradients of the two sums.
    """

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        before, values, at, stride, open_, s_at, pulls, opens, of, apart, known = args
        kinds, slopes = signature.args, []
        a, mu, w, pull = (builder.extract_value(known, number) for number in range(4))
        of_a = of_mu = of_w = of_pull = floats(0.0)
        for row in range(FEW):
            v = spread(builder, builder.load(place(context, builder, kinds[1], values, at)))
            s = read(builder, place(context, builder, kinds[4], open_, s_at))
            of_sum = read(builder, place(context, builder, kinds[6], pulls, of))
            of_open = read(builder, place(context, builder, kinds[7], opens, of))
            # As few products as there can be: they are what this waits for.
            summed_, open_w = builder.fmul(of_sum, s), builder.fmul(of_open, s)
            of_w, of_pull = builder.fadd(of_w, open_w), builder.fadd(of_pull, summed_)
            of_s = fused(builder, summed_, pull, builder.fmul(open_w, w))
            slope = fused(builder, builder.fneg(of_s), s, of_s)
            of_a, of_mu = fused(builder, slope, builder.fsub(v, mu), of_a), builder.fadd(of_mu, slope)
            slopes.append(fused(builder, slope, a, builder.extract_value(before, 4 + row)))
            at, of = builder.add(at, stride), builder.add(of, apart)
            s_at = builder.add(s_at, ir.Constant(s_at.type, LANES))
        return context.make_tuple(builder, FOLDED, [of_a, of_mu, of_w, of_pull, *slopes])

    place_ = types.intp
    return FOLDED(before, values, place_, place_, open_, place_, pulls, opens, place_, place_, known), emit


@instruction
def nothing_folded(typing: Any) -> Any:
    """Return zeros."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return context.make_tuple(builder, FOLDED, [floats(0.0)] * (4 + FEW))

    return FOLDED(), emit


@instruction
def store_slopes(typing: Any, array: Any, at: Any, folded: Any) -> Any:
    """Set as many vectors of an array as there are samples to the gradients of their values, lane by lane."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array, at, folded = args
        for row in range(FEW):
            write(
                builder, place(context, builder, signature.args[0], array, at), builder.extract_value(folded, 4 + row)
            )
            at = builder.add(at, ir.Constant(at.type, LANES))
        return context.get_dummy_value()

    return types.void(array, types.intp, folded), emit


@instruction
def summed(typing: Any, array: Any) -> Any:
    """Return the sums over the lanes of the first sixteen vectors of an array."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def at(index: int) -> Any:
            return place(context, builder, signature.args[0], args[0], ir.Constant(ir.IntType(64), LANES * index))

        vectors = [read(builder, at(index)) for index in range(LANES)]
        width = LANES  # lanes of a vector that belong to one sum
        while width > 1:
            half = width // 2
            low = [lane for block in range(0, 2 * LANES, width) for lane in range(block, block + half)]
            high = [lane + half for lane in low]
            vectors = [
                builder.fadd(_shuffled(builder, a, b, low), _shuffled(builder, a, b, high))
                for a, b in zip(vectors[::2], vectors[1::2], strict=True)
            ]
            width = half
        return vectors[0]

    return F16(array), emit


def _shuffled(builder: Any, a: Any, b: Any, lanes: list[int]) -> Any:
    return builder.shuffle_vector(a, b, ir.Constant(INTS, [ir.Constant(INT, lane) for lane in lanes]))


@inlined
def fold_all(values, at, before, open_, s, pulls, opens, of, known, units, slopes, of_numbers, of_values, to):
    """Add the gradients of the numbers of all synapses, and of the values before them, of a few samples.

    ``values`` and ``of_values`` have ``before`` numbers a sample; ``pulls`` and ``opens`` have ``units``.
    """
    size, sums = before * units, LANES * LANES
    for first in range(0, before, TOGETHER):
        last = min(first + TOGETHER, before)
        for i in range(first, last):
            folded = nothing_folded()
            for j in range(0, units, LANES):
                here = i * units + j
                four = numbers(known, here, size)
                folded = fold(folded, values, at + i, before, open_, s + here * FEW, pulls, opens, of + j, units, four)
                add_numbers(of_numbers, here, size, folded)
            store_slopes(slopes, (i - first) * FEW * LANES, folded)
        store(slopes, sums, summed(slopes))
        for i in range(first, last):
            for r in range(FEW):
                of_values[to + r * before + i] += SHARE * slopes[sums + (i - first) * FEW + r]


@inlined
def conduct_all(values, at, before, known, units, j, open_, s):
    """Return what all neurons before do to sixteen behind, from ``j``, for a few samples."""
    sums = no_sums()
    for i in range(before):
        here = i * units + j
        sums = conduct(sums, values, at + i, before, numbers(known, here, before * units), open_, s + here * FEW)
    return sums
