"""The options of controls, as a run's ``controls:`` block sets them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from insula.plugin.choice import Choice
from insula.training.options import Options


class ControlOptions(Options):
    """``controls``: what a result is shown beside. What isn't named is off; ``conf/config.yaml`` switches on what is
    cheap, and ``controls=null`` switches all of it off.
    """

    baselines: dict[str, Any] = {}
    """Classic models on window summaries, by name: architectures that are fitted at once, with their options."""
    permutations: Literal[0] | Annotated[int, Field(ge=100)] = 0
    """How often labels are permuted and a ridge classifier is fitted to them: 0, or at least 100."""
    permute_model: Annotated[int, Field(ge=0)] = 0
    """How often the model itself is trained on permuted labels: each time costs as much as the run."""
    neighbours: bool = False
    """Whose windows are most like those under test: of which trial and person the nearest training window is."""
    protocol_gap: bool = False
    """What a random split of the same windows would show, by cheap proxies."""
    identity: bool = False
    """Streams that are constant for every person: shuffled among people, and replaced by random numbers."""
    swap_identity: bool = False
    """The same with the model itself: two more trainings for every such stream."""

    @property
    def cheap(self) -> bool:
        """Whether anything is on that needs summaries of the windows, apart from baselines."""
        return bool(self.permutations) or self.neighbours or self.protocol_gap or self.identity


@dataclass(frozen=True, eq=False)
class Controls:
    """The controls of a run."""

    options: ControlOptions
    baselines: Mapping[str, Choice]
