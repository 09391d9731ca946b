"""An index made for tests: people who see stimuli in trials that are cut into windows."""

import numpy as np
import pandas as pd

from insula import Fold

COLUMNS = [
    *("dataset", "subject", "session", "recording", "trial", "stimulus", "group", "position", "parent"),
    *("t0", "t1", "raw_t0", "raw_t1", "emotion"),
]
CLASSES = ("anger", "joy", "sadness", "calm")


def made_index(subjects: int = 10, trials: int = 8, windows: int = 5, seed: int = 0, **columns: object) -> pd.DataFrame:
    """Windows of 2 s, end to end; labels drawn at random per trial; the stimulus is the trial's number; one session."""
    rng = np.random.default_rng(seed)
    rows = []
    for subject in range(subjects):
        for trial in range(trials):
            name, label = f"s{subject:02}t{trial:02}", CLASSES[rng.integers(len(CLASSES))]
            for window in range(windows):
                t0 = 2.0 * window
                row = dict.fromkeys(COLUMNS) | {"dataset": "made", "subject": f"s{subject:02}", "recording": name}
                row |= {"trial": name, "stimulus": f"v{trial:02}", "t0": t0, "t1": t0 + 2, "emotion": label}
                rows.append(row | {"raw_t0": t0, "raw_t1": t0 + 2} | columns)
    return pd.DataFrame(rows)


def copied(index: pd.DataFrame, trial: str, name: str) -> pd.DataFrame:
    """Append an augmented copy of a trial, with a recording of its own."""
    copy = index[index["trial"] == trial].assign(trial=name, recording=name, parent=trial)
    return pd.concat([index, copy], ignore_index=True)


def rows(index, **where):
    """Row numbers of a query by columns."""
    hit = np.all([index[column].isin(values) for column, values in where.items()], axis=0)
    return np.flatnonzero(hit)


def by_subject(index, train, validation, test):
    sides = (train, validation, test)
    return Fold(*(rows(index, subject=[f"s{number:02}" for number in side]) for side in sides))


def kinds(audit):
    return {finding.kind: finding for finding in audit.findings}


def one_recording(gap):
    """Trials after one another in one recording, with a gap between them."""
    index = made_index(1, 8, 5).assign(recording="r")
    index["t0"] += index["trial"].str[-1].astype(int) * (10 + gap)
    return index.assign(t1=index["t0"] + 2, raw_t0=index["t0"], raw_t1=index["t0"] + 2)


def alternate(index):
    trial = index["trial"].str[-1].astype(int) % 3
    return Fold(*(np.flatnonzero(trial == side) for side in range(3)))
