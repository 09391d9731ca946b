"""preprocessing_steps: what every step of a chain does to the first seconds of a recording."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from insula import Analysis, ConfigError, Figure, Results, Section, Signal, Table, drawing
from insula_analyses.excerpt import Excerpt, thinned

RANGE = 1e6
"""How far below the greatest power a spectrum is shown: what a filter takes away would fill the page else."""
_LINE = "#3b82c4"
_WHAT = (
    "Channel {channel} of stream {stream} in one recording: its first {seconds:g} s as read and after every step of "
    "the stream's signal chain, and the power spectral density of that stretch, of its longest part without a gap "
    "(Welch's method, Hann windows of 2 s, half overlapping). The vertical scales differ from step to step."
)


class PreprocessingSteps(Analysis):
    """One channel's first seconds after every step of its stream's signal chain, with the spectrum beside each.

    Parameters
    ----------
    stream
        Which stream; None: the first one with a ``signal`` chain, or else the first that has a time axis.
    channel
        Which channel; None: the first one. After a step that gives channels other names, that step's first one.
    seconds
        How long a stretch is shown.
    """

    def __init__(
        self,
        *,
        stream: str | None = None,
        channel: str | None = None,
        seconds: Annotated[float, Field(gt=0)] = 5.0,
    ) -> None:
        self.stream, self.channel, self.seconds = stream, channel, seconds

    def __call__(self, results: Results) -> Section:
        """Return the figure and a table of the steps."""
        title, name = "Preprocessing steps", self._chosen(results)
        if name is None:
            return Section(title, "No stream has a time axis, so there is no step to show.")
        stages = [(step, signal) for step, signal in results.stages(name) if not signal.static]
        if not stages:
            return Section(title, f"No recording of stream {name} with a time axis could be read, so none is shown.")
        channel = self._channel(name, stages[0][1])
        cuts = [Excerpt.of(step, signal, channel, self.seconds) for step, signal in stages]
        texts = [_WHAT.format(channel=channel, stream=name, seconds=self.seconds)]
        chain = results.config.get("streams", {}).get(name, {}).get("signal") or {}
        if len(chain) > len(stages) - 1:
            texts.append("Steps that are fitted on training data differ from fold to fold, and are not shown.")
        return Section(title, "\n\n".join(texts), [_table(cuts)], [_figure(name, channel, cuts)])

    def _chosen(self, results: Results) -> str | None:
        """Return the stream to show; None where none can be shown."""
        timed = [name for name, spec in results.data.streams.items() if not spec.static]
        if self.stream is not None:
            if self.stream not in results.data.streams:
                raise ConfigError(
                    f"analyses.preprocessing_steps.stream: there is no stream {self.stream!r}; "
                    f"this run has {', '.join(results.data.streams)}"
                )
            return self.stream
        streams = results.config.get("streams", {})
        chained = [name for name in results.data.streams if streams.get(name, {}).get("signal")]
        return next(iter([*chained, *timed]), None)

    def _channel(self, stream: str, signal: Signal) -> str:
        if self.channel is not None and self.channel not in signal.ch_names:
            raise ConfigError(
                f"analyses.preprocessing_steps.channel: stream {stream} has no channel {self.channel!r}; "
                f"it has {', '.join(signal.ch_names)}"
            )
        return self.channel or signal.ch_names[0]


def _table(cuts: Sequence[Excerpt]) -> Table:
    rows = [(cut.step, cut.rate, cut.unit or "none", *cut.summary) for cut in cuts]
    heads = ("after", "sampling rate", "unit", "mean", "standard deviation", "undefined")
    return Table("the stretch that is shown", heads, rows)


def _figure(stream: str, channel: str, cuts: Sequence[Excerpt]) -> Figure:
    """Draw a row per step: the samples, and their spectrum."""
    with drawing(9.2, 0.5 + 1.15 * len(cuts)) as it:
        grid = it.canvas.subplots(len(cuts), 2, sharex="col", squeeze=False, width_ratios=(2, 1))
        for (left, right), cut in zip(grid, cuts, strict=True):
            _draw_samples(left, cut)
            _draw_spectrum(right, cut)
            for axes in (left, right):
                axes.spines[["top", "right"]].set_visible(False)
        grid[-1, 0].set_xlabel("seconds")
        grid[-1, 1].set_xlabel("Hz")
        it.canvas.align_ylabels()
        grid[0, 1].set_title("power spectral density", loc="left", fontsize=9)
    told = "; ".join(f"{cut.step}: {cut.rate}, standard deviation {cut.summary[1]}" for cut in cuts)
    return it.figure(
        f"{stream}, channel {channel}, after every step: samples and spectrum",
        f"Channel {channel} of stream {stream} after every step, as samples and spectrum. {told}.",
    )


def _draw_samples(axes: Any, cut: Excerpt) -> None:
    few = np.isfinite(cut.values).sum() <= 60
    axes.plot(*thinned(cut.seconds, cut.values), color=_LINE, lw=0.9, marker="." if few else "", ms=4)
    axes.set_title(cut.title, loc="left", fontsize=9, weight="bold")
    axes.set_ylabel(cut.unit or "no unit")
    axes.ticklabel_format(axis="y", useOffset=False, style="plain")
    if not np.isfinite(cut.values).any():
        axes.text(0.5, 0.5, "undefined here", transform=axes.transAxes, ha="center", va="center")


def _draw_spectrum(axes: Any, cut: Excerpt) -> None:
    frequency, power, why = cut.spectrum()
    if why:
        axes.text(0.5, 0.5, why, transform=axes.transAxes, ha="center", va="center", fontsize=8)
        axes.set_yticks([])
        return
    axes.semilogy(*thinned(frequency, power), color=_LINE, lw=0.9)
    axes.set_ylim(bottom=max(power.min() / 2, power.max() / RANGE))
    axes.set_ylabel(f"{cut.unit}²/Hz" if cut.unit else "1/Hz")
