"""The leakage audit: what a protocol is worth, read off the folds themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Grade = Literal["A", "B", "C", "D", "E", "F"]


@dataclass(frozen=True)
class Finding:
    """One kind of leak: in which folds, why it matters, and the best grade a protocol with it can have."""

    kind: str
    folds: tuple[int, ...]
    reason: str
    cap: Grade


@dataclass(frozen=True)
class Audit:
    """Grade of leakage, and beside it what the protocol claims."""

    grade: Grade
    claim: tuple[str, ...]
    findings: Sequence[Finding] = ()
    unit: str = "trial"
    """The index column whose values the protocol holds out: what intervals are over."""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return plain values, as ``insula audit --json`` prints them."""
        findings = [{"kind": f.kind, "folds": list(f.folds), "reason": f.reason, "cap": f.cap} for f in self.findings]
        return {"grade": self.grade, "claim": list(self.claim), "findings": findings}
