"""Components: what FastICA makes of a recording's channels, and how like an eye each of them is."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, eq=False)
class Components:
    """The independent components of some channels.

    Parameters
    ----------
    mixing
        How strong each component is in each channel, ``(channels, components)``.
    unmixing
        How to get the components, of variance 1, from the channels less their mean, ``(components, channels)``.
    converged
        Whether FastICA came to rest.
    kurtosis
        Excess kurtosis of every component: 0 where it is normally distributed, large where it is rare and strong.
    raw, ica
        MNE's recording and decomposition.
    """

    mixing: Float[np.ndarray, "channels components"]
    unmixing: Float[np.ndarray, "components channels"]
    converged: bool
    kurtosis: Float[np.ndarray, " components"]
    raw: Any
    ica: Any

    @property
    def share(self) -> Float[np.ndarray, " components"]:
        """Share of every component in the variance over all channels; they sum to 1, for components don't correlate."""
        power = (self.mixing**2).sum(axis=0)
        return power / power.sum()

    def likeness(self, channels: Sequence[str]) -> Float[np.ndarray, " components"]:
        """Return the least absolute correlation of every component with some channels (``find_bads_eog``, 1–10 Hz)."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its 10-s filter is longer than a short recording
            _, scores = self.ica.find_bads_eog(
                self.raw, ch_name=list(channels), measure="correlation", threshold=1.0, verbose="ERROR"
            )
        return np.abs(np.atleast_2d(scores)).min(axis=0)


def components(
    data: Float[np.ndarray, "channels time"], names: Sequence[str], sfreq: float, *, max_iter: int, seed: int
) -> Components:
    """Decompose by MNE's FastICA; there are as many components as the channels have rank."""
    import mne

    raw = mne.io.RawArray(data, mne.create_info(list(names), sfreq, "eeg"), copy="both", verbose="ERROR")
    ica = mne.preprocessing.ICA(
        method="fastica",
        random_state=seed,
        max_iter=max_iter,  # pyright: ignore[reportArgumentType]
        verbose="ERROR",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MNE can't see that it was high-passed; that it didn't converge is said
        ica.fit(raw, verbose="ERROR")
    principal = ica.pca_components_[: ica.n_components_]
    unmixing = ica.unmixing_matrix_ @ principal
    sources = unmixing @ (data - data.mean(axis=1, keepdims=True))
    kurtosis = (sources**4).mean(axis=1) / (sources**2).mean(axis=1) ** 2 - 3
    return Components(principal.T @ ica.mixing_matrix_, unmixing, bool(ica.n_iter_ < max_iter), kurtosis, raw, ica)
