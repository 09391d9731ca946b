"""The figure of attention: a curve per class, trained and under every control."""

import numpy as np

from insula import Figure, drawing
from insula_analyses.attention_reading import ALL, Reading
from insula_analyses.attention_watch import CONDITIONS, Watch
from insula_analyses.line_styles import style


def curves(stream: str, seen: Watch, reading: Reading) -> Figure:
    """Draw the mean weight per step over the window; the grey line is uniform attention."""
    scale = 1 / seen.steps if seen.steps else 1.0
    times = (np.arange(seen.bins) + 0.5) / seen.bins * (seen.seconds or 1.0)
    target, names = reading.grouping.target, reading.grouping.names
    groups = [(number, name) for number, name in enumerate(names) if name in reading.profiles]
    with drawing(8, 6) as it:
        panels = it.canvas.subplots(2, 2, sharex=True, sharey=True)
        for axes, (condition, title) in zip(panels.flat, CONDITIONS.items(), strict=True):
            axes.axhline(scale, color="#8a949c", lw=1, ls=":")
            for number, name in groups:
                profile = reading.profiles[name][condition] * scale
                axes.plot(times, profile, lw=1.4, label=name, **style(number))
            axes.set_title(title)
            axes.spines[["top", "right"]].set_visible(False)
        for axes in panels[1]:
            axes.set_xlabel("seconds from the window's start" if seen.seconds else "share of the window")
        for axes in panels[:, 0]:
            axes.set_ylabel("mean weight per step" if seen.steps else "weight relative to uniform")
        handles, shown = panels[0, 0].get_legend_handles_labels()
        it.canvas.legend(handles, shown, loc="outside lower center", ncols=min(max(len(shown), 1), 7), frameon=False)
    shares = reading.edge_shares()[ALL]
    edges = ", ".join(f"{title} {shares[name]:.2f}" for name, title in CONDITIONS.items())
    return it.figure(
        f"{stream}: attention over the window by {target}, and what gives the same without emotion (dotted: uniform)",
        f"Attention over the window of stream {stream}, a curve for each of {', '.join(name for _, name in groups)}, "
        f"in four panels. Edge share over all windows: {edges}; uniform is 1.",
    )
