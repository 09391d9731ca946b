"""RunFacts: what a run knows of its protocol beyond the rows of its folds, as a file keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class NearDuplicate:
    """Two trials whose signals are one recording; ``likeness`` is 1 for an exact copy.

    Where a run has several datasets, a trial's name stands behind that of its dataset and a slash.
    """

    stream: str
    trial: str
    other: str
    likeness: float


@dataclass(frozen=True)
class RunFacts:
    """What only a run can tell the audit.

    Parameters
    ----------
    fitted
        Step to the scope it is fitted on: ``train``, ``subject``, ``recording`` or ``everything``.
    infinite
        Steps on the continuous signal whose reach is the whole recording.
    selects_on_test
        Whether the recipe stops training by the test rows.
    identity
        Inputs that are constant for each person: streams, such as personality, or channels of one.
    own_medians
        Targets whose classes are cut at each person's median over all their trials, those under test included.
    disclosed
        Step to what it says of itself (:attr:`insula.Preprocessor.disclosure`).
    duplicates
        Trials whose signals are one recording.
    """

    fitted: Mapping[str, str] = field(default_factory=dict)
    infinite: Sequence[str] = ()
    selects_on_test: bool = False
    identity: Sequence[str] = ()
    own_medians: Sequence[str] = ()
    disclosed: Mapping[str, str] = field(default_factory=dict)
    duplicates: Sequence[NearDuplicate] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RunFacts":
        """Inverse of :meth:`to_json`; what an older or newer version has beside it is left alone."""
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        return cls(**{**known, "duplicates": [NearDuplicate(**pair) for pair in known.get("duplicates", ())]})
