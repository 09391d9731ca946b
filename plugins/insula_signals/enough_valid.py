"""EnoughValid: refuses windows of which too little is defined."""

from typing import Annotated

from pydantic import Field

from insula import Signal, SignalError, Transform


class EnoughValid(Transform):
    """Refuses a window of which less than a share is defined; any other passes as it is.

    It stands under ``features``, where a refused window lacks the stream and the report counts it. With a context it
    judges the window and the context behind it together.

    Parameters
    ----------
    share
        Least share of the samples, of all channels together, that must be defined.
    """

    def __init__(self, *, share: Annotated[float, Field(ge=0, le=1)] = 0.5) -> None:
        self.share = share

    def __call__(self, signal: Signal) -> Signal:
        """Return the signal.

        Raises
        ------
        SignalError
            If too little of it is defined, or it has no samples.
        """
        defined = signal.defined
        if not defined.size or defined.mean() < self.share:
            raise SignalError("too little of the window is defined")
        return signal
