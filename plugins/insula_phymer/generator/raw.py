"""Raw: one trial's EEG as a FIF or SET file, by MNE."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from insula_phymer.generator.eeg import SFREQ
from insula_phymer.generator.scalp import CHANNELS
from insula_phymer.generator.showings import Showing

NOTE = "SYNTHETIC: made-up data. Scores on it never stand beside published ones."


def write_fif(path: Path, volts: Float[np.ndarray, "channels time"], showing: Showing) -> None:
    """Write a FIF file."""
    _raw(volts, showing).save(path, overwrite=True, verbose="error")


def write_eeglab(path: Path, volts: Float[np.ndarray, "channels time"], showing: Showing) -> None:
    """Write a SET file for EEGLAB; its first event says SYNTHETIC, for it has no description."""
    import mne

    raw = _raw(volts, showing)
    raw.set_annotations(mne.Annotations([0.0], [0.0], ["SYNTHETIC"], orig_time=raw.info["meas_date"]))
    # named by its format, since what is being written has a hidden name
    mne.export.export_raw(path, raw, fmt="eeglab", overwrite=True, verbose="error")


def _raw(volts: Float[np.ndarray, "channels time"], showing: Showing) -> Any:
    import mne

    info = mne.create_info(list(CHANNELS), SFREQ, "eeg", verbose="error")
    info["description"] = NOTE
    info["subject_info"] = {"his_id": f"SYNTHETIC Sub{showing.subject:02d}"}
    raw = mne.io.RawArray(volts, info, verbose="error")
    return raw.set_meas_date(datetime.fromtimestamp(showing.start, UTC))
