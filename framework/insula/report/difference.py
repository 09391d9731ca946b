"""Difference: what tells runs apart, as the overrides that one would type."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from insula.errors import InsulaError
from insula.plugin.registry import REGISTRIES
from insula.training.options import TrainingOptions

BASE = "base"
"""The name of a run that is in everything as most of the others are."""
LONG = 60
"""Characters of a name; what goes beyond is left out where the rest still tells the runs apart."""
BESIDE = ("analyses", "controls", "seed", "store")
"""Blocks that change nothing in a model; seeds are averaged."""
UNSAID = ("blind", "device", "logger", "progress", "threads")
"""Options of training that don't, either."""
Path = tuple[str, ...]
Defaults = Callable[[str, str], Mapping[str, Any]]
"""Takes a registry and a component's name, and returns the defaults of its options."""
_ABSENT: Any = object()
_GROUPS = {registry.group: registry.name for registry in REGISTRIES.values()}


def names_of(configs: Sequence[Mapping[str, Any]], folders: Sequence[str]) -> list[str]:
    """Return a name for every run: the overrides that are its own, where need be with its folder, or the folder."""
    short = [_shortened(pieces) for pieces in telling(configs)]
    return [
        name if short.count(name) == 1 else folder if name.endswith("…") else f"{name} ({folder})"
        for name, folder in zip(short, folders, strict=True)
    ]


def _shortened(pieces: Sequence[str]) -> str:
    name = " ".join(pieces) or BASE
    if len(name) <= LONG:
        return name
    kept = [piece for number, piece in enumerate(pieces) if len(" ".join(pieces[: number + 1])) <= LONG]
    return f"{' '.join(kept or pieces[:1])} …"


def telling(configs: Sequence[Mapping[str, Any]], defaults: Defaults | None = None) -> list[list[str]]:
    """Return the overrides that tell composed runs apart, a list per run.

    What more than half of the runs share isn't said of these. Options that are at the defaults of components that
    differ follow from the components, and aren't said either. ``~streams.eeg`` is a stream that half of the runs or
    more have.
    """
    plain = [{key: value for key, value in config.items() if key not in BESIDE} for config in configs]
    for config in plain:
        trained = _filled(config.get("training") or {}, TrainingOptions().model_dump(mode="json"))
        config["training"] = {key: value for key, value in trained.items() if key not in UNSAID}
    return _Telling(defaults or _installed).block((), plain)


def _installed(registry: str, name: str) -> Mapping[str, Any]:
    from insula.plugin.manager import installed

    try:
        return installed().get(registry, name).defaults()
    except InsulaError:  # a plugin that isn't here (any more): what its run spelt out is all that is known
        return {}


class _Telling:
    """Tells apart what stands at a path, given every run's; each method returns a list of overrides per run."""

    def __init__(self, defaults: Defaults) -> None:
        self.defaults = defaults

    def block(self, path: Path, values: Sequence[Mapping[str, Any]]) -> list[list[str]]:
        """Take blocks of options, key by key."""
        found: list[list[str]] = [[] for _ in values]
        for key in dict.fromkeys(key for value in values for key in value):
            self._add(found, self.node((*path, key), [value.get(key, _ABSENT) for value in values]))
        return found

    def node(self, path: Path, values: Sequence[Any]) -> list[list[str]]:
        """Take what stands at a path, if anything does."""
        there = [number for number, value in enumerate(values) if value is not _ABSENT]
        own, registry = [values[number] for number in there], _registry(path)
        if not registry and not _is_named(path) and any(isinstance(value, Mapping) for value in own):
            return self.block(path, [value if isinstance(value, Mapping) else {} for value in values])
        if registry:
            inner = self.component(path, registry, own)
        elif _is_named(path):
            inner = self.block(path, [value or {} for value in own])
        else:
            inner = self.leaf(path, own, len(values))
        found: list[list[str]] = [[] for _ in values]
        if len(own) < len(values) and (registry or _is_named(path)):
            mark, lack = (f"~{'.'.join(path)}", True) if 2 * len(own) >= len(values) else (f"+{'.'.join(path)}", False)
            found = [[mark] if (number in there) != lack else [] for number in range(len(values))]
        self._add([found[number] for number in there], inner)
        return found

    def leaf(self, path: Path, values: Sequence[Any], runs: int) -> list[list[str]]:
        """Take the values of an option that so many of so many runs have."""
        texts = [_text(value) for value in values]
        (common, count) = Counter(texts).most_common(1)[0]
        return [[] if text == common and 2 * count > runs else [f"{'.'.join(path)}={text}"] for text in texts]

    def component(self, path: Path, registry: str, values: Sequence[Any]) -> list[list[str]]:
        """Take components: their names, and the options that don't follow from these."""
        parsed = [_parsed(value, path[-1]) for value in values]
        known = [self.defaults(registry, name) for name, _ in parsed]
        options = [_filled(own, defaults) for (_, own), defaults in zip(parsed, known, strict=True)]
        found = self.leaf(path, [name for name, _ in parsed], len(values))
        for key in dict.fromkeys(key for own in options for key in own):
            having = [number for number, own in enumerate(options) if key in own]
            changed = any(options[n][key] != known[n].get(key, _ABSENT) for n in having)
            alike = len({_text(options[n][key]) for n in having}) == 1 and len(having) == len(options)
            if changed and not alike:
                place, own = (*path, key), [options[number][key] for number in having]
                nested = any(isinstance(value, Mapping) for value in own)
                inner = self.node(place, own) if nested else self.leaf(place, own, len(options))
                self._add([found[number] for number in having], inner)
        return found

    @staticmethod
    def _add(found: Sequence[list[str]], pieces: Sequence[Sequence[str]]) -> None:
        for own, more in zip(found, pieces, strict=True):
            own += more


def _registry(path: Path) -> str | None:
    """Return the registry of what stands at a path, if that is a component."""
    match path:
        case ("dataset" | "split" | "cell" | "fusion" | "architecture",):
            return _GROUPS[path[0]]
        case ("streams", _, "reader" | "encoder" | "cell" | "pooling") | ("default", "encoder" | "pooling"):
            return _GROUPS[path[-1]]
        case ("streams", _, "signal" | "features", _):
            return "preprocessors"
        case ("streams", _, "augment", _, _):
            return "augmentations"
        case ("targets", _, "loss") | ("default", "loss", _):
            return "losses"
    return None


def _is_named(path: Path) -> bool:
    """Whether a block at a path is one of several that have names."""
    return path[:-1] in (("streams",), ("targets",), ("training", "losses"))


def _parsed(value: Any, key: str) -> tuple[str, Mapping[str, Any]]:
    """Return a component's name and the options that are spelt out."""
    if isinstance(value, Mapping):
        return str(value.get("name", key)), {name: option for name, option in value.items() if name != "name"}
    return "null" if value is None else str(value), {}


def _filled(options: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with their defaults, those of blocks inside them too."""
    inside = {
        key: _filled(value, defaults[key])
        for key, value in options.items()
        if isinstance(value, Mapping) and isinstance(defaults.get(key), Mapping)
    }
    return {**defaults, **options, **inside}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
