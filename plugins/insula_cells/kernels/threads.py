"""Threads: a batch in parts, as many as torch may use threads; parts don't wait for each other."""

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import torch


def parts(rows: int, block: int) -> list[tuple[int, int]]:
    """Cut rows into ranges of whole blocks, one per thread, of about one size."""
    blocks = rows // block
    several = max(1, min(torch.get_num_threads(), blocks))
    edges = [block * (blocks * part // several) for part in range(several + 1)]
    return list(itertools.pairwise(edges))


def in_parts(run: Callable[[int, int, int], None], ranges: list[tuple[int, int]]) -> None:
    """Call ``run(part, start, stop)`` for all ranges at once; ``run`` must let go of the interpreter's lock."""
    others = [_pool(os.getpid(), len(ranges)).submit(run, part, *ends) for part, ends in enumerate(ranges[1:], start=1)]
    run(0, *ranges[0])
    for other in others:
        other.result()


@cache
def _pool(process: int, size: int) -> ThreadPoolExecutor:
    """Return the threads of a process; one that was forked has none of its parent's."""
    return ThreadPoolExecutor(size, thread_name_prefix="insula-cells")
