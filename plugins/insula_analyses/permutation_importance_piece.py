"""Piece: what of a stream is exchanged to see what a model makes of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Literal

import numpy as np

from insula import ConfigError, SignalSpec

Kind = Literal["stream", "channel", "feature", "group", "band"]
Edges = tuple[float, float]
EEG_BANDS: Mapping[str, Edges] = {
    "under 1 Hz": (0.0, 1.0),
    "delta, 1–4 Hz": (1.0, 4.0),
    "theta, 4–8 Hz": (4.0, 8.0),
    "alpha, 8–13 Hz": (8.0, 13.0),
    "beta, 13–30 Hz": (13.0, 30.0),
    "gamma, 30–45 Hz": (30.0, 45.0),
    "45 Hz and over": (45.0, np.inf),
}
"""The five bands of arXiv:2602.06997, and what lies beside them."""
OCTAVES = 5
SINGLES, RANGES = 64, 32
"""Channels or features above which they are exchanged in groups only; and of how many neighbours' ranges at most."""
ELECTRODE = re.compile(r"(Fp|AF|FT|FC|TP|CP|PO|[FCTPOAMI])(z|[1-9]|10)", re.IGNORECASE)

NUMBERED = re.compile(r"(.+)_\d+")


@dataclass(frozen=True)
class Piece:
    """A stream, or what of it is exchanged.

    Parameters
    ----------
    stream
        Which stream.
    kind
        The whole ``stream``, a ``channel`` (or ``feature``, of a static stream), a ``group`` of them, or a ``band``.
    name
        How a reader calls it.
    channels
        Positions of the channels; empty: all.
    band
        Lowest frequency, which belongs to it, and highest, which doesn't, in Hz.
    """

    stream: str
    kind: Kind
    name: str
    channels: tuple[int, ...] = ()
    band: Edges | None = None


def pieces(specs: Mapping[str, SignalSpec], bands: Mapping[str, Mapping[str, Edges]]) -> list[Piece]:
    """Return the pieces of all streams; ``bands`` has those of streams that a run names.

    Raises
    ------
    ConfigError
        If it names another stream, one that isn't sampled regularly, or a band that can't be.
    """
    for stream, own in bands.items():
        _check_bands(stream, own, specs)
    found = [Piece(name, "stream", name) for name in specs]
    for name, spec in specs.items():
        found += _groups(name, spec)
        if 1 < spec.channels <= SINGLES:
            kind: Kind = "feature" if spec.static else "channel"
            found += [Piece(name, kind, channel, (place,)) for place, channel in enumerate(spec.ch_names)]
        if spec.sfreq:
            found += [Piece(name, "band", band, (), edges) for band, edges in _bands(spec, bands.get(name)).items()]
    return found


def _check_bands(stream: str, bands: Mapping[str, Edges], specs: Mapping[str, SignalSpec]) -> None:
    where = f"analyses.permutation_importance.bands.{stream}"
    if stream not in specs or not specs[stream].sfreq:
        sampled = [name for name, spec in specs.items() if spec.sfreq]
        raise ConfigError(f"{where}: no stream of this name is sampled regularly; {', '.join(sampled) or 'none'} is")
    for name, (low, high) in bands.items():
        if not 0 <= low < min(high, specs[stream].sfreq / 2):
            raise ConfigError(
                f"{where}.{name}: a band goes from its lowest frequency up to its highest, and begins below half the "
                f"sampling rate, {specs[stream].sfreq / 2:g} Hz; this one goes from {low:g} to {high:g} Hz"
            )


def _bands(spec: SignalSpec, chosen: Mapping[str, Edges] | None) -> dict[str, Edges]:
    """Return a stream's bands: those that were chosen, EEG's, or octaves below half the sampling rate.

    Of windows of one length, those that hold no frequency that a window resolves are left out.
    """
    top, resolved = spec.sfreq / 2, spec.sfreq / spec.n_times if spec.n_times else 0.0
    if chosen is not None:
        bands: Mapping[str, Edges] = chosen
    elif is_eeg(spec):
        bands = {name: edges for name, edges in EEG_BANDS.items() if edges[0] < top and _holds(edges, resolved)}
    else:
        edges = [0.0, *(top / 2**k for k in range(OCTAVES - 1, -1, -1) if top / 2**k >= resolved)]
        bands = {f"{low:.3g}–{high:.3g} Hz": (low, high) for low, high in pairwise(edges)}
    return {name: (low, np.inf if high >= top else high) for name, (low, high) in bands.items()}


def _holds(edges: Edges, resolved: float) -> bool:
    """Whether a multiple of the lowest frequency that a window resolves lies in a band."""
    return not resolved or ceil(edges[0] / resolved) * resolved < edges[1]


def is_eeg(spec: SignalSpec) -> bool:
    """Whether at least four, and at least half, of the channels are called like electrodes."""
    known = sum(ELECTRODE.fullmatch(name) is not None for name in spec.ch_names)
    return known >= 4 and 2 * known >= spec.channels


def _groups(stream: str, spec: SignalSpec) -> Iterator[Piece]:
    """Yield features that share a part of their names (``AF3.alpha``, ``delta_1``); else neighbours, of too many."""
    split = [name.split(".") for name in spec.ch_names]
    numbered = [NUMBERED.fullmatch(name) for name in spec.ch_names]
    levels = len(split[0])
    if all(numbered) and len(families := dict.fromkeys(found.group(1) for found in numbered if found)) > 1:
        for family in families:
            of = tuple(place for place, found in enumerate(numbered) if found and found.group(1) == family)
            yield Piece(stream, "group", f"{family}_*", of)
    elif levels > 1 and all(len(parts) == levels for parts in split):
        for level in range(levels):
            for value in dict.fromkeys(parts[level] for parts in split):
                of = tuple(place for place, parts in enumerate(split) if parts[level] == value)
                pattern = ".".join(value if place == level else "*" for place in range(levels))
                if 1 < len(of) < spec.channels:
                    yield Piece(stream, "group", pattern, of)
    elif spec.channels > SINGLES:
        for some in np.array_split(np.arange(spec.channels), RANGES):
            first, last = spec.ch_names[some[0]], spec.ch_names[some[-1]]
            yield Piece(stream, "group", f"{first} to {last}" if len(some) > 1 else first, tuple(map(int, some)))
