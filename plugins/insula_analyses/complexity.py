"""complexity: how large the model is, and what one window costs."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import torch
from pydantic import Field
from torch import nn

from insula import Analysis, Batch, Operations, Results, Section, StreamBatch, Table, count_operations, latency
from insula_analyses.parts import Part, parts_of

_WHAT = (
    "One multiply-accumulate (MAC) is one product that is added to a sum, as in a matrix product or a convolution. "
    "They are counted while one window runs through the model, also inside recurrent and attention layers. "
    "Publications often print MACs as FLOPs, of which there would be twice as many. Elementwise operations (gates, "
    "activations, masks, a synapse's conductance) are numbers computed one by one; they are no MACs, and the main cost "
    "of some cells. Size is that of all weights in 32 bits: {mib:.3g} MiB."
)
_TIME = (
    "Latency is the median over forward passes of prepared windows on {device}, after a few that warm up; "
    "reading and preprocessing are no part of it. It says something of this machine and of how busy it was."
)


class Complexity(Analysis):
    """Parameters and multiply-accumulates of every part of the model, its size, and the latency of a window.

    Parameters
    ----------
    batch
        Windows that run together for the amortised latency; the other one is of a window alone.
    repetitions
        Passes whose median is the latency; after 2 seconds no further one is begun.
    """

    def __init__(
        self, *, batch: Annotated[int, Field(gt=0)] = 64, repetitions: Annotated[int, Field(gt=0)] = 20
    ) -> None:
        self.batch, self.repetitions = batch, repetitions

    def __call__(self, results: Results) -> Section:
        """Measure the model of the first fold: all folds' are of one size, unless their data differ."""
        if not results.folds:
            return Section("Complexity", "No fold was trained, so there is no model to measure.")
        fold = results.folds[0]
        model = copy.deepcopy(fold.model()).cpu().eval()
        size = sum(p.numel() for p in model.parameters()) * 4 / 2**20
        window = next((fullest(batch) for batch in fold.batches("test")), None)
        found = pieces(model, parts_of(model, results.config), window)
        texts, tables = [_WHAT.format(mib=size)], [_table(found)]
        if window is None:
            texts.append("There is no test window to run, so operations and latency aren't known.")
        else:
            lengths = ", ".join(f"{name} {int(stream.lengths[0])}" for name, stream in window.streams.items())
            device = _device(results)
            # A latency is no value: it is another one each time, and values are what two runs can be compared by.
            tables.append(self._latencies(model.to(device), window.to(device), device))
            texts.append(f"The window that was counted has these numbers of samples: {lengths}.")
            texts.append(_TIME.format(device=_called(device)))
        return Section("Complexity", "\n\n".join(texts), tables, values={**_values(found), "mib": size})

    def _latencies(self, model: nn.Module, window: Batch, device: torch.device) -> Table:
        finish = torch.cuda.synchronize if device.type == "cuda" else lambda: None
        rows = []
        for number in dict.fromkeys((1, self.batch)):
            batch = repeated(window, number)
            seconds, passes = latency(lambda batch=batch: model(batch), self.repetitions, finish)
            rows.append((number, f"{seconds * 1000:.3g}", f"{seconds * 1000 / number:.3g}", passes))
        return Table("latency", ("windows at once", "ms per pass", "ms per window", "passes timed"), rows)


@dataclass(frozen=True)
class Piece:
    """A row of the table: a part of the model, with what it costs, if a window was there to run."""

    title: str
    name: str
    parameters: int
    cost: Operations | None


def pieces(model: nn.Module, parts: Sequence[Part], window: Batch | None = None) -> list[Piece]:
    """Measure the parts that have parameters or multiply-accumulates, what belongs to none of them, and the whole."""
    modules = {part.title: part.module for part in parts}
    costs = count_operations(lambda: model(window), modules) if window is not None else {}
    total = sum(p.numel() for p in model.parameters() if p.requires_grad)
    found = [Piece(part.title, part.name, part.parameters, costs.get(part.title)) for part in parts]
    found.append(Piece("the rest", "", total - sum(piece.parameters for piece in found), costs.get("")))
    each = costs.values()
    whole = Operations(sum(c.macs for c in each), sum(c.elementwise for c in each)) if costs else None
    found = [piece for piece in found if piece.parameters or (piece.cost and piece.cost.macs)]
    return [*found, Piece("total", "", total, whole)]


def _table(found: Sequence[Piece]) -> Table:
    rows = []
    for piece in found:
        shown = ("–", "–") if piece.cost is None else (f"{piece.cost.macs:,}", f"{piece.cost.elementwise:,}")
        rows.append((piece.title, piece.name, f"{piece.parameters:,}", *shown))
    heads = ("part", "component", "parameters", "MACs per window", "elementwise operations")
    return Table("parts that have parameters or multiply-accumulates", heads, rows)


def _values(found: Sequence[Piece]) -> dict[str, dict[str, int]]:
    return {
        "parameters": {piece.title: piece.parameters for piece in found},
        "macs": {piece.title: piece.cost.macs for piece in found if piece.cost},
        "elementwise": {piece.title: piece.cost.elementwise for piece in found if piece.cost},
    }


def fullest(batch: Batch) -> Batch:
    """Return the window of a batch that has the most streams, of several the longest, without its padding."""
    present = torch.stack(list(batch.present.values())).sum(dim=0)
    lengths = torch.stack([stream.lengths for stream in batch.streams.values()]).sum(dim=0)
    row = int((present * (int(lengths.max()) + 1) + lengths).argmax())
    return repeated(batch, 1, row)


def repeated(batch: Batch, times: int, row: int = 0) -> Batch:
    """Return one window of a batch as a batch of its own, several times over."""
    rows = torch.full((times,), row, device=batch.rows.device)
    streams = {}
    for name, stream in batch.streams.items():
        end = max(int(stream.lengths[row]), 1)
        parts = (stream.x[rows, :, :end], stream.valid[rows, :, :end], stream.lengths[rows], stream.elapsed[rows, :end])
        streams[name] = StreamBatch(*parts)
    present, targets, labelled = (
        {name: tensor[rows] for name, tensor in some.items()} for some in (batch.present, batch.targets, batch.labelled)
    )
    return Batch(streams, present, targets, labelled, batch.rows[rows], torch.arange(times, device=rows.device))


def _device(results: Results) -> torch.device:
    """Return the GPU where there is one and the run didn't ask for another device."""
    asked = results.config.get("training", {}).get("device", "auto")
    return torch.device("cuda" if torch.cuda.is_available() and asked in ("auto", "cuda") else "cpu")


def _called(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"the CPU with {threads} thread{'' if threads == 1 else 's'}"
