"""A composed run, validated whole before any work: all errors at once, in the syntax of overrides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from insula.errors import ConfigError
from insula.evaluation.controls.options import Controls
from insula.plugin.choice import Choice
from insula.plugin.manager import Plugins, nearest
from insula.preprocess.chain import Step
from insula.resolver import Resolver
from insula.sources.several import Several
from insula.training.options import NotNegative, Options, Positive, TrainingOptions
from insula.types import Kind, Rule, When

SHARED = "shared"
PLAIN = ("modality", "length", "context", "used")
"""The options of a stream that are no components."""


class WindowOptions(Options):
    """``window``: seconds; ``length: null`` is the whole trial, ``step: null`` is the length (no overlap)."""

    length: Positive | None = None
    step: Positive | None = None
    require: tuple[str, ...] = ()
    """Streams without which a window is left out."""

    @property
    def values(self) -> tuple[float | None, float | None, tuple[str, ...]]:
        """All of them."""
        return self.length, self.step, self.require


class _StreamOptions(Options):
    modality: str
    context: NotNegative = 0.0
    length: Positive | None = None
    used: bool = True


class _TargetOptions(Options):
    rule: Rule | None = None
    weight: NotNegative = 1.0


class _Defaults(Options):
    """``default``: what stands where a stream or a target names nothing; the names live in ``conf/config.yaml``."""

    encoder: Any
    pooling: Any
    loss: dict[Kind, Any]


@dataclass(frozen=True, eq=False)
class TargetChoice:
    """A target of the run: its loss, the rule that takes a window's value from a label over time, and its weight.

    ``losses`` has one loss per kind of target, because only the dataset knows the kind.
    """

    losses: Mapping[Kind, Choice]
    rule: Rule | None
    weight: float


@dataclass(frozen=True, eq=False)
class StreamChoice:
    """One path from a modality to a vector.

    ``length`` overrides the window's length for this stream, ``context`` is how many seconds behind the window's end
    the feature steps see. A stream that isn't ``used`` is prepared and cut, and has a say in which windows there are;
    the model doesn't see it.
    """

    modality: str
    reader: Choice | Mapping[str, Choice] | None
    """One for all data, or by dataset; None: those that the datasets mean for the modality."""
    signal: tuple[Step, ...]
    features: tuple[Step, ...]
    length: float | None
    context: float
    used: bool
    encoder: Choice
    cell: Choice | None
    pooling: Choice | None
    augment: Mapping[str, Mapping[str, Choice]]
    """``signal`` and ``features`` to the augmentations there, by name."""


@dataclass(frozen=True, eq=False)
class RunConfig:
    """Everything a run needs to know, with every component resolved to an installed one."""

    dataset: Choice | Several
    split: Choice
    window: WindowOptions
    targets: Mapping[str, TargetChoice]
    default_target: TargetChoice
    """What a target is taken as that the run doesn't name."""
    streams: Mapping[str, StreamChoice]
    copies: Mapping[str, When]
    """When copies of trials are made, by the name of the augmentation that makes them."""
    cell: Choice
    """The cell of the streams that say ``cell: shared``."""
    fusion: Choice
    architecture: Choice
    training: TrainingOptions
    analyses: Mapping[str, Choice]
    controls: Controls
    seeds: tuple[int, ...]
    store: Path
    plain: Mapping[str, Any]
    """The composed configuration as plain values, as it was given."""

    @property
    def used(self) -> dict[str, StreamChoice]:
        """The streams that the model sees."""
        return {name: stream for name, stream in self.streams.items() if stream.used}


KEYS = (
    *("dataset", "labels", "split", "window", "targets", "streams", "cell", "fusion", "architecture"),
    *("training", "analyses", "controls", "default", "seed", "store"),
)


def resolve(plain: Mapping[str, Any], plugins: Plugins) -> RunConfig:
    """Validate a composed run.

    Raises
    ------
    ConfigError
        With every error found, one per line, each beginning with what to override.
    """
    r = Resolver(plugins)
    for key in plain:
        if key not in KEYS:
            r.errors.append(f"{key}: no such option{nearest(key, KEYS)}. A run has: {', '.join(KEYS)}")
    default = r.plain(_Defaults, plain.get("default"), "default")
    shared = r.choice("cells", plain.get("cell"), "cell")
    dataset = r.dataset(plain.get("dataset"), plain.get("labels"))
    keys = tuple(dataset.datasets) if isinstance(dataset, Several) else ()
    choices = {
        group: r.choice(registry, plain.get(group), group)
        for group, registry in (("split", "splits"), ("fusion", "fusions"), ("architecture", "architectures"))
    }
    streams = {
        name: _stream(r, node, f"streams.{name}", shared, default, keys)
        for name, node in r.mapping(plain.get("streams"), "streams").items()
    }
    if not streams:
        r.errors.append(
            "streams: there are none. Name an experiment (experiment=speech, say) or write a stream: "
            "'+streams.speech={modality: speech}'"
        )
    if streams and not any(stream is None or stream.used for stream in streams.values()):
        r.errors.append("streams: the model sees none of them; type used=true for one")
    window = _window(r, plain.get("window"), streams)
    training = r.plain(TrainingOptions, plain.get("training"), "training")
    targets = {k: _target(r, v, f"targets.{k}", default) for k, v in r.mapping(plain.get("targets"), "targets").items()}
    default_target = _target(r, {}, "default", default)
    copies = _copies(r, streams)
    analyses = r.several("analyses", plain.get("analyses"), "analyses")
    controls = r.controls(plain.get("controls"))
    seeds = _seeds(r, plain.get("seed", 0))
    if r.errors:
        raise ConfigError("\n".join(dict.fromkeys(r.errors)))
    store = Path(str(plain.get("store") or "~/.cache/insula")).expanduser()
    blocks = {"window": window, "training": training, "targets": targets, "default_target": default_target}
    made = {
        "dataset": dataset,
        "cell": shared,
        "streams": streams,
        "copies": copies,
        "analyses": analyses,
        "controls": controls,
        "seeds": seeds,
        "store": store,
        "plain": plain,
    }
    return RunConfig(**choices, **blocks, **made)  # type: ignore[arg-type]


