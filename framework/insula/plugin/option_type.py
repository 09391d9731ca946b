"""How an option's type is written for a reader: ``float > 0, or None``, not pydantic's own names."""

import types
import typing
from collections.abc import Iterable
from dataclasses import asdict, is_dataclass
from typing import Any, Literal

SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤", "min_length": "length ≥", "max_length": "length ≤"}


def option_type(field: Any) -> str:
    """Return the type of a field of an options model, with its limits."""
    return _limited(written(field.annotation), field.metadata)


def written(annotation: Any) -> str:
    """Return a type as text."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _limited(written(arguments[0]), (limit for m in arguments[1:] for limit in getattr(m, "metadata", [m])))
    if origin in (typing.Union, types.UnionType):
        return " or ".join(written(each) for each in arguments)
    if origin is Literal:
        return " | ".join(map(str, arguments))
    if origin is not None:
        inside = ", ".join("…" if each is ... else written(each) for each in arguments)
        return f"{getattr(origin, '__name__', origin)}[{inside}]"
    return "None" if annotation is type(None) else getattr(annotation, "__name__", str(annotation))


def _limited(kind: str, limits: Iterable[Any]) -> str:
    said = [f"{SIGNS.get(name, name)} {value}" for m in limits if is_dataclass(m) for name, value in asdict(m).items()]  # type: ignore[call-overload]
    return f"{kind} {', '.join(said)}" if said else kind
