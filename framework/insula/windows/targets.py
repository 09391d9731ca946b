"""A window's target, taken from its trial's label by a named rule."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from insula.errors import DataError
from insula.types import Label, Rule, Signal, Target, Trial
from insula.windows.slicing import cut

DEFAULT_RULES: dict[str, Rule] = {"classes": "majority", "binary": "majority", "number": "mean"}


def encode(
    trial: Trial, name: str, target: Target, rule: Rule | None, t0: float, t1: float
) -> Float[np.ndarray, " outputs"] | None:
    """Return the target of a window: a class distribution, the positive class's share ``(1,)``, or a number ``(1,)``.

    Parameters
    ----------
    rule
        How a label over time becomes one value: ``majority`` (the class that is there longest), ``mean``, ``end``
        (the last value); None: majority for classes, mean for numbers.

    Raises
    ------
    DataError
        If the label is no class of the target, or no number.
    """
    label = trial.labels.get(target.label or name)
    if isinstance(label, Signal):
        label = _at(label, target, rule or DEFAULT_RULES[target.kind], t0, t1)
    if label is None or (isinstance(label, float) and np.isnan(label)):
        return None
    try:
        if target.kind == "number":
            return np.array([float(label)], np.float32)  # type: ignore[arg-type]
        shares = _distribution(label, target)
    except (ValueError, TypeError, KeyError):
        wanted = "a number" if target.kind == "number" else f"one of {', '.join(target.classes)}"
        raise DataError(f"trial {trial.id}: its label {label!r} for target {name!r} isn't {wanted}") from None
    return shares if target.kind == "classes" else shares[1:]


def _distribution(label: Label, target: Target) -> Float[np.ndarray, " classes"]:
    shares = np.zeros(len(target.classes), np.float32)
    if isinstance(label, Mapping):
        for name, share in label.items():
            shares[target.classes.index(str(name))] = share
        if shares.sum() <= 0:
            raise ValueError("an empty distribution")
        return shares / shares.sum()
    shares[_class(label, target)] = 1
    return shares


def _class(label: Label, target: Target) -> int:
    if isinstance(label, str):
        return target.classes.index(label)
    number = int(label)  # type: ignore[arg-type]
    if str(label) in target.classes:  # classes that are written as numbers
        return target.classes.index(str(label))
    if not 0 <= number < len(target.classes):
        raise ValueError(label)
    return number


def _at(label: Signal, target: Target, rule: Rule, t0: float, t1: float) -> Label:
    """Take the value of a label over time; a class is coded as its position in the target's classes."""
    piece = cut(label, t0, t1)
    if piece is None:
        return None
    values = piece.data[0][piece.defined[0]]
    if not len(values):
        return None
    if rule == "end":
        value = values[-1]
    elif rule == "mean" and target.kind == "number":
        value = values.mean(dtype=np.float64)
    elif rule == "mean":  # the share of time that each class takes
        codes = values.astype(int)
        return {target.classes[code]: float((codes == code).mean()) for code in np.unique(codes)}
    else:
        found, counts = np.unique(values, return_counts=True)
        value = found[counts.argmax()]
    return float(value) if target.kind == "number" else int(value)


def decode(values: Float[np.ndarray, " outputs"] | None, target: Target) -> str | float | None:
    """Return what the index shows: the likeliest class, or the number."""
    if values is None:
        return None
    if target.kind == "number":
        return float(values[0])
    return target.classes[int(values.argmax()) if target.kind == "classes" else int(values[0] >= 0.5)]
