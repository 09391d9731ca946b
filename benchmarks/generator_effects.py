"""What the knobs of the PhyMER generator are worth: four ways to classify what it makes, beside the reference's table.

``python benchmarks/generator_effects.py [--quick] [--repeats N] [--json OUT]``. 16 people × 35 trials × 60 s and
7 classes, made in memory; chance is .143. Log band power (5 bands, 14 electrodes) and six peripheral features per 10-s
window; LDA with Ledoit–Wolf shrinkage on their mean per trial; the nearest neighbour on windows, split at random.
``--quick`` is 6 people × 21 trials × 30 s, once: to see that it runs, not to compare.
"""

import argparse
import json
import sys
import time
import warnings
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold, cross_val_predict, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from insula_phymer.generator import eeg, wristband
from insula_phymer.generator.headset import recording
from insula_phymer.generator.recipe import PRESETS, Recipe
from insula_phymer.generator.showings import Showing, showings

EDGES = (1, *map(int, eeg.BANDS), 45)
WINDOW = 10
COLUMNS = ("new people", "z per subject", "new trials", "random windows")
REFERENCE = {
    "null": (0.155, 0.141, 0.162, 0.954),
    "default": (0.234, 0.362, 0.427, 0.979),
    "easy": (0.366, 0.580, 0.763, 0.986),
}
TOLERANCE = 0.05
FULL = {"subjects": 16, "videos": 35, "seconds": 60.0}
QUICK = {"subjects": 6, "videos": 21, "seconds": 30.0}


