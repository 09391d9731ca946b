"""permutation_importance: how much a model leans on each stream, channel, frequency band and feature."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from insula import Analysis, Drops, Figure, Results, Section, Table
from insula_analyses.permutation_importance_figure import figure
from insula_analyses.permutation_importance_piece import Edges, Kind, Piece, pieces
from insula_analyses.permutation_importance_trials import Tried, Within
from insula_analyses.topomap import topomap

TITLE = "Permutation importance"
Falls = dict[Piece, dict[str, float | None]]
KINDS: Mapping[Kind, str] = {
    "stream": "streams",
    "channel": "channels",
    "feature": "features",
    "group": "groups",
    "band": "bands",
}
EXCHANGED: Mapping[Within, str] = {
    "recording": "another window of the same recording",
    "subject": "another window of the same person",
    "everyone": "another window of any person under test in the same fold",
}
ABOUT = (
    "By how much {metric} falls where a piece of every held-out window (at most {windows} of each fold) is that of "
    "{whose}, drawn anew {repeats} times; the model is not trained again (Breiman 2001, Machine Learning 45:5). "
    "Brackets are 95 % intervals of the fall over {unit}, which are left out or drawn whole. A fall around 0: the "
    "model does as well without knowing that piece of this window. A band is exchanged as the Fourier coefficients "
    "that lie in it, so that what is put in is as real as what is taken out."
)
LIMITS = (
    "What this can't tell: where two pieces say the same (neighbouring electrodes, bands of one feature) the model may "
    "read the one in place of the other, and both falls are small, though without either it would be lost; compare the "
    "fall of the whole stream. An exchanged piece beside a rest that it never met is also input of a kind that the "
    "model hasn't seen (Hooker & Mentch 2019, arXiv:1905.03151). It says what this model leans on, not what a signal "
    "says of emotion: a model near chance leans on nothing."
)


class PermutationImportance(Analysis):
    """How far the metric falls when a stream, channel, band or feature of held-out windows is exchanged.

    Pieces of held-out windows (whole streams; channels of sampled streams, features of static ones, and groups that
    share a part of their names; bands of frequency) are exchanged among windows, and the trained model of each fold
    predicts again. The fall of balanced accuracy (CCC of numbers) is the importance, with an interval over what the
    protocol holds out. Exchanging keeps a piece's own distribution; taking it out, or putting zeros, would not. EEG has
    a map of its channels' falls on the head.

    Parameters
    ----------
    repeats
        How often every piece is exchanged; the mean counts.
    windows
        How many held-out windows of every fold and seed are taken at most, drawn at random.
    within
        Among which windows a piece is exchanged. ``subject``: those of one person, so that what differs between people
        stays where it is, and the fall is what the model reads of what changes within a person; ``everyone``: all of a
        fold, so that a person's own level counts too, and a window may be put together from two people; ``recording``:
        those of one recording, which tells something only where labels change inside it. What is constant there is
        exchanged among everyone, and marked.
    bands
        Stream to its bands, each a name with the lowest and highest frequency in Hz: ``{eeg: {slow: [1, 8]}}``. Else
        streams with channels named like electrodes have EEG's five bands (and what lies beside them), and other
        sampled streams five octaves below half their rate.

    Notes
    -----
    Breiman (2001), Random forests, Machine Learning 45:5-32; Fisher, Rudin & Dominici (2019), JMLR 20:177, for the
    exchange with other rows only; Schirrmeister et al. (2017), Human Brain Mapping 38:5391, change amplitudes in bands
    to see what a network reads. The interval is that of :class:`insula.Drops`.
    """

    def __init__(
        self,
        *,
        repeats: Annotated[int, Field(gt=0)] = 5,
        windows: Annotated[int, Field(gt=0)] = 300,
        within: Within = "subject",
        bands: Mapping[str, Mapping[str, Edges]] | None = None,
    ) -> None:
        self.repeats, self.windows, self.bands = repeats, windows, bands or {}
        self.within: Within = within

    def __call__(self, results: Results) -> Section:
        """Return tables, figures and maps for every target, and the falls as values."""
        every, tried = pieces(results.data.streams, self.bands), Tried(self.repeats)
        for fold in results.folds:
            tried.try_fold(results, fold, every, self.windows, self.within)
        if not tried.rows:
            return Section(TITLE, "There is no held-out window whose values could be exchanged.")
        texts: list[str] = []
        tables: list[Table] = []
        figures: list[Figure] = []
        values: dict[str, Any] = {"within": self.within, "repeats": self.repeats, "windows": self.windows}
        for name, target in results.data.targets.items():
            drops = tried.drops(target, results.unit)
            falls = {piece: tried.fall(drops, piece) for piece in every}
            prefix = f"{name}: " if len(results.data.targets) > 1 else ""
            texts += [] if texts else [self._about(drops), *_remarks(tried, every)]
            texts += _read(falls, drops, prefix)
            tables += _tables(falls, tried, drops, prefix)
            figures += figure(falls, drops.metric, prefix)
            map_, why = topomap(falls, results.data.streams, drops.metric, prefix)
            figures, texts = [*figures, *map_], [*texts, *why]
            values[name] = {"metric": drops.metric, "value": drops.value, **_values(falls, tried)}
        return Section(TITLE, "\n\n".join([*dict.fromkeys(texts), LIMITS]), tables, figures, values)

    def _about(self, drops: Drops) -> str:
        unit = {"subject": "people", "stimulus": "stimuli"}.get(drops.unit, f"{drops.unit}s")
        return ABOUT.format(
            metric=called(drops.metric),
            windows=self.windows,
            whose=EXCHANGED[self.within],
            repeats=self.repeats,
            unit=unit,
        )


def called(metric: str) -> str:
    """Return a metric's name in a sentence."""
    return {"balanced_accuracy": "balanced accuracy", "ccc": "CCC"}[metric]


