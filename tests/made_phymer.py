"""Small files in PhyMER's and KERC2021's layouts, written by hand so that tests know what they hold."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

CHANNELS = ["AF3", "F7", "F3", "FC5", "T7", "P7", "O1", "O2", "P8", "T8", "FC6", "F4", "F8", "AF4"]
START = 1_640_995_200
LABELS = "experiment_code,arousal,valence,emotion,target_emotion"
TRAITS = "subject,openness,conscientiousness,extraversion,agreeableness,neuroticism"


def eeg(seconds: float = 2.0, sfreq: float = 256.0, channels: int = 14, seed: int = 0) -> np.ndarray:
    """Return EEG in volts with Emotiv's offset of 4.2 mV."""
    return 4.2e-3 + 1e-5 * np.random.default_rng(seed).standard_normal((channels, round(seconds * sfreq)))


def write_fif(path: Path, data: np.ndarray, names: Sequence[str] = CHANNELS, sfreq: float = 256.0) -> Path:
    import mne

    path.parent.mkdir(parents=True, exist_ok=True)
    raw = mne.io.RawArray(data, mne.create_info(list(names), sfreq, "eeg"), verbose="ERROR")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw.save(path, overwrite=True, verbose="ERROR")
    return path


def write_set(path: Path, data: np.ndarray, names: Sequence[str] = CHANNELS, sfreq: float = 256.0) -> Path:
    import mne

    path.parent.mkdir(parents=True, exist_ok=True)
    raw = mne.io.RawArray(data, mne.create_info(list(names), sfreq, "eeg"), verbose="ERROR")
    raw.export(path, fmt="eeglab", overwrite=True, verbose="ERROR")
    return path


def write_e4(path: Path, values: Sequence[float], sfreq: float, start: float = START) -> Path:
    return write_text(path, "\n".join([f"{start:.6f}", f"{sfreq:.6f}", *(f"{value:.6f}" for value in values)]) + "\n")


def write_text(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def write_wrist(root: Path, subject: int, video: int, seconds: int = 12) -> None:
    """Write the four files of the wristband, which differ from trial to trial."""
    code, rng = f"SUB{subject:02d}VID{video:02d}", np.random.default_rng((subject, video))
    folder = root / "E4" / f"Sub{subject:02d}" / code
    for signal, rate, level in (("EDA", 4, 2.0), ("BVP", 64, 0.0), ("TEMP", 4, 33.0), ("HR", 1, 70.0)):
        late = 10 if signal == "HR" else 0
        values = level + rng.standard_normal((seconds - late) * rate)
        write_e4(folder / f"{code}_{signal}_{rate}.csv", values, rate, START + late)


def write_phymer(root: Path, trials: Sequence[tuple[int, int]], with_eeg: bool = True) -> Path:
    """Write complete trials of some subjects and videos."""
    rows = [f"SUB{s:02d}VID{v:02d},{1 + v % 9},{1 + (s + v) % 9},Happy,Sad" for s, v in trials]
    write_text(root / "labels.csv", "\n".join([LABELS, *rows]) + "\n")
    people = sorted({subject for subject, _ in trials})
    write_text(
        root / "Personality" / "personality.csv", "\n".join([TRAITS, *(f"{s},1,2,3,4,{1 + s % 4}" for s in people)])
    )
    for number, (subject, video) in enumerate(trials):
        code = f"SUB{subject:02d}VID{video:02d}"
        write_wrist(root, subject, video)
        if with_eeg:
            write_fif(root / "Emotiv" / f"Sub{subject:02d}" / code / f"{code}_raw.fif", eeg(seed=number))
    return root


def write_kerc(root: Path, labels: dict[str, str], traits: Sequence[str] | None = None, header: bool = True) -> Path:
    """Write complete samples of the part ``train``, of 2 s."""
    write_text(root / "train_labels.csv", "Id,label\n" + "".join(f"{name},{label}\n" for name, label in labels.items()))
    rows = traits if traits is not None else [f"{name},1,2,3,4,{1 + n % 4}" for n, name in enumerate(labels)]
    write_text(root / "train_personality.csv", "\n".join(["Id,a,b,c,d,e", *rows]) + "\n")
    for number, name in enumerate(labels):
        rng = np.random.default_rng(number)
        head = [",".join(CHANNELS)] if header else []
        lines = [",".join(f"{value:.4f}" for value in row) for row in eeg(seed=number).T * 1e6]
        write_text(root / "train" / name / "EEG_256.csv", "\n".join([*head, *lines]) + "\n")
        for signal, rate in (("EDA", 4), ("BVP", 64), ("TEMP", 4)):
            values = rng.uniform(1, 30, 2 * rate)
            write_text(root / "train" / name / f"{signal}_{rate}.csv", "".join(f"{value:.6f}\n" for value in values))
    return root
