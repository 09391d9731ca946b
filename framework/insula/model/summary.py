"""Summary: what is known of a whole window, as one row of numbers per stream."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from insula.specs import SignalSpec
from insula.windows.batch import Batch, StreamBatch

Summary = Float[Tensor, "rows features"]


def window_summary(batch: Batch, streams: Mapping[str, SignalSpec]) -> dict[str, Summary]:
    """Summarise every window of a batch: mean and standard deviation of every channel, stream by stream.

    Parameters
    ----------
    batch
        Windows.
    streams
        What the streams are.

    Returns
    -------
    dict
        Stream to ``(rows, 2 * channels)``: the means of its channels over their defined samples, then their
        (population) standard deviations; of a static stream ``(rows, channels)``, its values. NaN where nothing is
        defined, because the row lacks the stream or the channel has no defined sample.
    """
    return {name: _summary(batch.streams[name], spec.static) for name, spec in streams.items()}


def summary_names(spec: SignalSpec) -> tuple[str, ...]:
    """Return what the columns of a stream's summary are called."""
    if spec.static:
        return spec.ch_names
    return tuple(f"{channel} {what}" for what in ("mean", "std") for channel in spec.ch_names)


def _summary(stream: StreamBatch, static: bool) -> Summary:
    # In double precision sums don't depend on how far a batch was padded: a tree would see the last bit.
    x = stream.x.double().masked_fill(~stream.valid, 0.0)
    if static:
        return x[:, :, 0].masked_fill(~stream.valid[:, :, 0], torch.nan).float()
    count = stream.valid.sum(dim=2)
    mean = x.sum(dim=2) / count  # 0 / 0 is NaN: undefined
    deviations = (x - mean.unsqueeze(2)).masked_fill(~stream.valid, 0.0)
    return torch.cat([mean, (deviations.square().sum(dim=2) / count).sqrt()], dim=1).float()
