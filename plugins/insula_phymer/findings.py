"""Findings: which file holds which modality of which trial."""

from collections.abc import Callable, Collection, Hashable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

from insula_phymer.copies import copies
from insula_phymer.tree import one_each

K = TypeVar("K", bound=Hashable)
LeaveOut = Callable[[str, str], None]


class Findings(Generic[K]):
    """The files of a corpus by modality and key; what can't be used is told.

    Parameters
    ----------
    root
        The folder of the corpus.
    leave_out
        Told of every file that is another one's copy or second.
    """

    def __init__(self, root: Path, leave_out: LeaveOut) -> None:
        self.root, self.leave_out = root, leave_out
        self.found: dict[str, dict[K, Path]] = {}
        self.sought: dict[str, str] = {}

    def add(self, modality: str, files: Iterable[tuple[K, Path]], sought: str) -> None:
        """Take the files of a modality, by their path from the root, the better ones first.

        Parameters
        ----------
        modality
            Its name.
        files
            Key and path.
        sought
            Where in the root, and what, was looked for, and what to type, for the message if there is none.
        """
        kept, further = one_each(files)
        for path, first in further:
            if path.suffix.lower() == first.suffix.lower():  # of one recording in two formats, either will do
                self.leave_out(f"{path} (instead: {first})", f"a further {modality} file of the same trial")
        self.found[modality] = self._without_copies(modality, kept)
        if not self.found[modality]:
            self.sought[modality] = f"no {modality} file was found: looked {sought}"
            self.leave_out(modality, self.sought[modality])

    def _without_copies(self, modality: str, files: dict[K, Path]) -> dict[K, Path]:
        again = dict(copies(self.root / path for path in files.values()))
        for path, first in again.items():
            pair = f"{path.relative_to(self.root)} (= {first.relative_to(self.root)})"
            self.leave_out(pair, f"its contents are those of another trial's {modality} file: one of them is wrong")
        return {key: path for key, path in files.items() if self.root / path not in again}

    def keys(self) -> set[K]:
        """Return every key that has a file."""
        return {key for files in self.found.values() for key in files}

    def of(self, key: K, name: str) -> dict[str, Path]:
        """Return a trial's files by modality, and tell of those that it lacks and others have."""
        for modality, files in self.found.items():
            if files and key not in files:
                self.leave_out(f"{modality} of trial {name}", f"no {modality} file: the trial lacks the modality")
        return {modality: files[key] for modality, files in self.found.items() if key in files}

    def only(self, keys: Collection[K]) -> None:
        """Forget the files of all other keys."""
        self.found = {m: {k: path for k, path in files.items() if k in keys} for m, files in self.found.items()}
