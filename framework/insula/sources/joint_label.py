"""A label as several datasets say it together."""

from collections.abc import Mapping

import numpy as np

from insula.errors import DataError
from insula.sources.joint_target import JointTarget, Share, label_key
from insula.types import Label, Signal, Target, Trial


def joint_labels(joint: JointTarget, dataset: str, trial: Trial) -> tuple[dict[str, Label], str | None]:
    """Return a trial's labels for a joint target by key, and the class that is left out, if it is that one's.

    A label is mapped whatever it is: a class by name or position, a number, a distribution over raters, a Signal. Where
    the likeliest class of a distribution is left out, the label is; else what raters said of a class that is left out
    is not counted.

    Raises
    ------
    DataError
        If the label is no class of the dataset's own target, or no number.
    """
    share = joint.shares.get(dataset)
    if share is None:
        return {}, None
    labels = [trial.labels.get(key) for key in share.target.keys(share.name)]
    if share.target.cuts:
        return {label_key(joint.name, number): label for number, label in enumerate(labels)}, None
    (label,) = labels
    if label is None or (isinstance(label, float | np.floating) and np.isnan(label)):
        return {joint.name: None}, None
    try:
        if share.target.kind == "number":
            return {joint.name: _number(label, share)}, None
        mapped, dropped = _class(label, share, joint.target)
        return {joint.name: mapped}, dropped
    except (ValueError, TypeError) as error:
        wanted = "a number" if share.target.kind == "number" else f"one of {', '.join(share.target.classes)}"
        shown = "over time" if isinstance(label, Signal) else repr(label)
        raise DataError(
            f"dataset.{dataset}: trial {trial.id}: its label {shown} for target {share.name!r} isn't {wanted}"
        ) from error


def _number(label: Label, share: Share) -> Label:
    if isinstance(label, Signal):
        data = np.vectorize(share.mapped.rescaled, otypes=[np.float32])(label.data)
        return label.with_data(data) if share.mapped.scale is not None else label
    return share.mapped.rescaled(float(label))  # type: ignore[arg-type]


def _class(label: Label, share: Share, joint: Target) -> tuple[Label, str | None]:
    if isinstance(label, Signal):
        return _over_time(label, share, joint), None
    if isinstance(label, Mapping):
        return _of_raters(label, share)
    position = share.target.position(label)
    name = share.image[position]
    return name, share.target.classes[position] if name is None else None


def _of_raters(label: Mapping[str, float | int], share: Share) -> tuple[Label, str | None]:
    said = {str(name): float(value) for name, value in label.items()}
    shares = {name: said.pop(name, 0.0) for name in share.target.classes}
    if said:
        raise ValueError(said)
    likeliest = max(shares, key=shares.__getitem__)
    if share.image[share.target.classes.index(likeliest)] is None:
        return None, likeliest
    summed: dict[str, float] = {}
    for name, value in zip(share.image, shares.values(), strict=True):
        if name is not None:
            summed[name] = summed.get(name, 0.0) + value
    return summed, None


def _over_time(label: Signal, share: Share, joint: Target) -> Signal:
    """Return a label over time, which codes classes by position, in positions of the joint classes."""
    codes = [np.nan if name is None else float(joint.classes.index(name)) for name in share.image]
    defined = label.defined & ~np.isnan(label.data)
    if (defined & ~np.isin(label.data, np.arange(len(codes)))).any():
        raise ValueError("a position among its classes")
    own = np.where(defined, label.data, len(codes)).astype(int)
    return label.with_data(np.array([*codes, np.nan])[own], valid=None)
