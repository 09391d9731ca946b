"""Study: runs that belong together, each with a name, and what was published of them."""

import itertools
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from insula.errors import ConfigError
from insula.plugin.manager import nearest
from insula.training.options import Options

CHOICE, SIZE = "study=", "study.size="
STREAM, OTHERS = "{stream}", "{others}"
FULL = "full"
Name = Annotated[str, Field(coerce_numbers_to_str=True)]
"""Of a row or a value; in YAML ``8`` is as good as ``"8"``."""


class Row(Options):
    """One row of a study's table: a run, or (``run: false``) a published result beside the runs.

    ``overrides`` are what one would type; ``published`` holds metrics by the names of ``metrics.json``, ``protocol``
    what a publication says of its protocol.
    """

    overrides: tuple[str, ...] = ()
    published: Mapping[str, float] = {}
    protocol: str = ""
    note: str = ""
    run: bool = True


class Study(Options):
    """``conf/study/<name>.yaml``.

    ``base`` are the overrides of all rows; ``sizes`` are overrides by name (``smoke``: a few minutes, to see that it
    runs), and ``full``, the size by default, adds nothing. ``axes`` are values by name, each with its overrides; every
    combination of values is a row, behind ``rows``. A row with ``{stream}`` in its name stands for one of each stream
    of the run; in its overrides ``{stream}`` is that stream, and a word with ``{others}`` is there for each of the
    others.
    """

    title: str
    source: str = ""
    base: tuple[str, ...] = ()
    sizes: Mapping[str, tuple[str, ...]] = {}
    rows: Mapping[Name, Row] = {}
    axes: Mapping[Name, Mapping[Name, tuple[str, ...]]] = {}

    @model_validator(mode="after")
    def _usable(self) -> "Study":
        if not self.rows and not self.axes:
            raise ValueError("a study needs rows, or axes, or both")
        if empty := [axis for axis, values in self.axes.items() if not values]:
            raise ValueError(f"axes.{empty[0]}: an axis needs values, each with its overrides")
        nameless = [name for name, row in self.rows.items() if STREAM not in name and _about_streams(row)]
        if nameless:
            raise ValueError(f"rows.{nameless[0]}: a row for each stream has {STREAM} in its name, too")
        if twice := sorted(self.rows.keys() & self.points.keys()):
            raise ValueError(f"rows.{twice[0]}: the axes make a row of this name, too: rename it")
        set_by = Counter(key for values in self.axes.values() for key in _keys(values))
        if several := [key for key, axes in set_by.items() if axes > 1]:
            raise ValueError(f"axes: {several[0]} is set by {set_by[several[0]]} axes, of which the last would win")
        return self

    @cached_property
    def points(self) -> dict[str, dict[str, str]]:
        """The rows that the axes make: name to axis to value.

        A word stands alone in the name, unless another axis has it too; a number stands behind its axis.
        """
        found = {}
        having = Counter(value for values in self.axes.values() for value in values)
        for values in itertools.product(*self.axes.values()) if self.axes else ():
            at = dict(zip(self.axes, values, strict=True))
            alone = {value for value in values if value[:1].isalpha() and having[value] == 1}
            found[", ".join(value if value in alone else f"{axis} {value}" for axis, value in at.items())] = at
        return found

    @cached_property
    def every(self) -> dict[str, Row]:
        """All rows: those with a name, then those of the axes."""
        made = {
            name: Row(overrides=tuple(word for axis, value in at.items() for word in self.axes[axis][value]))
            for name, at in self.points.items()
        }
        return {**self.rows, **made}

    def over(self, streams: Sequence[str]) -> "Study":
        """Return the study with a row for each stream in the place of every row that is about streams."""
        rows: dict[str, Row] = {}
        for name, row in self.rows.items():
            for stream in streams if STREAM in name else ("",):
                words = tuple(filled for word in row.overrides for filled in _filled(word, stream, streams))
                rows[name.replace(STREAM, stream)] = row.model_copy(update={"overrides": words})
        return Study(**{**self.model_dump(), "rows": {name: row.model_dump() for name, row in rows.items()}})

    def words(self, row: str, size: str) -> list[str]:
        """Return the overrides of a row."""
        return [*self.base, *self.every[row].overrides, *self.sizes.get(size, ())]


def _about_streams(row: Row) -> bool:
    return any(STREAM in word or OTHERS in word for word in row.overrides)


def _filled(word: str, stream: str, streams: Sequence[str]) -> list[str]:
    """Return an override of a row about one stream: one for each of the others where it names them."""
    word = word.replace(STREAM, stream)
    return [word.replace(OTHERS, other) for other in streams if other != stream] if OTHERS in word else [word]


