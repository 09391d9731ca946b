"""Warp: the piecewise linear map of the frequency axis of another vocal tract."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

Shares = Float[np.ndarray, "*shape"]


@dataclass(frozen=True)
class Warp:
    """Where a frequency goes, in shares of the top frequency; 0 and the top stay where they are.

    With the top frequency as 1, boundary ``b`` and factor ``α``, what was at ``f`` goes to ``α f`` up to
    ``f = b min(α, 1) / α``, and from there on a straight line to the top (Jaitly & Hinton 2013, ICML workshop on deep
    learning for audio, speech and language processing: G(f), where the top is half the sampling rate).

    Parameters
    ----------
    factor
        ``α``; above 1 all moves up, as in a shorter vocal tract.
    boundary
        ``b``, between 0 and 1.
    """

    factor: float
    boundary: float

    @property
    def before(self) -> tuple[float, float, float]:
        """The three points that the line goes through, before the warp."""
        return 0.0, self.boundary * min(self.factor, 1.0) / self.factor, 1.0

    @property
    def after(self) -> tuple[float, float, float]:
        """The same points after it."""
        return 0.0, self.boundary * min(self.factor, 1.0), 1.0

    def goes_to(self, frequency: Shares) -> Shares:
        """Return where frequencies go."""
        return np.interp(frequency, self.before, self.after)

    def comes_from(self, frequency: Shares) -> Shares:
        """Return where what is now at these frequencies was."""
        return np.interp(frequency, self.after, self.before)

    def bins(self, values: Float[np.ndarray, "bins frames"]) -> Float[np.ndarray, "bins frames"]:
        """Return the warped values of bins that are evenly spaced from 0 to the top, interpolated linearly."""
        place = self.comes_from(np.linspace(0.0, 1.0, len(values))) * (len(values) - 1)
        below = np.minimum(place.astype(int), len(values) - 2)
        share = (place - below)[:, None]
        return (1 - share) * values[below] + share * values[below + 1]
