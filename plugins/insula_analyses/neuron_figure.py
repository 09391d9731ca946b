"""The figure of a layer's neurons: their time constants, and memory dominance by time constant."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from insula import Figure, drawing
from insula_analyses.line_styles import COLOURS
from insula_analyses.neurons import GROUPS, Neurons, Scale

QUIET = "#8a949c"
MARKERS = ("o", "^", "s")


def figure(name: str, model: str, trained: Neurons, before: Neurons, null: Sequence[Neurons], scale: Scale) -> Figure:
    """Draw the distribution of τ, trained and before training, over the range of re-initialised networks; and, if the
    layer has a memory dominance, that of every neuron, before and after, in the colour of its k-means group.
    """
    scattered = trained.dominance is not None
    with drawing(8, 3.4) as it:
        panels = it.canvas.subplots(1, 3 if scattered else 1, squeeze=False)[0]
        _histogram(panels[0], trained, before, null)
        if scattered:
            panels[1].sharey(panels[2])
            panels[1].sharex(panels[2])
            _scatter(panels[1], before, null, scale, "before training")
            _scatter(panels[2], trained, null, scale, "trained")
            panels[1].set_ylabel("memory dominance")
        handles = [handle for axes in panels[:2] for handle in axes.get_legend_handles_labels()[0]]
        it.canvas.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False)
        for axes in panels:
            axes.set_xlabel("τ (s)")
            axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
            axes.spines[["top", "right"]].set_visible(False)
    sizes = np.bincount(trained.groups(scale), minlength=len(GROUPS))
    groups = ", ".join(f"{size} {group}" for size, group in zip(sizes, GROUPS, strict=True))
    shown = "time constants and memory dominance" if scattered else "time constants"
    return it.figure(
        f"{name}: {shown}, {model}; grey area and dotted line: re-initialised networks",
        f"Histogram of the time constants of {name}, trained and before training, with the range of re-initialised "
        f"networks. Median τ {np.median(trained.tau):.3g} s trained, {np.median(before.tau):.3g} s before. "
        f"k-means groups of the trained one: {groups}.",
    )


def _histogram(axes: Any, trained: Neurons, before: Neurons, null: Sequence[Neurons]) -> None:
    everything = np.concatenate([trained.tau, before.tau, *(each.tau for each in null)])
    low, high = everything.min() / 1.05, everything.max() * 1.05
    edges = np.geomspace(low, high, 16)
    counts = np.stack([np.histogram(each.tau, edges)[0] for each in null])
    least, most = np.quantile(counts, [0.025, 0.975], axis=0)
    axes.stairs(most, edges, baseline=least, fill=True, color=QUIET, alpha=0.35, lw=0, label="re-initialised")
    axes.stairs(np.histogram(before.tau, edges)[0], edges, color=QUIET, lw=1.2, ls="--", label="before training")
    axes.stairs(np.histogram(trained.tau, edges)[0], edges, color=COLOURS[0], lw=1.6, label="trained")
    axes.set(xscale="log", ylabel="neurons")
    axes.yaxis.get_major_locator().set_params(integer=True)


def _scatter(axes: Any, neurons: Neurons, null: Sequence[Neurons], scale: Scale, title: str) -> None:
    assert neurons.dominance is not None
    groups = neurons.groups(scale)
    for k, group in enumerate(GROUPS):
        members = groups == k
        look = {"marker": MARKERS[k], "color": COLOURS[k], "ms": 4, "mew": 0, "alpha": 0.85}
        axes.plot(neurons.tau[members], neurons.dominance[members], ls="", label=group, **look)
    usual = np.mean([each.dominance for each in null if each.dominance is not None])
    axes.axhline(usual, color=QUIET, lw=1, ls=":")
    axes.set(xscale="log", title=title)
