"""JointTarget: one target of several datasets, each of which may call it, and its classes, otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from insula.errors import ConfigError
from insula.plugin.manager import nearest
from insula.sources.label_map import LabelMap
from insula.types import Target


@dataclass(frozen=True, eq=False)
class Share:
    """What one dataset has of a joint target: its own name of it, its own target, and how its labels are mapped."""

    name: str
    target: Target
    mapped: LabelMap

    @property
    def image(self) -> tuple[str | None, ...]:
        """What each of its classes is called together; None: it is left out."""
        return tuple(self.mapped.classes.get(name, name) for name in self.target.classes)

    @property
    def kept(self) -> tuple[str, ...]:
        """The common classes that it has, each once."""
        return tuple(dict.fromkeys(name for name in self.image if name is not None))


@dataclass(frozen=True, eq=False)
class JointTarget:
    """A target of the run, and what the datasets that know it have of it; in the others, trials lack the label.

    Parameters
    ----------
    name
        In the run.
    target
        What it is together.
    shares
        By dataset.
    """

    name: str
    target: Target
    shares: Mapping[str, Share]

    def told(self) -> list[str]:
        """Say what was mapped, a sentence per dataset."""
        return [f"{self.name}: {text}" for key, share in self.shares.items() if (text := _told(key, share))]


def find_share(name: str, key: str, targets: Mapping[str, Target], mapped: LabelMap | None) -> Share | None:
    """Return what a dataset has of a joint target; None where it doesn't know it.

    Raises
    ------
    ConfigError
        If the run maps labels that the dataset doesn't have.
    """
    path, called = f"labels.{key}.{name}", name if mapped is None else mapped.of or name
    if called not in targets:
        if mapped is None:
            return None
        has = f"dataset.{key} has no such target{nearest(called, targets)}. It has: {', '.join(targets) or 'none'}"
        raise ConfigError(f"{path}.of={called}: {has}" if mapped.of else f"{path}: {has}; type {path}.of=ITS_NAME")
    target = targets[called]
    if mapped is None:
        return Share(called, target, LabelMap())
    if target.cuts and (mapped.classes or mapped.scale):
        raise ConfigError(f"{path}: {called!r} cuts numbers into classes, which no map can change; leave the map out")
    if target.kind == "number" and mapped.classes:
        raise ConfigError(f"{path}.classes: {called!r} is a number in {key}; type {path}.scale=[1,9,0,1], say")
    if target.kind != "number" and mapped.scale:
        raise ConfigError(f"{path}.scale: {called!r} has classes in {key}; type {path}.classes.ITS_CLASS=COMMON_CLASS")
    for name_of_class in mapped.classes:
        if name_of_class not in target.classes:
            raise ConfigError(
                f"{path}.classes.{name_of_class}: {called!r} has no such class in {key}"
                f"{nearest(name_of_class, target.classes)}. It has: {', '.join(target.classes)}"
            )
    return Share(called, target, mapped)


def join_target(
    name: str, datasets: Mapping[str, Mapping[str, Target]], maps: Mapping[str, Mapping[str, LabelMap]]
) -> JointTarget:
    """Make one target of what several datasets call by one name, or are told to.

    Parameters
    ----------
    name
        In the run.
    datasets
        The targets of every dataset.
    maps
        By dataset and joint target.

    Raises
    ------
    ConfigError
        If no dataset knows it, they disagree about its kind or classes, or fewer than two classes are left.
    """
    found = {key: find_share(name, key, own, maps.get(key, {}).get(name)) for key, own in datasets.items()}
    shares = {key: share for key, share in found.items() if share is not None}
    if not shares:
        known = list(dict.fromkeys(target for own in datasets.values() for target in own))
        has = "; ".join(f"{key} has {', '.join(own) or 'none'}" for key, own in datasets.items())
        raise ConfigError(f"targets.{name}: none of the datasets has such a target{nearest(name, known)}: {has}")
    targets = [share.target for share in shares.values()]
    if any(target.cuts for target in targets):
        return JointTarget(name, _same_cut(name, shares), shares)
    if len({target.kind == "number" for target in targets}) > 1:
        kinds = ", ".join(f"of kind {share.target.kind} in {key}" for key, share in shares.items())
        raise ConfigError(
            f"targets.{name}: it is {kinds}: these are two targets; type labels.DATASET.{name}.of=ITS_NAME where a "
            "dataset calls it otherwise"
        )
    if targets[0].kind == "number":
        return JointTarget(name, Target("number"), shares)
    classes = _classes(name, shares)
    binary = len(classes) == 2 and all(target.kind == "binary" for target in targets)
    return JointTarget(name, Target("binary" if binary else "classes", classes), shares)


def label_key(name: str, number: int) -> str:
    """Return under which key a trial holds the numbers that a joint target cuts: apart from all other labels."""
    return f"{name}.{number}"


def _same_cut(name: str, shares: Mapping[str, Share]) -> Target:
    """Return the target of datasets that cut numbers into classes, all in the same way."""
    plain = [
        replace(s.target, label=tuple(label_key(name, n) for n, _ in enumerate(s.target.keys(s.name))))
        for s in shares.values()
    ]
    if any(target != plain[0] for target in plain):
        raise ConfigError(
            f"targets.{name}: it cuts numbers into classes, and {', '.join(shares)} cut them otherwise or not at all, "
            "which can't be one target; choose the numbers themselves, or write the classes into the data"
        )
    return plain[0]


def _classes(name: str, shares: Mapping[str, Share]) -> tuple[str, ...]:
    """Return the common classes, in the order of the first dataset.

    A class that only some datasets have is one that a map names: else ``anger`` and ``angry`` would be two classes, by
    oversight.
    """
    joint = tuple(dict.fromkeys(c for share in shares.values() for c in share.kept))
    said = {c for share in shares.values() for c in share.mapped.classes.values()}
    having = {c: [key for key, share in shares.items() if c in share.kept] for c in joint}
    alone = {c: keys for c, keys in having.items() if len(keys) < len(shares) and c not in said}
    if alone:
        listed = ", ".join(f"{c} (in {', '.join(keys)})" for c, keys in alone.items())
        first, keys = next(iter(alone.items()))
        raise ConfigError(
            f"targets.{name}: not every dataset has the classes {listed}. Say what each is called together, like "
            f"labels.{keys[0]}.{name}.classes.{first}=COMMON_CLASS; null leaves a class out, and its own name keeps it"
        )
    if len(joint) < 2:
        raise ConfigError(f"targets.{name}: labels leave {len(joint)} classes; a model needs two to tell apart")
    return joint


def _told(key: str, share: Share) -> str:
    if share.mapped.scale is not None:
        from_low, from_high, to_low, to_high = share.mapped.scale
        return f"{share.name} of {key} from {from_low:g}–{from_high:g} to {to_low:g}–{to_high:g}"
    pairs = [(own, new) for own, new in zip(share.target.classes, share.image, strict=True) if own != new]
    texts = [f"{own} is {new}" if new else f"{own} is left out" for own, new in pairs]
    return f"in {share.name} of {key}, {', '.join(texts)}" if texts else ""