def _keys(values: Mapping[str, Sequence[str]]) -> set[str]:
    """Return what an axis sets."""
    return {_key(word) for words in values.values() for word in words}


def _key(override: str) -> str:
    return override.partition("=")[0].lstrip("+")


@dataclass(frozen=True)
class Chosen:
    """A study as a command line asks for it, and the overrides that stand beside it, which hold for every row."""

    name: str
    study: Study
    size: str
    beside: tuple[str, ...]

    def runs(self) -> dict[str, list[str]]:
        """Return the overrides of every row that is run; what is typed wins over the study."""
        rows = [name for name, row in self.study.every.items() if row.run]
        return {name: last_of_each([*self.study.words(name, self.size), *self.beside]) for name in rows}

    def over_streams(self, compose: Callable[[list[str]], Mapping[str, Any]]) -> "Chosen":
        """Return it with its rows about streams written out, for those of the run that all rows begin with.

        Raises
        ------
        ConfigError
            If that run has fewer than two streams.
        """
        if not any(STREAM in name for name in self.study.rows):
            return self
        common = [*self.study.base, *self.study.sizes.get(self.size, ()), *self.beside]
        streams = list(compose(last_of_each(common)).get("streams") or ())
        if len(streams) < 2:
            raise ConfigError(
                f"study={self.name} takes streams away, and this run has {', '.join(streams) or 'none'}: type an "
                "experiment of several beside it (experiment=demo, say)"
            )
        return replace(self, study=self.study.over(streams))


def chosen_study(words: Sequence[str], folders: Sequence[Path]) -> Chosen | None:
    """Return the study that a command line names, if it names one.

    Raises
    ------
    ConfigError
        If there is no such study or size, or its file can't be used.
    """
    names = [word.removeprefix(CHOICE) for word in words if word.startswith(CHOICE)]
    sizes = [word.removeprefix(SIZE) for word in words if word.startswith(SIZE)]
    if not names:
        if sizes:
            raise ConfigError(f"{SIZE}{sizes[0]} stands beside no study: type study=NAME, too")
        return None
    name, size = names[-1], (sizes or [FULL])[-1]
    study = read_study(name, folders)
    if size not in (FULL, *study.sizes):
        known = (FULL, *study.sizes)
        raise ConfigError(f"{SIZE}{size}: study={name} has the sizes {', '.join(known)}{nearest(size, known)}")
    return Chosen(name, study, size, tuple(word for word in words if not word.startswith((CHOICE, SIZE))))


def study_names(folders: Sequence[Path]) -> list[str]:
    """Return the studies there are."""
    return sorted({path.stem for folder in folders for path in (folder / "study").glob("*.yaml")})


def read_study(name: str, folders: Sequence[Path]) -> Study:
    """Read a study; a folder of one's own (``--config-dir``) comes before ``conf/``."""
    import yaml
    from pydantic import ValidationError

    path = next((path for folder in folders if (path := folder / "study" / f"{name}.yaml").is_file()), None)
    if path is None:
        known = study_names(folders)
        raise ConfigError(f"there is no study called {name!r}{nearest(name, known)}. Studies: {', '.join(known)}")
    try:
        return Study(**yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, TypeError) as error:
        raise ConfigError(f"{path} can't be read as a study: {error}") from error
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        wrong = [text.removeprefix(": Value error, ") for text in wrong]  # of the study as a whole
        raise ConfigError(f"{path}: {'; '.join(wrong)}") from error


def last_of_each(overrides: Sequence[str]) -> list[str]:
    """Return overrides without those that a later one of the same key replaces."""
    kept: dict[str, str] = {}
    for override in overrides:
        key = _key(override)
        kept.pop(key, None)
        kept[key] = override
    return list(kept.values())


def folders_of(config_dir: str | None) -> list[Path]:
    """Return where studies are looked for."""
    from insula.plugin.hydra import conf_dir

    return [*([Path(os.path.abspath(config_dir))] if config_dir else []), conf_dir()]


def told(chosen: Chosen) -> dict[str, Any]:
    """Return what a sweep keeps of a study for its table, as plain values; ``at`` is a row's place on the axes."""
    about = {"name": chosen.name, "size": chosen.size, "beside": [word.removeprefix("++") for word in chosen.beside]}
    plain = chosen.study.model_dump(mode="json", include={"title", "source"})
    points = chosen.study.points
    rows = {n: {**row.model_dump(mode="json"), "at": points.get(n, {})} for n, row in chosen.study.every.items()}
    return {**about, **plain, "rows": rows}
