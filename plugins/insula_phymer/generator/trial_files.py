"""Trial files: what is written of one trial, and where."""

from pathlib import Path

import numpy as np
from jaxtyping import Float

from insula import replacing
from insula_phymer.generator import wristband
from insula_phymer.generator.headset import recording
from insula_phymer.generator.raw import write_eeglab, write_fif
from insula_phymer.generator.recipe import Recipe
from insula_phymer.generator.showings import Showing

FORMATS = {"EDA": "%.6f", "BVP": "%.2f", "TEMP": "%.2f", "HR": "%.2f"}
"""The wristband's own digits."""
MODALITIES = ("EEG", *FORMATS)


def files(recipe: Recipe, showing: Showing) -> dict[str, Path]:
    """Return the files of a trial by kind, without those that are drawn to be missing."""
    chances = recipe.rng("missing", showing.subject, showing.video).random(len(MODALITIES))
    missing = {name for name, chance in zip(MODALITIES, chances, strict=True) if chance < recipe.missing}
    if int(showing.seconds) <= wristband.HR_SPAN:
        missing.add("HR")  # the wristband's first heart rate comes after 10 s
    person, code = f"Sub{showing.subject:02d}", showing.code
    eeg = {"FIF": ".fif", "SET": ".set"} if recipe.set else {"FIF": ".fif"}
    return {
        name: Path("Emotiv", person, code, f"{code}_raw{suffix}")
        for name, suffix in eeg.items()
        if "EEG" not in missing
    } | {
        name: Path("E4", person, code, f"{code}_{name}_{wristband.RATES[name]}.csv")
        for name in FORMATS
        if name not in missing
    }


def write_trial(root: Path, recipe: Recipe, showing: Showing) -> None:
    """Write the files of a trial that aren't there yet."""
    due = {kind: root / path for kind, path in files(recipe, showing).items() if not (root / path).exists()}
    if {"FIF", "SET"} & due.keys():
        volts = recording(recipe, showing) * (1.0 if recipe.eeg_unit == "uV" else 1e-6)
        for kind, write in (("FIF", write_fif), ("SET", write_eeglab)):
            if kind in due:
                with replacing(due[kind]) as part:
                    write(part, volts, showing)
    for kind in FORMATS.keys() & due.keys():
        first = showing.start + (wristband.HR_SPAN if kind == "HR" else 0)
        rate = wristband.RATES[kind]
        values = (FORMATS[kind] % value for value in _worn(recipe, showing, kind))
        with replacing(due[kind]) as part:
            part.write_text("\n".join([f"{first:.6f}", f"{rate:.6f}", *values, ""]), encoding="utf-8")


def _worn(recipe: Recipe, showing: Showing, kind: str) -> Float[np.ndarray, " time"]:
    if kind == "EDA":
        return wristband.eda(recipe, showing)
    if kind == "TEMP":
        return wristband.temp(recipe, showing)
    pulse = wristband.bvp(recipe, showing)
    return pulse if kind == "BVP" else wristband.heart_rate(pulse)
