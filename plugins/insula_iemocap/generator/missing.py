"""Missing: files that a tree lacks yet."""

from pathlib import Path

from insula import replacing


def write_missing(path: Path, content: bytes) -> None:
    """Write a file unless it is there."""
    if not path.exists():
        with replacing(path) as part:
            part.write_bytes(content)
