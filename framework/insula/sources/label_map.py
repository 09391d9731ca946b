"""LabelMap: how one dataset's labels become those of a target that several datasets share."""

from pydantic import BaseModel, ConfigDict, model_validator


class LabelMap(BaseModel):
    """``labels.<dataset>.<target>``: what a dataset calls, in its own words, what the run's target says in common ones.

    ``of`` is the dataset's own name of the target, where it has another one. ``classes`` are its classes that are
    called otherwise here; null leaves a class out, and what isn't named keeps its name. ``scale``, of a number, are
    four: ``[from_low, from_high, to_low, to_high]``, of which the first two become the last two, and all between and
    beyond them lies on the same line.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    of: str | None = None
    classes: dict[str, str | None] = {}
    scale: tuple[float, float, float, float] | None = None

    @model_validator(mode="after")
    def _is_a_line(self) -> "LabelMap":
        if self.scale is not None and self.scale[0] == self.scale[1]:
            raise ValueError(f"scale takes two different numbers to two others, and {self.scale[0]:g} stands twice")
        return self

    def rescaled(self, number: float) -> float:
        """Return where a number lies on the common scale."""
        if self.scale is None:
            return number
        from_low, from_high, to_low, to_high = self.scale
        return to_low + (number - from_low) * (to_high - to_low) / (from_high - from_low)
