"""Exchange: a piece of every window taken from another window."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from insula import StreamBatch
from insula_analyses.permutation_importance_piece import Piece

Rows = Int[np.ndarray, " rows"]


def donors(blocks: Rows, has: Bool[np.ndarray, " rows"], rng: np.random.Generator) -> Rows:
    """Return whose values each row gets: those of another row of its block, drawn at random; each gives once.

    The rows of a block form one random cycle, so that none keeps its own where there are two (Fisher, Rudin & Dominici
    2019, JMLR 20:177, exchange with *other* rows only). A row that lacks the stream, or is alone, keeps its own.
    """
    found, rows = np.arange(len(has)), np.flatnonzero(has)
    order = rows[np.lexsort((rng.random(len(rows)), blocks[rows]))]
    if len(order):
        starts = np.flatnonzero(np.append(True, np.diff(blocks[order]) != 0))
        following = np.roll(order, -1)
        following[np.append(starts[1:], len(order)) - 1] = order[starts]
        found[order] = following
    return found


class Exchange:
    """Exchanges one piece of a stream.

    Of windows that differ in length, a donor's channel or band is cut, or repeated, to the window's own length; a whole
    stream keeps the donor's.

    Parameters
    ----------
    piece
        What is exchanged.
    stream
        All rows of it.
    sfreq
        Its sampling rate in Hz.
    """

    def __init__(self, piece: Piece, stream: StreamBatch, sfreq: float) -> None:
        self.piece, self.stream = piece, stream
        self.component = None if piece.band is None else component(stream, piece.band, sfreq)

    def __call__(self, donors: Int[Tensor, " rows"]) -> StreamBatch:
        """Return the stream with the piece of each row taken from its donor."""
        whole = self.stream
        if self.piece.kind == "stream":
            return StreamBatch(whole.x[donors], whole.valid[donors], whole.lengths[donors], whole.elapsed[donors])
        if self.component is not None:
            x = whole.x - self.component + self._fitted(self.component, donors)
            return replace(whole, x=x.masked_fill(~whole.valid, 0.0))
        x, valid, some = whole.x.clone(), whole.valid.clone(), list(self.piece.channels)
        x[:, some] = self._fitted(whole.x[:, some], donors)
        valid[:, some] = self._fitted(whole.valid[:, some], donors)
        return replace(whole, x=x, valid=valid)

    def _fitted(self, values: Tensor, donors: Int[Tensor, " rows"]) -> Tensor:
        """Return the donors' values, cut or repeated to the rows' own lengths; nothing behind them."""
        lengths, time = self.stream.lengths, torch.arange(values.shape[2], device=values.device)
        place = time % lengths[donors].clamp(min=1).unsqueeze(1)
        taken = values[donors].gather(2, place.unsqueeze(1).expand_as(values))
        return taken.masked_fill((time >= lengths.unsqueeze(1)).unsqueeze(1), 0)

    def changes(self, after: StreamBatch) -> bool:
        """Whether an exchange made a difference to any row."""
        before = self.stream
        if not torch.equal(before.lengths, after.lengths) or not torch.equal(before.valid, after.valid):
            return True
        return not torch.allclose(before.x, after.x, rtol=1e-5, atol=1e-6)


def component(stream: StreamBatch, band: tuple[float, float], sfreq: float) -> Float[Tensor, "rows channels time"]:
    """Return what of every row lies in a band: its Fourier coefficients there, and no others, turned back.

    The components of bands that share no frequency and leave none out add up to the row.
    """
    found = torch.zeros_like(stream.x)
    for length in stream.lengths.unique().tolist():
        if length:
            rows = stream.lengths == length
            part = torch.fft.rfft(stream.x[rows, :, :length]) * _inside(length, band, sfreq).to(stream.x.device)
            found[rows, :, :length] = torch.fft.irfft(part, n=length)
    return found


@lru_cache(maxsize=256)
def _inside(length: int, band: tuple[float, float], sfreq: float) -> Bool[Tensor, " coefficients"]:
    frequencies = np.fft.rfftfreq(length, 1 / sfreq)
    return torch.from_numpy((frequencies >= band[0]) & (frequencies < band[1]))
