"""``insula generate NAME DIR``: made-up data in a dataset's own layout."""

import argparse
import fcntl
import inspect
import os
import re
import shlex
import shutil
import sys
import typing
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

    from insula.plugin.registry import Component

USAGE = "insula generate NAME DIR [--seed N] [--option value ...]"


def add_parser(subparsers: Any) -> None:
    """Add the command; its flags depend on the dataset, so they are read when it runs."""
    parser = subparsers.add_parser("generate", add_help=False, help="write made-up data in a dataset's own layout")
    parser.set_defaults(run=run, takes_overrides=True)


def run(args: argparse.Namespace) -> int:
    """Write a dataset into a new or empty folder, whole or not at all.

    Raises
    ------
    InsulaError
        If there is no such dataset, it has no generator, or the folder can't be written.
    """
    from insula.plugin.manager import installed

    words = list(args.overrides)
    if not words or words[0].startswith("-"):
        return _overview(words)
    component = installed().get("datasets", words[0])
    parser, model = parser_for(component)
    given = vars(parser.parse_args(words[1:]))
    folder = given.pop("directory")
    options = _validated(parser, model, given)
    cls: Any = component.cls
    key = _digest(component.name, options) if cls.resumable else None
    write(folder, lambda part: cls.generate(part, **{name: getattr(options, name) for name in given}), key)
    _report(component, folder)
    return 0


def parser_for(component: "Component") -> tuple[argparse.ArgumentParser, "type[BaseModel]"]:
    """Return the flags of a dataset's generator, from its signature, and the model that validates them.

    Where ``generate`` takes ``**options``, they are the dataset's own options.
    """
    from pydantic import ConfigDict, create_model

    from insula.errors import DataError

    cls = component.cls
    generate = getattr(cls, "generate").__func__  # noqa: B009
    if not generates(cls):
        others = ", ".join(_generators()) or "none"
        raise DataError(f"dataset={component.name} has no generator; those that have one: {others}")
    fields = _fields(generate, cls)
    if any(p.kind is p.VAR_KEYWORD for p in inspect.signature(generate).parameters.values()):
        fields |= {name: field for name, field in _fields(cls.__init__, cls).items() if name not in fields}
    model = create_model("Options", __config__=ConfigDict(extra="forbid"), **fields)
    about = (inspect.cleandoc(generate.__doc__ or "")).split("\n\n")[0]
    parser = argparse.ArgumentParser(prog=f"insula generate {component.name}", description=about, allow_abbrev=False)
    parser.add_argument("directory", metavar="DIR", type=Path, help="a new or empty folder")
    for name, field in model.model_fields.items():
        several = typing.get_origin(field.annotation) in (tuple, list)
        parser.add_argument(
            *dict.fromkeys((f"--{name}", f"--{name.replace('_', '-')}")),
            dest=name,
            default=argparse.SUPPRESS,
            nargs="*" if several else None,
            metavar=name.upper(),
            help=f"{field.description or ''} (default: {field.default})".strip().replace("%", "%%"),
        )
    return parser, model


def write(folder: Path, generate: Callable[[Path], Any], key: str | None = None) -> None:
    """Generate in a hidden folder beside the folder and move it there, so that nothing half-written is left behind.

    A ``key`` stands for the dataset and its options, where the generator can go on: when it is interrupted, the hidden
    folder, which the key names, stays for the next time.

    Raises
    ------
    DataError
        If the folder is there and not empty, the disk can't be written, or another process is at it.
    """
    from insula.errors import DataError

    target = folder.expanduser().resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise DataError(f"{folder} is there already and not an empty folder; name a new one")
    if target == Path.cwd():
        raise DataError(f"{folder} is the current folder; name a new one in it")
    part = target.with_name(f".{target.name}-{key or uuid.uuid4().hex[:8]}.part")
    _tell_of_others(target, part)
    try:
        part.mkdir(parents=True, exist_ok=True)
        with _held(part, folder):
            _fill(part, target, generate, key is not None)
    except OSError as error:
        raise DataError(f"{folder} can't be written: {error}") from error


