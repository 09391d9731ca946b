"""The figures of permutation importance: falls with their intervals, the largest first."""

from collections.abc import Mapping, Sequence
from typing import Any

from insula import Figure, drawing
from insula_analyses.permutation_importance_piece import Kind, Piece

Fall = Mapping[str, float | None]
SHOWN = 16
"""Pieces of a kind that a figure shows; the table has them all."""
PANELS: Mapping[Kind, str] = {"channel": "channels", "feature": "features", "group": "groups", "band": "bands"}
_COLOUR = "#3b82c4"


def figure(falls: Mapping[Piece, Fall], metric: str, prefix: str) -> list[Figure]:
    """Return a figure of the streams, and one of every stream that has parts: channels, groups and bands in panels."""
    known = {piece: fall for piece, fall in falls.items() if fall["value"] is not None}
    streams = {piece.stream: fall for piece, fall in known.items() if piece.kind == "stream"}
    found = []
    if len(streams) > 1:
        found.append(_draw([("streams", streams)], metric, f"{prefix}fall with each stream exchanged"))
    for stream in streams:
        panels = []
        for kind, title in PANELS.items():
            inside = {piece: fall for piece, fall in known.items() if (piece.stream, piece.kind) == (stream, kind)}
            ordered = sorted(inside, key=lambda piece: -(inside[piece]["value"] or 0))[:SHOWN]
            chosen = list(inside) if kind == "band" else ordered  # bands stay in the order of frequency
            if chosen:
                more = f", largest {SHOWN} of {len(inside)}" if len(inside) > len(chosen) else ""
                panels.append((title + more, {piece.name: inside[piece] for piece in chosen}))
        if panels:
            found.append(_draw(panels, metric, f"{prefix}{stream}: fall with each part exchanged"))
    return found


def _draw(panels: Sequence[tuple[str, Mapping[str, Fall]]], metric: str, caption: str) -> Figure:
    rows = max(len(falls) for _, falls in panels)
    with drawing(max(4.6, 3.1 * len(panels)), 0.8 + 0.21 * rows) as it:
        for axes, (title, falls) in zip(
            it.canvas.subplots(1, len(panels), squeeze=False, sharex=True)[0], panels, strict=True
        ):
            _panel(axes, title if len(panels) > 1 else "", falls, rows)
            axes.set_xlabel(f"fall of {'CCC' if metric == 'ccc' else 'balanced accuracy'}")
    told = "; ".join(f"{title}: {', '.join(map(_told, falls.items()))}" for title, falls in panels)
    return it.figure(f"{caption}; bars are 95 % intervals", f"{caption[0].upper()}{caption[1:]}: {told}.")


def _panel(axes: Any, title: str, falls: Mapping[str, Fall], rows: int) -> None:
    ink = axes.xaxis.label.get_color()
    axes.axvline(0, color=ink, lw=0.8, alpha=0.5)
    for place, fall in enumerate(falls.values()):
        if fall["low"] is not None:
            axes.plot([fall["low"], fall["high"]], [place, place], color=_COLOUR, lw=1.6, alpha=0.6)
        axes.plot(fall["value"], place, "o", color=_COLOUR, ms=4.5)
    axes.set_yticks(range(len(falls)), list(falls))
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_title(title, loc="left", fontsize=9, weight="bold")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", alpha=0.2)


def _told(item: tuple[str, Fall]) -> str:
    name, fall = item
    interval = "" if fall["low"] is None else f" [{fall['low']:.3f}, {fall['high']:.3f}]"
    return f"{name} {fall['value']:.3f}{interval}"
