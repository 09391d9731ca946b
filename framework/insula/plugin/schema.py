"""From a constructor's signature to a pydantic model of its options.

The constructor rule: before ``*`` stands what the framework gives, after ``*`` what a user may set, with a type and a
default. Some registries add *reserved* options, which the framework itself honours.
"""

import inspect
import typing
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.errors import PydanticSchemaGenerationError

from insula.errors import PluginError
from insula.plugin.registry import Component, import_path
from insula.types import Scope, When

Reserved = dict[str, tuple[Any, Any, str]]

STACK: Reserved = {
    "layers": (Annotated[int, Field(ge=1)], 1, "How many of this cell stand on top of each other."),
    "layer_dropout": (Annotated[float, Field(ge=0, lt=1)], 0.0, "Dropout between the layers of a stack."),
}
ROOT: Reserved = {"root": (Path | None, None, "Where the dataset's files are.")}
FIT: Reserved = {
    "fit": (
        Scope,
        "train",
        "What the step is fitted on: the training rows of a fold, each subject's or recording's unlabelled data, or "
        "everything, what is tested included, as some published recipes do.",
    )
}
WHEN: Reserved = {
    "when": (
        When,
        "epoch",
        "When it is drawn: for training windows anew in every epoch, or once, as a copy of every training window "
        "beside it; before_split makes the copies before the split, as some published recipes do, and tests them too.",
    )
}

TAKE: Reserved = {
    "take": (
        Annotated[int | None, Field(ge=1)],
        None,
        "Run only the first so many of its folds; None: all. A recipe with a single cut takes 1.",
    )
}
TRAIN_SUBJECTS: Reserved = {
    "train_subjects": (
        Annotated[int | None, Field(ge=1)],
        None,
        "Train on only so many of a fold's training people, drawn so that more people contain fewer; None: all. "
        "Validation and test stay what they are: for learning curves.",
    )
}


def reserved_options(component: Component) -> Reserved:
    """Return the options that the framework adds to a component's own."""
    match component.registry.name:
        case "datasets":
            return ROOT
        case "cells":
            return STACK
        case "preprocessors":
            learns = not issubclass(component.cls, import_path("insula.preprocess.preprocessor:Transform"))
            return FIT if learns else {}
        case "augmentations":
            return WHEN
        case "splits":
            return TAKE | TRAIN_SUBJECTS
        case _:
            return {}


def options_model(component: Component) -> type[BaseModel]:
    """Derive the options of a component from its constructor; unknown options are forbidden."""
    cls = component.cls
    texts = descriptions(cls)
    fields: dict[str, Any] = {}
    try:
        hints = typing.get_type_hints(inspect.unwrap(cls.__init__), include_extras=True)
        for name, parameter in inspect.signature(cls).parameters.items():
            if parameter.kind is parameter.KEYWORD_ONLY:
                fields[name] = (hints[name], Field(parameter.default, description=texts.get(name)))
        for name, (kind, default, text) in reserved_options(component).items():
            if name in fields:
                raise PluginError(f"{component}: the option {name!r} is reserved: the framework gives it")
            fields[name] = (kind, Field(default, description=text))
        config = ConfigDict(extra="forbid", frozen=True, validate_default=True, protected_namespaces=())
        return create_model(f"{cls.__name__}Options", __config__=config, **fields)
    except (NameError, PydanticSchemaGenerationError) as error:
        raise PluginError(f"{component}: the types of its options can't be read: {error}") from error


def descriptions(cls: type) -> dict[str, str]:
    """Return the text of every parameter from a class's numpy-style docstring."""
    from docstring_parser import DocstringStyle, parse

    found: dict[str, str] = {}
    for owner in reversed(cls.__mro__):
        parsed = parse(inspect.cleandoc(owner.__doc__ or ""), style=DocstringStyle.NUMPYDOC)
        for parameter in parsed.params:
            for name in parameter.arg_name.split(","):
                found[name.strip()] = " ".join((parameter.description or "").split())
    return found


def summary(cls: type) -> str:
    """Return the first sentence of a class's own docstring."""
    text = inspect.cleandoc(cls.__dict__.get("__doc__") or "").split("\n\n")[0]
    return " ".join(text.split())
