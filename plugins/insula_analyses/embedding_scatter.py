"""The scatter figure of an embedding map: untrained and trained side by side."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, Int

from insula import Figure, drawing
from insula_analyses.grouping import Grouping
from insula_analyses.line_styles import COLOURS

MARKERS = ("o", "^", "s", "D", "v", "P", "X")


def scatter(
    grouping: Grouping, rows: Int[np.ndarray, " points"], maps: Mapping[str, Float[np.ndarray, "points 2"]]
) -> Figure:
    """Draw the windows of each group in a colour and shape of their own; those without a label are left out."""
    groups = [k for k in range(len(grouping.names)) if (grouping.codes[rows] == k).any()]
    with drawing(8, 4.4) as it:
        panels = it.canvas.subplots(1, 2)
        for axes, (name, points) in zip(panels, maps.items(), strict=True):
            for k in groups:
                x, y = points[grouping.codes[rows] == k].T
                look = {
                    "marker": MARKERS[k % len(MARKERS)],
                    "color": COLOURS[k % len(COLOURS)],
                    "ms": 3.5,
                    "mew": 0,
                    "alpha": 0.85,
                }
                axes.plot(x, y, ls="", label=grouping.names[k], **look)
            axes.set(xticks=[], yticks=[], title=name)
            axes.spines[:].set_alpha(0.3)
        handles, names = panels[0].get_legend_handles_labels()
        it.canvas.legend(
            handles, names, loc="outside lower center", ncols=min(len(names), 7), frameon=False, markerscale=2
        )
    windows = int(grouping.labelled(rows).sum())
    return it.figure(
        f"{grouping.target}: t-SNE of held-out windows in the embedding, before and after training, by true class",
        f"Two maps of the same {windows} held-out windows, of the untrained and of the trained network, coloured by "
        f"{grouping.target}: {', '.join(grouping.names[k] for k in groups)}. Axes have no unit.",
    )