def _fill(part: Path, target: Path, generate: Callable[[Path], Any], resumable: bool) -> None:
    try:
        generate(part)
        part.replace(target)
    except KeyboardInterrupt:
        if resumable:
            print(f"interrupted: the same command goes on where it was ({part})", file=sys.stderr)
        else:
            shutil.rmtree(part, ignore_errors=True)
        raise
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _tell_of_others(target: Path, part: Path) -> None:
    """Say what an earlier command has left, and whether this one takes it up."""
    name = re.compile(rf"\.{re.escape(target.name)}-[0-9a-f]{{8}}\.part")
    for path in sorted(target.parent.iterdir() if target.parent.is_dir() else ()):
        if path == part:
            print(f"going on with what was interrupted ({part})", file=sys.stderr)
        elif name.fullmatch(path.name):
            print(f"{path} is left from a command with other options; delete it unless that runs", file=sys.stderr)


@contextmanager
def _held(part: Path, folder: Path) -> Iterator[None]:
    """Hold a folder for this process; the system lets go of it when the process ends, however it ends."""
    from insula.errors import DataError

    handle = os.open(part, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DataError(f"another process is writing {folder}: wait for it, or name another folder") from None
        yield
    finally:
        os.close(handle)


def _digest(name: str, options: "BaseModel") -> str:
    """Return a name for a dataset, its options and the version that wrote it."""
    from insula import __version__

    text = f"{name}\x1f{__version__}\x1f{sorted(options.model_dump().items())}"
    return blake2b(text.encode(), digest_size=4).hexdigest()


def generates(cls: type) -> bool:
    """Whether a dataset has a generator of its own."""
    from insula.sources.dataset import Dataset

    return cls.generate.__func__ is not Dataset.generate.__func__  # type: ignore[attr-defined]


def _fields(function: Callable[..., Any], cls: type) -> dict[str, Any]:
    """Return type, default and description of every keyword-only parameter, as pydantic takes them."""
    from docstring_parser import DocstringStyle, parse
    from pydantic import Field

    from insula.plugin.schema import descriptions

    own = parse(inspect.cleandoc(function.__doc__ or ""), style=DocstringStyle.NUMPYDOC).params
    texts = {**descriptions(cls), **{p.arg_name: " ".join((p.description or "").split()) for p in own}}
    hints = typing.get_type_hints(inspect.unwrap(function), include_extras=True)
    parameters = inspect.signature(function).parameters.values()
    return {
        p.name: (hints[p.name], Field(p.default, description=texts.get(p.name)))
        for p in parameters
        if p.kind is p.KEYWORD_ONLY
    }


def _validated(parser: argparse.ArgumentParser, model: "type[BaseModel]", given: dict[str, Any]) -> "BaseModel":
    from pydantic import ValidationError

    try:
        return model(**given)
    except ValidationError as error:
        parser.error("; ".join(f"--{e['loc'][0]}: {e['msg']}, got {e['input']!r}" for e in error.errors()))


def _generators() -> list[str]:
    from insula.errors import PluginError
    from insula.plugin.manager import installed

    found = []
    for name in installed().names("datasets"):
        try:
            if generates(installed().get("datasets", name).cls):
                found.append(name)
        except PluginError:  # `insula plugins` says what is broken
            continue
    return found


def _overview(words: list[str]) -> int:
    asked = words[:1] in (["-h"], ["--help"])
    print(f"usage: {USAGE}\n\nWrites made-up data into a new or empty folder. Datasets with a generator:\n")
    print("".join(f"  {name}\n" for name in _generators()) + "\ninsula generate NAME --help shows the options of one.")
    return 0 if asked else 2


def _report(component: "Component", folder: Path) -> None:
    files = [path for path in folder.expanduser().rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{folder}: {len(files)} files, {size:.1f} MB. SYNTHETIC: scores on it never stand beside published ones")
    words = ["insula", "train", *_experiment(component.name), f"dataset.root={folder}"]
    print(f"Train on it:\n{shlex.join(words)}")


def _experiment(dataset: str) -> list[str]:
    """Return the overrides that train on a dataset: an experiment made for it, else one for any signals."""
    from insula.plugin.hydra import conf_dir

    for path in sorted((conf_dir() / "experiment").glob("*.yaml")):
        if re.search(rf"override /dataset: {re.escape(dataset)}$", path.read_text(encoding="utf-8"), re.MULTILINE):
            return [f"experiment={path.stem}"]
    return ["experiment=signals", f"dataset={dataset}", "split=subject_kfold"]
