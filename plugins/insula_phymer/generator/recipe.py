"""Recipe: everything that decides the numbers of a generated PhyMER, and the draws that follow from it."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

VERSION = 1
"""Part of every draw: other numbers for the same options must have another version."""
Preset = Literal["null", "default", "easy"]
PRESETS: dict[str, dict[str, float]] = {
    "null": {"d": 0.0, "dp": 0.0, "rho": 0.4},
    "default": {"d": 0.35, "dp": 0.4, "rho": 0.4},
    "easy": {"d": 0.6, "dp": 1.0, "rho": 0.4},
}
"""The three presets of the knobs; ``benchmarks/generator_effects.py`` says what they are worth."""

Purpose = Literal[
    "videos", "reports", "order", "ratings", "arousal", "seconds", "missing", "answers", "person", "trial", "pattern",
    "personal", "background", "artefacts", "hardware", "eda", "bvp", "temp", "body", "body of the trial",
]  # fmt: skip
PURPOSES: tuple[str, ...] = Purpose.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Recipe:
    """The options of a generated PhyMER (see :meth:`insula_phymer.dataset.PhyMER.generate`).

    Every draw is a function of (seed, purpose, subject, video), so that neither order nor an interruption changes a
    number; the knobs scale draws that don't depend on them.
    """

    seed: int
    preset: str
    subjects: int
    videos: int
    seconds: float | None
    d: float
    dp: float
    rho: float
    agreement: float = 0.7
    missing: float = 0.0
    eeg_unit: str = "V"
    set: bool = False

    @classmethod
    def of(cls, preset: str, *, d: float | None, dp: float | None, rho: float | None, **options: Any) -> "Recipe":
        """Return a recipe whose knobs are those of a preset where they aren't given."""
        given = {name: value for name, value in (("d", d), ("dp", dp), ("rho", rho)) if value is not None}
        return cls(preset=preset, **{**PRESETS[preset], **given}, **options)

    @property
    def options(self) -> dict[str, Any]:
        """The options as they are written down."""
        return asdict(self)

    def rng(self, purpose: Purpose, *which: int) -> np.random.Generator:
        """Return the source of the draws for one purpose, of one subject and video where those are given."""
        return np.random.default_rng((VERSION, self.seed, PURPOSES.index(purpose), *which))
