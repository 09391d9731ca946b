"""Dataset: lists the trials of a corpus without opening a signal."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from insula.errors import DataError
from insula.types import LeftOut, Target, Trial


class Dataset(ABC):
    """A corpus on disk.

    A subclass declares its licence, its citation, the reader meant for each modality and its targets, and writes
    :meth:`trials`. Its constructor takes ``root`` and, after ``*``, its options.

    Parameters
    ----------
    root
        The folder (or manifest file) of the corpus; None for data that is made in memory.
    """

    licence: ClassVar[str]
    citation: ClassVar[str]
    consent: ClassVar[str] = ""
    """What its people agreed to, in a sentence, for the card in the report; empty: the dataset doesn't state it."""
    identifiability: ClassVar[str] = ""
    """Whether and how somebody could be recognised in it."""
    intended_use: ClassVar[str] = ""
    """What it was made for, or is given out for."""
    readers: Mapping[str, str | Mapping[str, Any]] = {}
    """Modality to the reader meant for it, a name or ``{"name": ..., option: ...}``; a run may choose another."""
    targets: Mapping[str, Target] = {}
    """Name to kind and full class list; the first is the one a run takes if it names none."""
    needs_root: ClassVar[bool] = True
    """False for data that can be made in memory."""
    made_up: ClassVar[bool] = False
    """True for data from a simulator: every report says so on its first line."""
    terms: ClassVar[Mapping[str, str]] = {}
    """What the corpus calls a column of the index: ``{"subject": "speaker", "stimulus": "sentence"}``."""
    resumable: ClassVar[bool] = False
    """True where :meth:`generate` goes on in a folder in which it was interrupted with the same options."""

    def __init__(self, root: Path | None) -> None:
        self.root: Path = root  # type: ignore[assignment]  # None only for data that is made in memory

    @abstractmethod
    def trials(self) -> Iterable[Trial]:
        """List every trial; call :meth:`leave_out` for each file that isn't one."""

    @classmethod
    def generate(cls, root: Path, *, seed: int = 0) -> Any:
        """Write made-up data in the corpus's own layout. Optional; its options are the flags of ``insula generate``."""
        raise DataError(f"{cls.__name__} has no generator")

    @property
    def left_out(self) -> list[LeftOut]:
        """What :meth:`leave_out` recorded: counted in the report, never dropped in silence."""
        # Made on first use: a subclass's constructor need not call this one's.
        if not hasattr(self, "_left_out"):
            self._left_out: list[LeftOut] = []
        return self._left_out

    @property
    def remarks(self) -> list[str]:
        """What :meth:`remark` recorded."""
        if not hasattr(self, "_remarks"):
            self._remarks: list[str] = []
        return self._remarks

    def remark(self, text: str) -> None:
        """Record a sentence about the corpus as it was found, which log, ``insula check`` and report print."""
        self.remarks.append(text)

    def leave_out(self, what: str | Path, why: str) -> None:
        """Record a file or trial that is not used, and why."""
        self.left_out.append(LeftOut(str(what), why))
