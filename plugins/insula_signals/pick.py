"""Pick: some channels of a signal."""

from insula import Signal, SignalError, Transform


class Pick(Transform):
    """Keeps the channels that are named, in that order, so that recordings with different channels become alike.

    Parameters
    ----------
    channels
        Their names; empty: all, as they are.
    """

    def __init__(self, *, channels: tuple[str, ...] = ()) -> None:
        self.channels = channels

    def __call__(self, signal: Signal) -> Signal:
        """Return the channels.

        Raises
        ------
        SignalError
            If the signal lacks one of them.
        """
        if not self.channels:
            return signal
        if lost := [name for name in self.channels if name not in signal.ch_names]:
            raise SignalError(f"pick: there is no channel {', '.join(lost)} among {', '.join(signal.ch_names)}")
        rows = [signal.ch_names.index(name) for name in self.channels]
        units = tuple(signal.units[row] for row in rows)
        valid = None if signal.valid is None else signal.valid[rows]
        return signal.with_data(signal.data[rows], ch_names=self.channels, units=units, valid=valid)
