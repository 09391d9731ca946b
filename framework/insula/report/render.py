"""Render: templates to pages, values to JSON, files whole or not at all."""

import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def render(template: str, page: Mapping[str, Any]) -> str:
    """Fill a template of this package."""
    from jinja2 import Environment, PackageLoader, select_autoescape

    environment = Environment(
        loader=PackageLoader("insula.report", "templates"),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(page)


def write(path: Path, write_to: Callable[[Path], Any]) -> None:
    """Write a file beside its place and move it there."""
    part = path.with_name(f".{path.name}.part")
    write_to(part)
    os.replace(part, path)


def plain(value: Any) -> Any:
    """Return JSON values: NaN and infinity become null, numpy numbers become Python's."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
