"""AverageReference: every channel against the mean of all."""

import numpy as np

from insula import Signal, SignalError, Transform
from insula_eeg.bridge import bridged, reopened
from insula_eeg.flat import flat


class AverageReference(Transform):
    """Subtracts the mean over the channels from every channel, sample by sample (common average reference).

    The channels then sum to 0: their rank is one less. Undefined samples take no part in the mean and stay undefined. A
    flat channel (one that varies less than a thousandth of the median channel, over the whole signal) takes no part
    either: against the mean it would show the others upside down, so it becomes undefined; the note ``flat channels``
    counts them. Where fewer than two channels are defined there is no reference, and nothing is defined.
    """

    def __call__(self, signal: Signal) -> Signal:
        """Return the referenced signal, in the same unit.

        Raises
        ------
        SignalError
            If fewer than two channels carry a signal, or it is irregular.
        """
        data, gaps = bridged(signal, "average_reference")
        dead = flat(data, gaps)
        if (~dead).sum() < 2:
            raise SignalError(
                f"average_reference needs two channels with a signal; {(~dead).sum()} of {len(dead)} have one, the "
                "others are flat or undefined"
            )
        used = ~gaps & ~dead[:, None]
        count = used.sum(axis=0)
        mean = np.where(used, data, 0.0).sum(axis=0) / np.maximum(count, 1)
        never = gaps.all(axis=1)
        return reopened(signal, data - mean, ~used | (count < 2)).noted("flat channels", int((dead & ~never).sum()))
