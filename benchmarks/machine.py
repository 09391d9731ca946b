"""The ceilings of this machine: how many fused multiply-adds and sigmoids it does in a second, all in registers."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numba import njit

from insula_cells.kernels.functions import gate
from insula_cells.kernels.lanes import LANES, fill, fma, store

REPEATS, ROUNDS = 1_000_000, 30


class Ceiling(NamedTuple):
    """What a number of threads can do together, in 10⁹ a second."""

    flops: float
    functions: float


@njit(nogil=True)
def multiply_add(repeats, out):
    """Do 8 · 16 fused multiply-adds: as many chains as hide its latency and still fit AVX2's registers."""
    x, y = fill(np.float32(0.999)), fill(np.float32(0.001))
    a = b = c = d = e = f = g = h = y
    for _ in range(repeats):
        a, b, c, d = fma(a, x, y), fma(b, x, y), fma(c, x, y), fma(d, x, y)
        e, f, g, h = fma(e, x, y), fma(f, x, y), fma(g, x, y), fma(h, x, y)
    store(out, 0, a + b + c + d + e + f + g + h)


@njit(nogil=True)
def squash(repeats, out):
    """Do 8 · 16 sigmoids."""
    a = b = c = d = e = f = g = h = fill(np.float32(0.5))
    for _ in range(repeats):
        a, b, c, d = gate(a), gate(b), gate(c), gate(d)
        e, f, g, h = gate(e), gate(f), gate(g), gate(h)
    store(out, 0, a + b + c + d + e + f + g + h)


def ceiling(threads: int, repeats: int = REPEATS) -> Ceiling:
    """Measure what threads can do together."""
    return Ceiling(
        16 * LANES * repeats * threads / _seconds(multiply_add, threads, repeats) / 1e9,
        8 * LANES * (repeats // 8) * threads / _seconds(squash, threads, repeats // 8) / 1e9,
    )


def _seconds(kernel: Callable[[int, np.ndarray], None], threads: int, repeats: int) -> float:
    kernel(1, np.empty(LANES, np.float32))
    times = []
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(ROUNDS):  # of which the best counts, for what another program takes is no ceiling
            begin = time.perf_counter()
            list(pool.map(lambda _: kernel(repeats, np.empty(LANES, np.float32)), range(threads)))
            times.append(time.perf_counter() - begin)
    return min(times)
