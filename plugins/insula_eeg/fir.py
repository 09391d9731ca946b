"""FIR: how long MNE's zero-phase filters are, and which signals are too short for one."""

from insula import Signal, SignalError

LENGTH = 3.3
"""Seconds of a Hamming-windowed FIR times Hz of its narrowest transition band (``filter_length="auto"`` of
``mne.filter.create_filter``)."""


def fir_reach(transition: float) -> tuple[float, float]:
    """Return half the length, in seconds, of the FIR with a transition band of so many Hz: its past and future."""
    return LENGTH / transition / 2, LENGTH / transition / 2


def check_length(signal: Signal, transition: float, step: str) -> None:
    """Refuse a signal shorter than the filter, which MNE would filter with a warning only.

    Raises
    ------
    SignalError
        If it is shorter.
    """
    if signal.duration < LENGTH / transition:
        raise SignalError(
            f"{step} needs a recording of at least {LENGTH / transition:.2f} s, the length of its filter; this one has "
            f"{signal.duration:.2f} s: leave it out, or widen the filter's transition band"
        )
