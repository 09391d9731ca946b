"""Recordings that MNE reads: EDF, BDF, FIF and SET."""

from pathlib import Path
from typing import Any

from insula import Signal, SignalError

NO_SIGNAL = ("stim", "syst")
"""Channel types that hold triggers, not measurements."""


def read_recording(path: Path, _sfreq: float | None) -> Signal:
    """Load the channels of a continuous recording in SI units; trigger channels are left aside.

    Raises
    ------
    SignalError
        If MNE can't read it, whatever it raises, or if it holds epochs.
    """
    import mne

    suffix = path.suffix.lower()
    load = {".edf": mne.io.read_raw_edf, ".bdf": mne.io.read_raw_bdf, ".set": mne.io.read_raw_eeglab}.get(
        suffix, mne.io.read_raw_fif
    )
    try:
        raw = load(path, preload=True, verbose="error")
        kinds = raw.get_channel_types()
        kept = [number for number, kind in enumerate(kinds) if kind not in NO_SIGNAL]
        data = raw.get_data(picks=kept)
    except (
        Exception
    ) as error:  # damaged files end in half a dozen kinds of errors, and one such file must not end a run
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SignalError(f"{path} can't be read as a continuous {suffix[1:].upper()} recording: {reason}") from error
    names = [raw.ch_names[number] for number in kept]
    return Signal.of(data, raw.info["sfreq"], names, [_unit(raw.info["chs"][number]) for number in kept])


def _unit(channel: dict[str, Any]) -> str:
    from mne.io.constants import FIFF

    known = {
        FIFF.FIFF_UNIT_V: "V",
        FIFF.FIFF_UNIT_S: "S",
        FIFF.FIFF_UNIT_CEL: "degC",
        FIFF.FIFF_UNIT_T: "T",
        FIFF.FIFF_UNIT_T_M: "T/m",
    }
    return known.get(channel["unit"], "1")
