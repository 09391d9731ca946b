"""Functions: sigmoid, tanh and exponential decay of sixteen numbers, to about one unit in the last place."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils

from insula_cells.kernels.lanes import FLOATS, INT, INTS, LANES, VECTORS, floats, fused, ints, of_lanes

ROUND = 1.5 * 2.0**23
"""Adding it rounds a small float32 to an integer, which then stands in the lowest bits."""
LOG2_E = float(np.log2(np.e))
LN2_HIGH = 0.693145751953125  # of 15 bits: an exponent times it is exact
LN2_LOW = float(np.log(2) - LN2_HIGH)


def _polynomial(function: Callable[[Any], Any], half: float, degree: int) -> list[float]:
    """Return the coefficients of what interpolates a function at Chebyshev's points between −half and half."""
    f = half * np.cos(np.pi * (np.arange(200) + 0.5) / 200)
    fitted = np.polynomial.Chebyshev.fit(f, function(f), degree, domain=[-half, half])
    return fitted.convert(kind=np.polynomial.Polynomial, domain=[-1, 1], window=[-1, 1]).coef.tolist()


EXPM1 = _polynomial(lambda f: np.expm1(f) / f, np.log(2) / 2 * 1.001, 6)
"""(eᶠ − 1) / f for |f| ≤ ½ ln 2, relative 1e-8."""
PARTS = 32 if VECTORS == "AVX-512" else 1
"""How many numbers from 1 to 2 stand in registers, from which powers of 2 are read."""
LARGE = 1e20
"""What stands for infinity where :func:`opened` would make NaN of it."""
STEEPNESS = PARTS * LOG2_E
"""What :func:`opened` wants its argument to be multiplied by."""
EXP2 = _polynomial(lambda f: np.exp2(f / PARTS), 0.5, 2 if PARTS > 1 else 5)
"""2^(f / PARTS) for |f| ≤ ½, relative 1e-7."""


def _between(builder: Any, x: Any, low: Any, high: Any) -> Any:
    """Emit x kept within bounds; NaN stays NaN."""
    x = builder.select(builder.fcmp_ordered("<", x, low), low, x)
    return builder.select(builder.fcmp_ordered(">", x, high), high, x)


def _bounded(builder: Any, x: Any, bound: float) -> Any:
    return _between(builder, x, floats(-bound), floats(bound))


def _exponential(builder: Any, x: Any) -> tuple[Any, Any]:
    """Emit s = 2ⁿ and q with eˣ = s (1 + q), for |x| ≤ 88 (Cody & Waite 1980, ch. 6: f = x − n ln 2 in two parts)."""
    shifted = fused(builder, x, floats(LOG2_E), floats(ROUND))
    n = builder.fsub(shifted, floats(ROUND))
    f = fused(builder, n, floats(-LN2_LOW), fused(builder, n, floats(-LN2_HIGH), x))
    return _power(builder, builder.bitcast(shifted, INTS)), builder.fmul(_horner(builder, EXPM1, f), f)


