"""WindowFeatures: one row of numbers per window."""

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from insula import Batch, ConfigError, SignalSpec, StreamBatch, window_summary
from insula_classical.grown import Grown

Inputs = Literal["mean_std", "flattened"]
Rows = Float[Tensor, "rows features"]


class WindowFeatures(Grown):
    """What a classical model sees of a window: the features of its streams side by side, as z-scores.

    Every feature has mean 0 and (population) standard deviation 1 over the training windows that have it. One that is
    undefined, because the stream is missing or a channel has no defined sample, is 0: the mean, which says nothing.
    So is one that never varied.

    Parameters
    ----------
    streams
        What the streams are.
    inputs
        ``mean_std``: mean and (population) standard deviation of every channel over its defined samples; of a static
        stream its values. ``flattened``: all samples, channel after channel.
    """

    mean: Tensor
    scale: Tensor
    widths: Tensor

    def __init__(self, streams: Mapping[str, SignalSpec], inputs: Inputs) -> None:
        super().__init__()
        self.streams, self.inputs = dict(streams), inputs
        self.register_buffer("mean", torch.zeros(0))
        self.register_buffer("scale", torch.zeros(0))
        self.register_buffer("widths", torch.zeros(0, dtype=torch.long))

    def forward(self, batch: Batch) -> Rows:
        """Return the rows of a batch; before the fit these are the features as they are.

        Raises
        ------
        ConfigError
            If all samples are asked for and windows are longer or shorter than those it was fitted to.
        """
        parts = self.measured(batch)
        if not len(self.widths):
            return torch.cat(parts, dim=1).nan_to_num(0.0)
        return self._scaled(self._joined([parts]))

    def fit(self, measured: Sequence[Sequence[Tensor]]) -> Rows:
        """Learn mean and scale of every feature from what was measured of all batches; return the rows."""
        self.put(widths=[max(part.shape[1] for part in parts) for parts in zip(*measured, strict=True)])
        raw = self._joined(measured)
        count = raw.isnan().logical_not().sum(dim=0).clamp(min=1)
        mean = raw.nansum(dim=0, dtype=torch.float64) / count
        deviations = (raw - mean.float()).nan_to_num(0.0).square_()
        std = (deviations.sum(dim=0, dtype=torch.float64) / count).sqrt()
        self.put(mean=mean, scale=torch.where(std > 0, 1 / std, 0.0))
        return self._scaled(raw)

    def measured(self, batch: Batch) -> list[Rows]:
        """Return every stream's features of a batch, NaN where undefined; no columns where no row says how many."""
        if self.inputs == "mean_std":
            return list(window_summary(batch, self.streams).values())
        return [_flattened(name, batch.streams[name], batch.present[name]) for name in self.streams]

    def _joined(self, measured: Sequence[Sequence[Tensor]]) -> Rows:
        """Put batches below and streams beside each other; a stream that a batch lacks is undefined."""
        columns = []
        for name, width, parts in zip(self.streams, self.widths.tolist(), zip(*measured, strict=True), strict=True):
            if others := sorted({part.shape[1] for part in parts} - {0, width}):
                channels = self.streams[name].channels
                raise _unequal(name, [size // channels for size in (*others, width)])
            columns.append(torch.cat([p if p.shape[1] else p.new_full((len(p), width), torch.nan) for p in parts]))
        return torch.cat(columns, dim=1)

    def _scaled(self, raw: Rows) -> Rows:
        """Turn raw features into z-scores, in their place: rows that were fitted to and rows to predict alike."""
        return raw.sub_(self.mean.to(raw)).mul_(self.scale.to(raw)).nan_to_num_(0.0)


def _flattened(name: str, stream: StreamBatch, present: Bool[Tensor, " batch"]) -> Rows:
    lengths = stream.lengths[present].unique().tolist()
    if len(lengths) > 1:
        raise _unequal(name, lengths)
    length = lengths[0] if lengths else 0
    x = stream.x.masked_fill(~stream.valid, torch.nan)
    return x[:, :, :length].flatten(start_dim=1).float()


def _unequal(name: str, lengths: Sequence[int]) -> ConfigError:
    found, longest = " and ".join(map(str, sorted(lengths))), max(lengths)
    return ConfigError(
        f"architecture.inputs=flattened needs windows of one length, and streams.{name} has some of {found} samples: "
        f"type '+streams.{name}.features.pad={{to: {longest}}}', or architecture.inputs=mean_std"
    )
