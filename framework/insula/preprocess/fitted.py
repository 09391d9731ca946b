"""What a fitted Transform is saved as: its plain fields as JSON, its arrays by name, and nothing that could run code.

Tuples become JSON lists and come back as tuples; an array is never pickled, and no module is imported because a file
names it.
"""

import sys
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import numpy as np

from insula.errors import BundleError
from insula.preprocess.preprocessor import Preprocessor, Transform

Arrays = dict[str, np.ndarray]


def pack(transform: Transform, preprocessor: type[Preprocessor]) -> tuple[dict[str, Any], Arrays]:
    """Take a fitted Transform apart: ``{"class": name, "fields": {...}}`` of plain values, and arrays by field name.

    A Transform that is no dataclass has learnt nothing: it packs to its name, and is built again from its options.

    Raises
    ------
    BundleError
        If it is no dataclass of the preprocessor's own module, or a field is neither an array of numbers nor made of
        numbers, strings, None, tuples and dicts.
    """
    cls = type(transform)
    if not _accepted(cls, preprocessor):
        raise BundleError(
            f"{preprocessor.__name__}.fit returned a {cls.__name__}, which a bundle can't store: return a dataclass "
            f"derived from insula.Transform that {preprocessor.__module__} itself defines"
        )
    plain: dict[str, Any] = {}
    arrays: Arrays = {}
    for name in _fields(cls):
        value = getattr(transform, name)
        if isinstance(value, np.ndarray):
            if value.dtype.kind not in "biuf":
                raise BundleError(
                    f"{cls.__name__}.{name} is an array of {value.dtype}; a bundle stores arrays of numbers or booleans"
                )
            arrays[name] = np.array(value, order="C")
        else:
            plain[name] = _plain(value, f"{cls.__name__}.{name}")
    return {"class": cls.__name__, "fields": plain}, arrays


def unpack(preprocessor: type[Preprocessor], packed: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Transform:
    """Put a fitted Transform together again.

    Only a dataclass derived from Transform that the preprocessor's own module defines is accepted.

    Raises
    ------
    BundleError
        If the module has no such class, or the class has other fields than those that were saved.
    """
    name = packed.get("class")
    cls = vars(sys.modules[preprocessor.__module__]).get(name) if isinstance(name, str) else None
    if cls is None or not _accepted(cls, preprocessor):
        raise BundleError(
            f"the bundle holds a fitted {name!r} for {preprocessor.__name__}, but {preprocessor.__module__} defines "
            "no dataclass of that "
            "name derived from insula.Transform: install the version of the plugin that wrote the bundle"
        )
    values = {**{key: _restored(value) for key, value in packed.get("fields", {}).items()}, **arrays}
    known = _fields(cls)
    needed = {
        field.name
        for field in fields(cls)
        if field.init and field.default is MISSING and field.default_factory is MISSING
    }
    if wrong := sorted((values.keys() - set(known)) | (needed - values.keys())):
        raise BundleError(
            f"{preprocessor.__module__}:{name} has the fields {', '.join(known)}; the bundle was written by a version "
            "that differs in "
            f"{', '.join(wrong)}: install that version of the plugin"
        )
    try:
        return cls(**values)  # type: ignore[return-value]
    except Exception as error:
        raise BundleError(f"the bundle's fitted {name} can't be made: {type(error).__name__}: {error}") from error


def _accepted(cls: Any, preprocessor: type[Preprocessor]) -> bool:
    """Whether a class is a dataclass derived from Transform that the preprocessor's own module defines."""
    ours = isinstance(cls, type) and issubclass(cls, Transform) and is_dataclass(cls)
    return ours and cls.__module__ == preprocessor.__module__


def _fields(cls: type) -> list[str]:
    return [field.name for field in fields(cls) if field.init]


def _plain(value: Any, where: str) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple):
        return [_plain(item, f"{where}[{number}]") for number, item in enumerate(value)]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _plain(item, f"{where}[{key!r}]") for key, item in value.items()}
    raise BundleError(
        f"{where} is a {type(value).__name__}, which a bundle can't store: use arrays, numbers, strings, None, tuples "
        "of them, or dicts "
        "with string keys"
    )


def _restored(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_restored(item) for item in value)
    if isinstance(value, dict):
        return {key: _restored(item) for key, item in value.items()}
    return value
