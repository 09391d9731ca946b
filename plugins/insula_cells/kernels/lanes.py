"""Lanes: sixteen float32 numbers that Numba keeps in a register, and what can be done with them.

A compiler doesn't find the vector instructions of a recurrent loop by itself. Here they are written down: ``F16`` is a
type of Numba whose values are LLVM vectors, one AVX-512 register, two of AVX2, four of NEON. Nothing assumes that
arithmetic is associative, so results are the same wherever there are fused multiply-adds.
"""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.core.datamodel.models import PrimitiveModel
from numba.extending import intrinsic, overload, register_model

# Numba compiles for another processor where NUMBA_CPU_NAME says so; what that one can do isn't known here.
_FEATURES = {} if getattr(config, "CPU_NAME", None) else llvmlite.binding.get_host_cpu_features()
VECTORS = next((said for name, said in (("avx512f", "AVX-512"), ("fma", "AVX2")) if _FEATURES.get(name)), "SIMD")
"""The processor's vector instructions."""
instruction: Any = intrinsic  # whose declared type has one argument more than kernels give
LANES = 16
FLOAT, INT = ir.FloatType(), ir.IntType(32)
FLOATS, INTS = ir.VectorType(FLOAT, LANES), ir.VectorType(INT, LANES)


class F16Type(types.Type):
    """The type of sixteen float32 numbers."""

    def __init__(self) -> None:
        super().__init__("F16")


F16 = F16Type()


@register_model(F16Type)
class F16Model(PrimitiveModel):
    """Says that an F16 is an LLVM vector."""

    def __init__(self, manager: Any, type_of: Any) -> None:
        super().__init__(manager, type_of, FLOATS)


def floats(value: float) -> Any:
    """Return the constant vector of a float."""
    return ir.Constant(FLOATS, [ir.Constant(FLOAT, value)] * LANES)


def ints(value: int) -> Any:
    """Return the constant vector of an int."""
    return ir.Constant(INTS, [ir.Constant(INT, value)] * LANES)


def spread(builder: Any, value: Any) -> Any:
    """Emit a vector of sixteen times the same float."""
    nothing = ir.Constant(FLOATS, ir.Undefined)
    return builder.shuffle_vector(builder.insert_element(nothing, value, ir.Constant(INT, 0)), nothing, ints(0))


def fused(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """Emit a · b + c with one rounding."""
    kind = ir.FunctionType(FLOATS, [FLOATS] * 3)
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{LANES}f32"), (a, b, c))


def place(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    """Emit the address of an element of a one-dimensional array."""
    return builder.gep(context.make_array(array_type)(context, builder, array).data, [index])


def read(builder: Any, address: Any) -> Any:
    """Emit the load of sixteen floats; arrays needn't be aligned."""
    found = builder.load(builder.bitcast(address, FLOATS.as_pointer()))
    found.align = 4
    return found


def write(builder: Any, address: Any, value: Any) -> None:
    """Emit the store of sixteen floats."""
    builder.store(value, builder.bitcast(address, FLOATS.as_pointer())).align = 4


@instruction
def load(typing: Any, array: Any, index: Any) -> Any:
    """Return ``array[index : index + 16]``."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return read(builder, place(context, builder, signature.args[0], *args))

    return F16(array, types.intp), emit


@instruction
def store(typing: Any, array: Any, index: Any, value: Any) -> Any:
    """Set ``array[index : index + 16]``."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        write(builder, place(context, builder, signature.args[0], args[0], args[1]), args[2])
        return context.get_dummy_value()

    return types.void(array, types.intp, F16), emit


@instruction
def fill(typing: Any, value: Any) -> Any:
    """Return sixteen times a float32."""
    return F16(types.float32), lambda context, builder, signature, args: spread(builder, args[0])


def of_lanes(emitted: Callable[..., Any], inputs: int) -> Any:
    """Make a function of vectors for kernels from what emits its instructions."""

    def emit(context: Any, builder: Any, signature: Any, args: Sequence[Any]) -> Any:
        return emitted(builder, *args)

    if inputs == 1:
        return instruction(lambda typing, a: (F16(F16), emit))
    if inputs == 2:
        return instruction(lambda typing, a, b: (F16(F16, F16), emit))
    return instruction(lambda typing, a, b, c: (F16(F16, F16, F16), emit))


fma = of_lanes(fused, 3)


def _offer(symbol: Callable[..., Any], instruction: str) -> None:
    emit = of_lanes(lambda builder, a, b: getattr(builder, instruction)(a, b), 2)

    @overload(symbol, inline="always")
    def operation(a, b):  # Numba compares this signature with that of what is returned, annotations too
        return (lambda a, b: emit(a, b)) if a is F16 and b is F16 else None


_offer(operator.add, "fadd")
_offer(operator.sub, "fsub")
_offer(operator.mul, "fmul")
_offer(operator.truediv, "fdiv")