def _remarks(tried: Tried, every: list[Piece]) -> list[str]:
    """Say what was exchanged otherwise, or not at all."""
    found = []
    if among := [_named(piece) for piece in every if piece in tried.among_all]:
        found.append(
            f"Marked * and exchanged among all people of a fold, as it never changes where it should have been "
            f"exchanged: {_listed(among)}."
        )
    if constant := [_named(piece) for piece in every if piece not in tried.varied]:
        found.append(
            f"Not measured, as it is the same in every window of a fold, so that an exchange changes nothing: "
            f"{_listed(constant)}."
        )
    return found


def _named(piece: Piece) -> str:
    return piece.stream if piece.kind == "stream" else f"{piece.stream}/{piece.name}"


def _listed(names: list[str], most: int = 12) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _read(falls: Falls, drops: Drops, prefix: str) -> list[str]:
    """Say in words which streams matter."""
    if drops.value is None:
        return []
    streams = {piece.stream: fall for piece, fall in falls.items() if piece.kind == "stream"}
    clear = [name for name, fall in streams.items() if (fall["low"] or 0) > 0]
    unclear = [name for name in streams if name not in clear]
    said = f"{prefix}{called(drops.metric)} of these windows is {drops.value:.3f}. "
    said = said[0].upper() + said[1:]
    if clear:
        said += f"The model leans on {_listed(clear)}: the interval of the fall lies above 0. "
    if unclear:
        said += f"Of {_listed(unclear)} it can't be said: the interval holds 0, or there is none."
    return [said.strip()]


def _tables(falls: Falls, tried: Tried, drops: Drops, prefix: str) -> list[Table]:
    heads = ("piece", "what", f"fall of {called(drops.metric)}", "95 % interval")
    streams = {piece: fall for piece, fall in falls.items() if piece.kind == "stream"}
    found = [Table(f"{prefix}streams", heads, _rows(streams, tried))]
    for stream in dict.fromkeys(piece.stream for piece in falls):
        inside = {piece: fall for piece, fall in falls.items() if piece.stream == stream and piece not in streams}
        if inside:
            found.append(Table(f"{prefix}{stream}", heads, _rows(inside, tried)))
    return found


def _rows(falls: Falls, tried: Tried) -> list[tuple[str, ...]]:
    rows = []
    for piece, fall in sorted(falls.items(), key=lambda item: (list(KINDS).index(item[0].kind), _down(item[1]))):
        mark = " *" if piece in tried.among_all else ""
        rows.append((piece.name + mark, piece.kind, signed(fall["value"]), between(fall)))
    return rows


def _down(fall: Mapping[str, float | None]) -> float:
    return -fall["value"] if fall["value"] is not None else float("inf")


def signed(value: float | None) -> str:
    """Show a fall with its sign; what is undefined as a dash."""
    return "–" if value is None else f"{value:+.3f}".replace("-", "−")


def between(fall: Mapping[str, float | None]) -> str:
    """Show an interval."""
    return "–" if fall["low"] is None else f"[{signed(fall['low'])}, {signed(fall['high'])}]"


def _values(falls: Falls, tried: Tried) -> dict[str, Any]:
    found: dict[str, Any] = {title: {} for title in KINDS.values()}
    for piece, fall in falls.items():
        entry = {**fall, "among_all": True} if piece in tried.among_all else fall
        place = found[KINDS[piece.kind]]
        if piece.kind == "stream":
            place[piece.stream] = entry
        else:
            place.setdefault(piece.stream, {})[piece.name] = entry
    return {title: entries for title, entries in found.items() if entries}
