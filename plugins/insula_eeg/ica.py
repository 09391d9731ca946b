"""ICA: without eye blinks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float, Int
from pydantic import Field

from insula import Preprocessor, Signal, SignalError, Transform
from insula_eeg.bridge import bridged, reopened
from insula_eeg.components import Components, components
from insula_eeg.flat import flat
from insula_eeg.material import Material

FOREVER = (float("inf"), float("inf"))


@dataclass(frozen=True, eq=False)
class Unmixed(Transform):
    """Subtracts the artefact components: ``mean + matrix (x - mean)``.

    Undefined samples are bridged for the others' sake and stay undefined; a flat channel stays as it is.

    Parameters
    ----------
    matrix
        What the artefacts' removal does to the channels, ``(channels, channels)``; a channel that took no part keeps
        its samples.
    mean
        Mean per channel, in the channel's unit.
    ch_names
        The channels it was fitted on.
    dropped
        Number of components that are dropped.
    removed
        Share of the variance over all channels that they held.
    converged
        Whether FastICA came to rest.
    """

    reach = FOREVER

    matrix: Float[np.ndarray, "channels channels"]
    mean: Float[np.ndarray, " channels"]
    ch_names: tuple[str, ...]
    dropped: int
    removed: float
    converged: bool

    def __call__(self, signal: Signal) -> Signal:
        """Return the cleaned signal, in the same unit, with notes of what was removed.

        Raises
        ------
        SignalError
            If the signal has other channels than those it was fitted on, or is irregular.
        """
        if signal.ch_names != self.ch_names:
            raise SignalError(
                f"ica was fitted on the channels {', '.join(self.ch_names)}; this signal has "
                f"{', '.join(signal.ch_names)}"
            )
        data, gaps = bridged(signal, "ica")
        mean = self.mean[:, None]
        cleaned = np.where(flat(data, gaps)[:, None], data, mean + self.matrix @ (data - mean))
        return (
            reopened(signal, cleaned, gaps)
            .noted("components dropped", self.dropped)
            .noted("variance removed", self.removed)
            .noted("ICA not converged", not self.converged)
        )


class ICA(Preprocessor):
    """Removes blinks: independent components of the channels, by MNE's FastICA, less those that are artefacts.

    Two rules say which are. ``frontal_proxy`` needs no EOG channel, which an EPOC hasn't got: MNE's ``find_bads_eog``
    correlates every component with the frontal channels ``proxies`` between 1 and 10 Hz, and one that reaches
    ``threshold`` with *each* of them and has at least the excess ``kurtosis`` is a blink: it is seen on both sides,
    rare and strong, where a frontal brain source is steady. (Best component of simulated recordings, lesser of the two
    correlations and kurtosis: with a blink every 4 to 8 s 0.56–0.85 and 16–54; without blinks 0.43–0.73, and 1–4 in
    five of seven. Of real EPOC recordings: 0.61–0.84 and 6–88.) MNE's own z-score over components isn't used: of ten
    components none can ever exceed its 3. ``paper_top2`` is the fallback of arXiv:2602.06997, eq. 1, which on an EPOC
    always comes to pass: the two components of largest variance, blinks or not. Their variance is that over all
    channels (squared mixing weights times the source's), since MNE scales every source to 1, so that their own
    variances say nothing.

    Fit it on high-passed data (1 Hz); after an average reference the rank is one less, and so is the number of
    components. Flat channels, those undefined for more than half of the time, and moments at which a channel is
    undefined take no part in the fit. A dropped component goes with whatever brain signal it holds. Notes:
    ``components dropped``, ``variance removed`` (share over all channels), ``ICA not converged``. On brain signals,
    nearly normal in distribution, FastICA often doesn't come to rest; a blink, which isn't normal at all, is found in
    the first few steps all the same.

    Parameters
    ----------
    drop
        Which components are dropped: ``frontal_proxy`` or ``paper_top2``.
    proxies
        Frontal channels that stand for the EOG; flat ones are passed over.
    threshold
        Smallest absolute correlation with every proxy that makes a component a blink.
    kurtosis
        Smallest excess kurtosis that makes a component a blink; of a normal distribution it is 0.
    max_removed
        Largest share of the variance that may be removed; components beyond it, in the order of the rule (by
        correlation, by variance), are kept. 1: no limit, as in the paper.
    max_iter
        Steps after which FastICA gives up; MNE's own default is 1,000, which costs seconds.
    seed
        Where FastICA's random start comes from.
    """

    reach = FOREVER

    def __init__(
        self,
        *,
        drop: Literal["frontal_proxy", "paper_top2"] = "frontal_proxy",
        proxies: Annotated[tuple[str, ...], Field(min_length=1)] = ("AF3", "AF4"),
        threshold: Annotated[float, Field(gt=0, le=1)] = 0.5,
        kurtosis: float = 5.0,
        max_removed: Annotated[float, Field(gt=0, le=1)] = 0.95,
        max_iter: Annotated[int, Field(ge=1)] = 200,
        seed: Annotated[int, Field(ge=0)] = 0,
    ) -> None:
        self.drop, self.proxies, self.threshold, self.kurtosis = drop, proxies, threshold, kurtosis
        self.max_removed, self.max_iter, self.seed = max_removed, max_iter, seed

    def fit(self, signals: Iterable[Signal]) -> Unmixed:
        """Learn which mixture of the channels the artefacts are.

        Raises
        ------
        DataError
            If there is no signal to learn from.
        SignalError
            If the signals differ in channels or rate, are too short or too slow, too few channels carry a signal, or
            no proxy does.
        """
        material = Material.of(signals)
        found = components(material.data, material.names, material.sfreq, max_iter=self.max_iter, seed=self.seed)
        chosen = self._artefacts(found, material.names)
        chosen = chosen[np.cumsum(found.share[chosen]) <= self.max_removed + 1e-9]
        matrix = np.eye(len(material.ch_names))
        matrix[np.ix_(material.used, material.used)] -= found.mixing[:, chosen] @ found.unmixing[chosen]
        mean = np.zeros(len(material.ch_names))
        mean[material.used] = material.data.mean(axis=1)
        removed = float(found.share[chosen].sum())
        return Unmixed(matrix, mean, material.ch_names, len(chosen), removed, found.converged)

    def _artefacts(self, found: Components, names: list[str]) -> Int[np.ndarray, " artefacts"]:
        """Return the components to drop, the surest first."""
        if self.drop == "paper_top2":
            return np.argsort(-found.share)[:2]
        proxies = [name for name in self.proxies if name in names]
        if not proxies:
            raise SignalError(
                f"ica: none of the proxies {', '.join(self.proxies)} is among the channels with a signal "
                f"({', '.join(names)}): type other proxies, or drop: paper_top2"
            )
        likeness = found.likeness(proxies)
        surest = np.argsort(-likeness)
        return surest[(likeness[surest] >= self.threshold) & (found.kurtosis[surest] >= self.kurtosis)]