def log_band_power(data: np.ndarray) -> np.ndarray:
    """Return log band power per 10-s window, ``(windows, 70)``: the median over half-overlapping seconds, which
    blinks don't move; a bad electrode takes the mean of the others.
    """
    rate = int(eeg.SFREQ)
    pieces = np.lib.stride_tricks.sliding_window_view(data.astype(np.float32), rate, axis=1)[:, :: rate // 2]
    pieces = (pieces - pieces.mean(axis=2, keepdims=True)) * np.hanning(rate).astype(np.float32)
    power = np.abs(np.fft.rfft(pieces, axis=2)) ** 2
    bands = [power[..., low:high].mean(axis=2) for low, high in pairwise(EDGES)]
    logs = np.log(np.stack(bands, axis=1) + 1e-6)  # (channels, bands, seconds)
    per_window = 2 * WINDOW
    count = (logs.shape[2] + 1) // per_window
    medians = np.stack([np.median(logs[..., k * per_window : (k + 1) * per_window - 1], axis=2) for k in range(count)])
    gamma = medians[:, :, -1]
    bad = np.abs(gamma - np.median(gamma, axis=1, keepdims=True)) > 2.5
    medians[bad] = np.nan
    filled = np.where(np.isnan(medians), np.nanmean(medians, axis=1, keepdims=True), medians)
    return filled.reshape(count, -1)


def peripheral(recipe: Recipe, showing: Showing, count: int) -> np.ndarray:
    """Return six features per 10-s window: heart rate, its spread, log conductance, its rises, temperature, slope."""
    from scipy.signal import find_peaks

    pulse = wristband.bvp(recipe, showing)
    beats = find_peaks(pulse, distance=26, prominence=pulse.std())[0] / 64
    conductance = wristband.eda(recipe, showing)[: count * 40].reshape(count, 40)
    warmth = wristband.temp(recipe, showing)[: count * 40].reshape(count, 40)
    rates = [60 / np.diff(beats[(beats >= k * WINDOW) & (beats < (k + 1) * WINDOW)]) for k in range(count)]
    rises = np.diff(conductance, axis=1)
    features = [
        [one.mean() for one in rates],
        [np.log(one.std() + 0.1) for one in rates],
        np.log(conductance.mean(axis=1)),
        np.log(np.maximum(rises - 0.02, 0).sum(axis=1) / conductance.mean() + 0.01),
        warmth.mean(axis=1),
        warmth[:, 20:].mean(axis=1) - warmth[:, :20].mean(axis=1),
    ]
    return np.transpose(features)


def features(recipe: Recipe) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the features ``(trials, windows, 76)``, the emotion and the subject of every trial."""
    rows, shown = [], showings(recipe)
    for showing in shown:
        bands = log_band_power(recording(recipe, showing))
        rows.append(np.hstack([bands, peripheral(recipe, showing, len(bands))]))
    return np.array(rows), np.array([s.emotion for s in shown]), np.array([s.subject for s in shown])


def right(x: np.ndarray, emotion: np.ndarray, **how: Any) -> np.ndarray:
    """Return which rows shrinkage LDA is right about, each held out."""
    model = make_pipeline(StandardScaler(), LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"))
    return np.asarray(cross_val_predict(model, x, emotion, **how)) == emotion


def accuracies(x: np.ndarray, emotion: np.ndarray, subject: np.ndarray, seed: int) -> tuple[float, ...]:
    """Return the accuracy of the four ways, in the order of the columns."""
    trials = x.mean(axis=1)
    people, per_person = np.unique(subject), np.empty_like(trials)
    for one in people:
        mine = subject == one
        per_person[mine] = (trials[mine] - trials[mine].mean(axis=0)) / trials[mine].std(axis=0)
    new_people = [right(z, emotion, cv=LeaveOneGroupOut(), groups=subject).mean() for z in (trials, per_person)]
    folds = StratifiedKFold(min(5, len(emotion) // (7 * len(people))), shuffle=True, random_state=seed)
    new_trials = np.concatenate([right(trials[subject == s], emotion[subject == s], cv=folds) for s in people])
    windows, labels = x.reshape(-1, x.shape[2]), np.repeat(emotion, x.shape[1])
    train, test, y_train, y_test = train_test_split(windows, labels, test_size=0.2, random_state=seed, stratify=labels)
    nearest = make_pipeline(StandardScaler(), KNeighborsClassifier(1)).fit(train, y_train).score(test, y_test)
    return (*map(float, new_people), float(new_trials.mean()), float(nearest))


def measured(preset: str, repeats: int, size: dict[str, float]) -> np.ndarray:
    """Return the accuracies of a preset, ``(repeats, 4)``, each time of other people."""
    rows = []
    for seed in range(repeats):
        recipe = Recipe.of(preset, d=None, dp=None, rho=None, seed=seed, **size)  # type: ignore[arg-type]
        rows.append(accuracies(*features(recipe), seed))
    return np.array(rows)


def main() -> int:
    """Measure, print the table, and say whether it agrees with the reference's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a reduced size, which is not compared")
    parser.add_argument("--repeats", type=int, default=3, help="how many times, each with other people (default: 3)")
    parser.add_argument("--json", type=Path, help="write the figures there")
    args = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning)
    begin, figures, agrees = time.perf_counter(), {}, True
    size, repeats = (QUICK, 1) if args.quick else (FULL, args.repeats)
    print(
        f"{'preset':<9}"
        + "".join(f"{name:>26}" for name in COLUMNS)
        + "\n"
        + " " * 9
        + 4 * "   measured (sd) reference"
    )
    for preset in PRESETS:
        several = measured(preset, repeats, size)
        mean, spread = several.mean(axis=0), several.std(axis=0)
        figures[preset] = several.tolist()
        agrees &= bool((np.abs(mean - REFERENCE[preset]) <= TOLERANCE).all())
        cells = zip(mean, spread, REFERENCE[preset], strict=True)
        print(f"{preset:<9}" + "".join(f"{m:11.3f} ({s:.3f}) {r:8.3f}" for m, s, r in cells), flush=True)
    verdict = "a reduced size: not compared" if args.quick else f"all within {TOLERANCE} of the reference: {agrees}"
    print(f"{verdict}; {time.perf_counter() - begin:.0f} s")
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1))
    return 0 if args.quick or agrees else 1


if __name__ == "__main__":
    sys.exit(main())
