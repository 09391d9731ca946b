"""Recipe: everything that decides a generated IEMOCAP, and the draws that follow from it."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

VERSION = 1
"""Part of every draw: other files for the same options must have another version."""
PRESETS = {"null": 0.0, "default": 1.0}
"""The effect of each preset."""

Purpose = Literal[
    "scenarios", "dialogues", "turns", "times", "raters", "votes", "remarks", "speaker", "delivery", "words", "melody",
    "breath",
]  # fmt: skip
PURPOSES: tuple[str, ...] = Purpose.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Recipe:
    """The options of a generated IEMOCAP (see :func:`insula_iemocap.generator.write.write`).

    Every draw is a function of (seed, purpose, what it is for: an utterance, a speaker, ...), so that neither order nor
    an interruption changes a file; the effect scales shifts that no draw depends on.
    """

    seed: int
    preset: str
    utterances: int
    effect: float
    others: float

    @classmethod
    def of(cls, preset: str, *, effect: float | None, **options: Any) -> "Recipe":
        """Return a recipe whose effect is the preset's where none is given."""
        return cls(preset=preset, effect=PRESETS[preset] if effect is None else effect, **options)

    @property
    def options(self) -> dict[str, Any]:
        """The options as they are written down."""
        return asdict(self)

    def rng(self, purpose: Purpose, *which: str) -> np.random.Generator:
        """Return the source of the draws for one purpose, of one utterance, dialogue or speaker."""
        names = (int.from_bytes(name.encode(), "big") for name in which)
        return np.random.default_rng((VERSION, self.seed, PURPOSES.index(purpose), *names))
