"""Window cost: what one window takes of a trained model, counted and timed."""

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from insula.evaluation.predict import batched_by_group
from insula.model.operations import count_operations, latency
from insula.specs import DataSpec
from insula.windows.split import RowNumbers
from insula.windows.windows import FoldWindows, conversations, in_order

log = logging.getLogger("insula")
LOOKED_AT = 50
"""Windows of about the median length, of which one that has the most streams is taken."""
PASSES, LONG = 20, 0.2
"""Passes that are timed, and seconds after which no further one is begun."""


def window_cost(network: nn.Module, fitted: FoldWindows, rows: RowNumbers, data: DataSpec) -> dict[str, Any]:
    """Return what one window of median length costs, alone, on one thread of the CPU.

    ``macs`` are the multiply-accumulates of matrix products and convolutions, ``elementwise`` the numbers that are
    computed one by one, as in the synapses of some cells; ``latency_ms`` is the median of some passes through the
    model, without reading and preprocessing. Of a model that takes whole conversations they are a window's share of
    one. All are None for a model that can't be measured: a figure beside the
    results must not cost them.
    """
    row = _typical(fitted, rows)
    groups = conversations(fitted.windows.rows) if batched_by_group(network) else None
    alone = [row] if groups is None else _conversation(fitted, row, groups)
    (batch,) = fitted.batches(alone, data, len(alone), groups)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        counted = count_operations(lambda: network(batch), {})[""]
        seconds, _ = latency(lambda: network(batch), PASSES, long=LONG)
        several = len(alone)
        return {
            "macs": counted.macs // several,
            "elementwise": counted.elementwise // several,
            "latency_ms": 1000 * seconds / several,
        }
    except Exception as error:
        log.warning("the cost of a window can't be measured: %s: %s", type(error).__name__, error)
        return {"macs": None, "elementwise": None, "latency_ms": None}
    finally:
        torch.set_num_threads(threads)


def _conversation(fitted: FoldWindows, row: int, groups: Sequence[int]) -> list[int]:
    """Return the rows of the conversation that a row belongs to: it is never cut apart."""
    rows = [other for other, group in enumerate(groups) if group == groups[row]]
    return in_order(rows, fitted.windows.rows, groups)


def _typical(fitted: FoldWindows, rows: RowNumbers) -> int:
    """Return a row of about the median length; of those the first that has the most streams."""
    index = fitted.windows.rows.index
    given = np.asarray(rows, dtype=np.int64)
    seconds = (index["t1"] - index["t0"]).to_numpy(np.float64)[given]
    off = np.abs(seconds - np.nanmedian(seconds)) if np.isfinite(seconds).any() else np.zeros(len(given))
    near = given[np.argsort(off, kind="stable")[:LOOKED_AT]]
    streams = fitted.windows.streams.values()
    return max(map(int, near), key=lambda row: sum(stream.has(row) for stream in streams))
