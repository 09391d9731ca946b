"""Channels: how the electrodes of the Emotiv EPOC X are called, and where they stand among a recording's."""

import re
from collections.abc import Sequence

from insula import SignalError

EPOC_X = ("AF3", "F7", "F3", "FC5", "T7", "P7", "O1", "O2", "P8", "T8", "FC6", "F4", "F8", "AF4")
"""In Emotiv's order, which is that of the data paper."""


def electrode(name: str) -> str:
    """Return an electrode's name without what devices and formats put around it (``EEG AF3``, ``EEG.af3``)."""
    return re.sub(r"^EEG[\s._:-]+", "", name.strip(), flags=re.IGNORECASE).upper()


def places(names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Return where each of the wanted electrodes stands among a recording's channels.

    Raises
    ------
    SignalError
        If one is missing, or there twice.
    """
    known = [electrode(name) for name in names]
    if missing := [name for name in wanted if electrode(name) not in known]:
        raise SignalError(
            f"it lacks {len(missing)} of {len(wanted)} channels: {', '.join(missing)} (it has: {', '.join(names)})"
        )
    if double := [name for name in wanted if known.count(electrode(name)) > 1]:
        raise SignalError(f"it has several channels {double[0]}: {', '.join(names)}")
    return [known.index(electrode(name)) for name in wanted]
