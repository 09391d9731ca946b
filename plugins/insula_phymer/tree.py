"""Tree: the files below a folder that a pattern fits, whatever the folders between are called."""

import re
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def files_below(root: Path, folder: str, pattern: re.Pattern[str]) -> list[tuple[Path, re.Match[str]]]:
    """Return the files by their path from the root, in order, with how the pattern fits their names.

    Hidden files are passed over: a disk that was used on a Mac has one beside every real file.
    """
    found = []
    for path in sorted((root / folder).rglob("*")):
        fits = pattern.search(path.name)
        if fits is not None and not path.name.startswith(".") and path.is_file():
            found.append((path.relative_to(root), fits))
    return found


def one_each(candidates: Iterable[tuple[K, Path]]) -> tuple[dict[K, Path], list[tuple[Path, Path]]]:
    """Keep the first file of every key; return also each further one, with the file that was kept instead."""
    kept: dict[K, Path] = {}
    further = []
    for key, path in candidates:
        if kept.setdefault(key, path) != path:
            further.append((path, kept[key]))
    return kept, further