def _window(r: Resolver, node: Any, streams: Mapping[str, object]) -> WindowOptions | None:
    window = r.plain(WindowOptions, node, "window")
    for name in window.require if window else ():
        if name not in streams:
            r.errors.append(
                f"window.require: there is no stream {name!r}{nearest(name, streams)}. "
                f"The run has: {', '.join(streams)}"
            )
    return window


def _stream(
    r: Resolver, node: Any, path: str, shared: Choice | None, default: _Defaults | None, datasets: Sequence[str]
) -> StreamChoice | None:
    known = ("modality", "reader", "signal", "features", *PLAIN[1:], "encoder", "cell", "pooling", "augment")
    node = r.mapping(node, path)
    for key in node:
        if key not in known:
            r.errors.append(f"{path}.{key}: no such option{nearest(key, known)}. A stream has: {', '.join(known)}")
    options = r.plain(_StreamOptions, {k: node[k] for k in PLAIN if k in node}, path)
    cell = _cell(r, node.get("cell"), f"{path}.cell", shared)
    pooling = node.get("pooling", default and default.pooling)
    augment = r.mapping(node.get("augment"), f"{path}.augment")
    parts: dict[str, Any] = {
        "reader": node.get("reader") and r.reader(node["reader"], f"{path}.reader", datasets),
        "signal": r.steps(node.get("signal"), f"{path}.signal"),
        "features": r.steps(node.get("features"), f"{path}.features"),
        "encoder": r.choice("encoders", node.get("encoder") or (default and default.encoder), f"{path}.encoder"),
        "cell": cell,
        "pooling": pooling and r.choice("poolings", pooling, f"{path}.pooling"),
        "augment": {
            where: r.several("augmentations", augment.get(where), f"{path}.augment.{where}")
            for where in ("signal", "features")
        },
    }
    for name, choice in parts["augment"]["features"].items():
        if choice.options["when"] != "epoch":
            r.errors.append(
                f"{path}.augment.features.{name}.when: copies are made of the signal, before the feature steps; "
                f"type when=epoch, or place it under {path}.augment.signal"
            )
    for key in set(augment) - {"signal", "features"}:
        r.errors.append(f"{path}.augment.{key}: augmentations stand under signal or features")
    return options and StreamChoice(**options.model_dump(), **parts)


def _copies(r: Resolver, streams: Mapping[str, StreamChoice | None]) -> dict[str, When]:
    """Return when copies are made, by name: streams that augment under one name share the copies of a trial."""
    found: dict[str, When] = {}
    for stream, chosen in streams.items():
        for name, choice in chosen.augment["signal"].items() if chosen else ():
            when: When = choice.options["when"]
            if found.setdefault(name, when) != when:
                r.errors.append(
                    f"streams.{stream}.augment.signal.{name}.when={when}: another stream says {found[name]}; streams "
                    "that augment under one name share the copies: give both the same, or one of them another name"
                )
    return {name: when for name, when in found.items() if when != "epoch"}


def _cell(r: Resolver, node: Any, path: str, shared: Choice | None) -> Choice | None:
    """Resolve a stream's cell: none, the shared one, the shared one with some options changed, or one of its own."""
    if not node or node == SHARED:
        return shared if node else None
    if isinstance(node, Mapping) and node.get("name", SHARED) == SHARED:
        node = {**(shared.to_json() if shared else {}), **{k: v for k, v in node.items() if k != "name"}}
    return r.choice("cells", node, path)


def _target(r: Resolver, node: Any, path: str, default: _Defaults | None) -> TargetChoice | None:
    node = r.mapping(node, path)
    own = node.pop("loss", None)
    options = r.plain(_TargetOptions, node, path)
    kinds: Mapping[Kind, Any] = default.loss if default else {}
    losses: dict[Kind, Choice] = {}
    for kind, usual in kinds.items():
        chosen = r.choice("losses", own or usual, f"{path}.loss")
        if chosen is not None:
            losses[kind] = chosen
    return options and TargetChoice(losses, options.rule, options.weight)


def _seeds(r: Resolver, seed: Any) -> tuple[int, ...]:
    seeds = seed if isinstance(seed, list) else [seed]
    if not seeds or not all(isinstance(s, int) and not isinstance(s, bool) and s >= 0 for s in seeds):
        r.errors.append(f"seed: a whole number from 0, or a list of them, like seed=[0,1,2]; got {seed!r}")
        return ()
    if len(set(seeds)) < len(seeds):
        r.errors.append(f"seed: a seed is named twice in {seeds}: averaging a run with itself adds nothing")
    return tuple(seeds)
