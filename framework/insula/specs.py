"""What the model is sized from: plain descriptions of the data, which a bundle stores beside the weights."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from insula.types import Kind, Signal


@dataclass(frozen=True)
class SignalSpec:
    """What an encoder must know of its stream.

    ``sfreq`` is in Hz, 0 for a static vector (``static``) and for irregular sampling; ``n_times`` is the number of
    samples of a window, None where windows differ in length.
    """

    ch_names: tuple[str, ...]
    units: tuple[str, ...]
    sfreq: float
    n_times: int | None
    static: bool = False

    @property
    def channels(self) -> int:
        """Number of channels."""
        return len(self.ch_names)

    @classmethod
    def of(cls, signal: Signal, n_times: int | None) -> "SignalSpec":
        """Describe a window's Signal."""
        return cls(signal.ch_names, signal.units, signal.sfreq, 1 if signal.static else n_times, signal.static)


@dataclass(frozen=True)
class TargetSpec:
    """What a fusion head and a loss must know of a target.

    ``class_weights`` come from the fold's training rows where ``training.balance`` is ``weights``; an absent class
    has weight 0.
    """

    name: str
    kind: Kind
    classes: tuple[str, ...] = ()
    class_weights: tuple[float, ...] | None = None

    @property
    def output_size(self) -> int:
        """Number of outputs: one logit per class; one logit for a binary target; one value for a number."""
        return len(self.classes) if self.kind == "classes" else 1


@dataclass(frozen=True)
class DataSpec:
    """Everything a model is built from: its streams and its targets."""

    streams: Mapping[str, SignalSpec]
    targets: Mapping[str, TargetSpec]

    @property
    def output_sizes(self) -> dict[str, int]:
        """Number of outputs per target."""
        return {name: target.output_size for name, target in self.targets.items()}

    def to_json(self) -> dict[str, Any]:
        """Return plain lists, numbers and strings."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "DataSpec":
        """Inverse of :meth:`to_json`, also after a trip through JSON, which knows no tuples."""

        def tupled(values: Mapping[str, Any]) -> dict[str, Any]:
            return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}

        return cls(
            {name: SignalSpec(**tupled(spec)) for name, spec in data["streams"].items()},
            {name: TargetSpec(**tupled(spec)) for name, spec in data["targets"].items()},
        )
