"""Render: templates to pages, values to JSON, files whole or not at all."""

import math
import os
import re
from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from insula.evaluation.analysis import Figure
from insula.report.formats import in_cell

NUMBER = re.compile(
    r"(< )?[+\-−]?[\d,]*\.?\d+(e[+\-−]?\d+)?( ?%| ([kMG]|ms|s|min|h))?( [\[±(].*)?|\[[+\-−\d., ]+\]|[–-]"
)
"""What stands on the right of its column: a number with its unit, its interval or spread, a dash."""


def render(template: str, page: Mapping[str, Any]) -> str:
    """Fill a template of this package."""
    from jinja2 import Environment, PackageLoader, select_autoescape

    environment = Environment(
        loader=PackageLoader("insula.report", "templates"),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"inline": inline, "numeric": numeric, "slug": slug, "in_cell": in_cell}
    return environment.get_template(template).render(page)


def inline(figure: Figure) -> Any:
    """Return a figure's SVG for a page: named for those who can't see it, its ids kept apart from other figures'."""
    from markupsafe import Markup, escape

    own = blake2b(figure.svg.encode(), digest_size=4).hexdigest()
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>f{own}-", figure.svg)
    return Markup(svg.replace("<svg", f'<svg role="img" aria-label="{escape(figure.alt)}"', 1))


def numeric(cell: Any) -> bool:
    """Whether a cell of a table is a number."""
    return NUMBER.fullmatch(str(cell).strip()) is not None


def slug(title: str) -> str:
    """Return a title as the id of its heading."""
    return re.sub(r"\W+", "-", title.lower()).strip("-")


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