def _horner(builder: Any, coefficients: Sequence[float], f: Any) -> Any:
    value = floats(coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        value = fused(builder, value, f, floats(coefficient))
    return value


def _power(builder: Any, bits: Any) -> Any:
    """Emit 2ⁿ, n in the lowest bits."""
    exponent = builder.shl(bits, ints(23))
    return builder.bitcast(builder.add(exponent, ints(127 << 23)), FLOATS)


def opened(builder: Any, y: Any) -> Any:
    """Emit σ(y / STEEPNESS) = 1 / (1 + 2^(−y / PARTS)), to 1e-7; NaN stays NaN, and what is infinite becomes NaN."""
    shifted = builder.fsub(floats(ROUND), y)
    f = builder.fsub(builder.fsub(floats(ROUND), shifted), y)
    if PARTS == 1:  # beyond 2²³ it is what was rounded off, and its fifth power outweighs 2⁻⁶⁰
        f = _bounded(builder, f, 1.0)
    p = _horner(builder, EXP2, f)
    # The power of 2 is kept within 2^±60 as an integer, by units that have nothing else to do.
    zero, most = int(np.float32(ROUND).view(np.int32)), 60 * PARTS
    n = builder.bitcast(shifted, INTS)
    n = builder.select(builder.icmp_signed("<", n, ints(zero - most)), ints(zero - most), n)
    n = builder.select(builder.icmp_signed(">", n, ints(zero + most)), ints(zero + most), n)
    return _inverse(builder, fused(builder, _table(builder, n), p, floats(1.0)))


def _table(builder: Any, bits: Any) -> Any:
    """Emit 2^(n / PARTS), n in the lowest bits.

    Numbers in two registers give the fraction. The bits of n come to stand half in the exponent and half in the
    mantissa; what they add to the mantissa is taken from the table beforehand.
    """
    if PARTS == 1:
        return _power(builder, bits)
    shift = 23 - int(np.log2(PARTS))
    known = np.exp2(np.arange(PARTS) / PARTS).astype(np.float32).view(np.int32) - (np.arange(PARTS) << shift)
    low, high = (
        ir.Constant(INTS, [ir.Constant(INT, int(each)) for each in half]) for half in (known[:LANES], known[LANES:])
    )
    kind = ir.FunctionType(INTS, [INTS] * 3)
    choose = cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.avx512.vpermi2var.d.512")
    fraction = builder.call(choose, (low, bits, high))
    return builder.bitcast(builder.add(fraction, builder.shl(bits, ints(shift))), FLOATS)


def _inverse(builder: Any, x: Any) -> Any:
    """Emit 1 / x for x from 1 to 2¹²⁶: an estimate of 14 bits where there is one, and a step of Newton's."""
    if VECTORS != "AVX-512":
        return builder.fdiv(floats(1.0), x)
    mask = ir.IntType(16)
    kind = ir.FunctionType(FLOATS, [FLOATS, FLOATS, mask])
    estimate = cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.avx512.rcp14.ps.512")
    guess = builder.call(estimate, (x, floats(0.0), ir.Constant(mask, 0xFFFF)))
    return fused(builder, guess, fused(builder, builder.fneg(x), guess, floats(1.0)), guess)


def _minus_one(builder: Any, x: Any) -> Any:
    """Emit eˣ − 1, exact also near 0."""
    s, q = _exponential(builder, x)
    return fused(builder, s, q, builder.fsub(s, floats(1.0)))


def _sigmoid(builder: Any, x: Any) -> Any:
    s, q = _exponential(builder, _bounded(builder, builder.fneg(x), 88.0))
    return builder.fdiv(floats(1.0), builder.fadd(floats(1.0), fused(builder, s, q, s)))


def _tanh(builder: Any, x: Any) -> Any:
    e = _minus_one(builder, _bounded(builder, builder.fadd(x, x), 40.0))
    return builder.fdiv(e, builder.fadd(e, floats(2.0)))


def _decayed(builder: Any, x: Any) -> Any:
    return builder.fneg(_minus_one(builder, _bounded(builder, builder.fneg(x), 88.0)))


def _where_equal(builder: Any, a: Any, b: Any, value: Any) -> Any:
    return builder.select(builder.fcmp_ordered("==", a, b), value, floats(0.0))


between = of_lanes(_between, 3)
"""x, but not below the second nor above the third number; NaN stays NaN"""
where_equal = of_lanes(_where_equal, 3)
"""The third number where the first two are equal, else 0"""
sigmoid = of_lanes(_sigmoid, 1)
"""1 / (1 + e⁻ˣ)"""
tanh = of_lanes(_tanh, 1)
"""(e²ˣ − 1) / (e²ˣ + 1)"""
decayed = of_lanes(_decayed, 1)
"""1 − e⁻ˣ"""
gate = of_lanes(lambda builder, y: opened(builder, _bounded(builder, y, LARGE)), 1)
"""The sigmoid of a STEEPNESS-th of x"""
inverse = of_lanes(_inverse, 1)
"""1 / x from 1 to 2¹²⁶"""
