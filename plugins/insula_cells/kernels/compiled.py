"""Compiled: a function that Numba compiles at its first call, and then finds on disk."""

import hashlib
import inspect
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba import njit
from numba.core import event
from numba.core.caching import FunctionCache

log = logging.getLogger("insula")


@cache
def _sources() -> str:
    """Return a digest of all files of this package."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.blake2b(b"".join(path.read_bytes() for path in files), digest_size=8).hexdigest()


class _Cache(FunctionCache):
    """Numba's cache on disk, which would look at a kernel's own file only: one that it calls may have changed."""

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        return (*super()._index_key(sig, codegen), _sources())


class _Announced(event.Listener):
    """Says what takes the seconds of a first call."""

    def on_start(self, event: Any) -> None:
        kernel = event.data["dispatcher"]
        if isinstance(kernel._cache, _Cache):
            module = kernel.py_func.__module__.rpartition(".")[2]
            log.info("compiling %s of %s for this processor, once: a few seconds", kernel.__name__, module)

    def on_end(self, event: Any) -> None:
        pass


event.register("numba:compile", _Announced())


def compiled(function: Callable[..., None]) -> Any:
    """Compile a kernel at its first call, for this processor; other threads run meanwhile.

    Indexes aren't checked. Where no folder can be written, each process compiles anew.
    """
    function = inspect.unwrap(function)  # of what checks the types of Python calls
    kernel: Any = njit(nogil=True, boundscheck=False, error_model="numpy")(function)
    try:
        kernel._cache = _Cache(function)
    except RuntimeError as error:  # Numba's word for a disk that can't be written
        log.info("compiled kernels can't be kept: %s", error)
    return kernel


def inlined(function: Callable[..., None]) -> Any:
    """Let kernels call a function."""
    return njit(nogil=True, boundscheck=False, error_model="numpy", forceinline=True)(inspect.unwrap(function))
