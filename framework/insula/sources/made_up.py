"""Made up: how a generator marks the folder that it writes in a real corpus's layout, and goes on in it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from insula.errors import DataError

MADE_UP = "SYNTHETIC.json"
"""The file by which a generator marks a folder: every report on what lies in it says so on its first line."""
NOTE = "SYNTHETIC: made-up data. Scores on it never stand beside published ones."


def begin_made_up(root: Path, version: int, options: Mapping[str, Any]) -> None:
    """Mark a folder as made up and from what, or make sure that what was begun there was made from the same.

    Parameters
    ----------
    root
        A new or empty folder, or one in which the same generator was interrupted.
    version
        Of the generator: another one would write other data.
    options
        All that decides what is written, as JSON knows it.

    Raises
    ------
    DataError
        If the folder holds something else, or was begun with other options.
    """
    from insula import __version__

    about = root / MADE_UP
    if not about.exists():
        if root.is_dir() and any(path.name != f".{MADE_UP}" for path in root.iterdir()):
            raise DataError(f"{root} isn't empty, and {MADE_UP} isn't in it: name a new folder")
        made = {"note": NOTE, "version": version, "insula": __version__, "options": options}
        with replacing(about) as part:
            part.write_text(json.dumps(made, indent=2), encoding="utf-8")
        return
    try:
        made = json.loads(about.read_text(encoding="utf-8"))
        before = {"version": made["version"], **made["options"]}
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{about} can't be read ({error!r}): name a new folder") from error
    now = {"version": version, **options}
    other = [
        f"{name}: {before.get(name)} there, {value} now" for name, value in now.items() if before.get(name) != value
    ]
    if other:
        raise DataError(f"{root} was begun with other options ({'; '.join(other)}): name a new folder, or delete it")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a hidden name beside a path to write to, and rename it once that is done: whole, or not there at all.

    What an interruption leaves under the hidden name is overwritten the next time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}")
    yield part
    part.replace(path)
