"""A store in memory, for a run in small that writes nothing."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from insula.sources.store import Store, undefined
from insula.types import Signal


class MemoryStore(Store):
    """A store that keeps nothing on disk, and counts the bytes of the entries that were asked for or written."""

    def __init__(self) -> None:
        super().__init__(Path())
        self.entries: dict[str, InMemory] = {}
        self.used: set[str] = set()

    def get(self, key: str) -> "InMemory | None":  # type: ignore[override]
        """Return an entry."""
        self.used.add(key)
        return self.entries.get(key)

    def put(  # type: ignore[override]
        self, key: str, signals: Sequence[Signal | None], refused: Mapping[int, str] | None = None
    ) -> "InMemory":
        """Keep an entry."""
        self.used.add(key)
        self.entries[key] = InMemory(signals, refused or {})
        return self.entries[key]

    @property
    def bytes(self) -> int:
        """Size of the samples of what was used."""
        used = (self.entries[key] for key in self.used if key in self.entries)
        return sum(signal.data.nbytes for entry in used for signal in entry if signal is not None)


class InMemory(list):
    """The Signals of one entry."""

    def __init__(self, signals: Sequence[Signal | None], refused: Mapping[int, str]) -> None:
        super().__init__(signals)
        self._refused = refused

    def refused(self) -> dict[int, str]:
        """Return, by position, why a Signal is None, where a step has said so."""
        return dict(self._refused)

    def undefined(self) -> dict[str, tuple[int, int]]:
        """Return, per channel, how many values are undefined, of how many."""
        return undefined(self)
