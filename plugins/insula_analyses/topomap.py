"""Topographic map: falls of EEG channels on the head."""

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from insula import Figure, SignalSpec, drawing
from insula_analyses.permutation_importance_piece import Piece, is_eeg

FEWEST = 4
"""Electrodes below which a map shows nothing that the table doesn't."""
MONTAGES = ("colin27_1020", "standard_1020")
"""One montage under its new and its old name (MNE 1.14)."""
_GREY = "#6b757d"
Falls = Mapping[Piece, Mapping[str, float | None]]


def topomap(falls: Falls, specs: Mapping[str, SignalSpec], metric: str, prefix: str) -> tuple[list[Figure], list[str]]:
    """Return a map for every stream with channels (or features of channels) on the head, and why another has none.

    Parameters
    ----------
    falls
        Of all pieces.
    specs
        Of all streams: those whose channels aren't called like electrodes have no map, and nothing is said of them.
    metric, prefix
        What falls, and what stands before a caption.
    """
    maps, why = [], []
    for stream, spec in specs.items():
        found = _electrodes(stream, falls)
        if not found and not is_eeg(spec):
            continue
        shown = {name: found[name] for name in placed(found)}
        if len(shown) < FEWEST:
            why.append(
                f"{stream}: no map of the head, as {len(shown)} channels have a fall and a place in the 10–20 system, "
                f"and a map takes {FEWEST}."
            )
            continue
        maps.append(_draw(stream, shown, metric, prefix))
    return maps, why


def _electrodes(stream: str, falls: Falls) -> dict[str, float]:
    """Return the falls of a stream's channels; of features named by channels (``AF3.alpha``) those of the channels."""
    own = {piece: fall["value"] for piece, fall in falls.items() if piece.stream == stream}
    channels = {piece.name: fall for piece, fall in own.items() if piece.kind == "channel"}
    groups = {piece.name.partition(".")[0]: fall for piece, fall in own.items() if piece.kind == "group"}
    names = channels or groups
    spec = SignalSpec(tuple(names), ("1",) * len(names), 0.0, None)
    electrodes = names if names and is_eeg(spec) else {}
    return {name: fall for name, fall in electrodes.items() if fall is not None}


def _montage() -> Any:
    import mne

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MNE 1.13 calls the old name deprecated before it knows the new one
        known = mne.channels.get_builtin_montages()
        return mne.channels.make_standard_montage(next(name for name in MONTAGES if name in known))


def placed(names: Iterable[str]) -> list[str]:
    """Return those channels that have a place in the 10–20 system, whatever the case of their letters."""
    known = {name.casefold() for name in _montage().ch_names}
    return [name for name in names if name.casefold() in known]


def _draw(stream: str, falls: Mapping[str, float], metric: str, prefix: str) -> Figure:
    import mne

    info = mne.create_info(list(falls), 1.0, "eeg", verbose="ERROR")
    info.set_montage(_montage(), match_case=False)
    values = np.array(list(falls.values()))
    most = 1.4 * max(float(np.abs(values).max()), 1e-6)  # names stay readable where the map is darkest
    name = "CCC" if metric == "ccc" else "balanced accuracy"
    with drawing(5.0, 4.0) as it:
        axes = it.canvas.subplots()
        image, _ = mne.viz.plot_topomap(
            values,
            info,
            axes=axes,
            show=False,
            cmap="RdBu_r",
            vlim=(-most, most),
            names=list(falls),
            sensors=False,
            contours=0,
        )
        it.canvas.colorbar(image, ax=axes, shrink=0.7, label=f"fall of {name}").outline.set_visible(False)
        for line in axes.lines:  # head, nose and ears lie on the map and on the page: a grey that shows on both
            line.set_color(_GREY)
        for text in axes.texts:  # the map is light on any page
            text.set(color="black", fontsize=8)
    order = sorted(falls, key=lambda channel: -falls[channel])
    told = ", ".join(f"{channel} {falls[channel]:.3f}" for channel in order)
    return it.figure(
        f"{prefix}{stream}: fall of {name} by channel, seen from above, nose up; between electrodes it is interpolated",
        f"Map of the head for stream {stream}: fall of {name} with each channel exchanged. {told}.",
    )
