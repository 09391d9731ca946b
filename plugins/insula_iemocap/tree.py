"""Tree: the folders and files of the release, wherever its root is."""

import os
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

from insula import DataError

SESSION = re.compile(r"Session([1-5])")
RELEASE = "IEMOCAP_full_release"
MADE_UP = "SYNTHETIC.json"
_TYPE = f"Type dataset.root=DIR, the folder that holds Session1 to Session5, or the one that has it as {RELEASE}"


def session_folders(root: Path) -> dict[str, Path]:
    """Return the folders of the sessions that are there, by number.

    Raises
    ------
    DataError
        If neither ``root`` nor its folder ``IEMOCAP_full_release`` holds one.
    """
    if root.is_file():
        raise DataError(f"IEMOCAP: {root} is a file. {_TYPE}")
    for place in (root, root / RELEASE):
        named = [(SESSION.fullmatch(name), place / name) for name in folders_in(place)]
        if found := {fits[1]: path for fits, path in named if fits}:
            return found
    inside = (path for path in (root.absolute(), *root.absolute().parents) if SESSION.fullmatch(path.name))
    above = next((path.parent for path in inside), None)
    hint = f"Type dataset.root={above}" if above else _TYPE
    raise DataError(
        f"IEMOCAP: there is no folder Session1, nor any of Session2 to Session5, in {root} or in {root / RELEASE}. "
        f"{hint}"
    )


def files_in(folder: Path, suffix: str) -> list[str]:
    """Return the names of the files that end so, in any case, in order; a folder that can't be opened has none.

    Hidden files are passed over: a disk that was used on a Mac has one (``._name``) beside every real file.
    """
    return [e.name for e in _entries(folder) if e.name.lower().endswith(suffix) and e.is_file()]


def folders_in(folder: Path) -> list[str]:
    """Return the names of the folders in a folder, in order; one that can't be opened has none."""
    return [entry.name for entry in _entries(folder) if entry.is_dir()]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted((e for e in entries if not e.name.startswith(".")), key=lambda entry: entry.name)
    except OSError:
        return []


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text in UTF-8, or UTF-16 where it says so, or else in Latin-1, whatever ends them.

    Raises
    ------
    OSError
        If it can't be opened.
    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    # not splitlines(): to it an ellipsis of Windows, which is 0x85 in Latin-1, ends a line
    return re.split(r"\r*\n|\r", text)


def is_made_up(root: Path) -> bool:
    """Whether a generator wrote the files: it says so in the root, or in the folder above the release."""
    return any((folder / MADE_UP).is_file() for folder in (root, root.absolute().parent))
