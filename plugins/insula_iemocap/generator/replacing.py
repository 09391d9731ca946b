"""Replacing: files that are there whole or not at all."""

from pathlib import Path


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file under a hidden name and rename it once it is whole.

    What an interruption leaves under the hidden name is overwritten the next time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def write_missing(path: Path, content: bytes) -> None:
    """Write a file unless it is there."""
    if not path.exists():
        write_bytes(path, content)
