"""Near duplicates: one recording under two names, found by the signals themselves."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from insula.sources.joined_trial import own_name
from insula.types import Signal, Trial
from insula.windows.copies import is_copy
from insula.windows.likeness import FLOOR, filled, likeness, tapered, thinned
from insula.windows.run_facts import NearDuplicate
from insula.windows.slicing import cut
from insula.windows.windows import Windows

_NUMBERS = 256  # in a sketch
_LONGEST = 1 << 14  # samples that are sketched
_WORTH = 0.4  # likeness of two sketches from which the signals are compared
_BLOCK = 1024


def near_duplicates(windows: Windows, streams: Sequence[str]) -> list[NearDuplicate]:
    """Compare every trial with the trial that is most like it, by the prepared signals of some streams.

    Copies that the run has made, copies that a dataset declares (``parent``) and trials that share samples of a
    recording are left out: those are other findings. Static streams are not looked at.
    """
    trials = list({trial.id: trial for trial in windows.rows.trials if not is_copy(trial)}.values())
    return [pair for stream in streams for pair in _of_stream(stream, trials, partial(_stretch, windows, stream))]


def _stretch(windows: Windows, stream: str, trial: Trial) -> Signal | None:
    signal = windows.streams[stream].prepared.signal(stream, trial.recording)
    if signal is None or signal.static:
        return None
    return cut(signal, trial.start, trial.stop if trial.stop is not None else signal.stop)


def _of_stream(
    stream: str, trials: Sequence[Trial], stretch: Callable[[Trial], Signal | None]
) -> Iterator[NearDuplicate]:
    kinds: dict[tuple, list[tuple[Trial, int]]] = {}
    for trial in trials:
        signal = stretch(trial)
        if signal is not None:
            kinds.setdefault((signal.ch_names, signal.sfreq), []).append((trial, signal.n_times))
    for found in kinds.values():
        sketch = Sketch(max(length for _, length in found))
        sketches = [(trial, numbers) for trial, _ in found if (numbers := sketch(_there(stretch, trial))) is not None]
        if not sketches:
            continue
        alike = [trial for trial, _ in sketches]
        names = names_of(alike, several=len({trial.dataset for trial in trials}) > 1)
        for one, other in nearest(np.stack([numbers for _, numbers in sketches]), alike):
            how = likeness(_there(stretch, alike[one]), _there(stretch, alike[other]))
            if how:
                yield NearDuplicate(stream, names[one], names[other], round(how, 3))


def names_of(trials: Sequence[Trial], *, several: bool) -> list[str]:
    """Return what trials are called; of several datasets with the dataset before it, for two may use one name."""
    own = [str(own_name(trial, "id")) for trial in trials]
    return [f"{trial.dataset}/{name}" for trial, name in zip(trials, own, strict=True)] if several else own


def _there(stretch: Callable[[Trial], Signal | None], trial: Trial) -> Signal:
    signal = stretch(trial)
    assert signal is not None
    return signal


class Sketch:
    """Turns a stretch of signal into a few numbers that gain, offset and small shifts leave as they are.

    They are the fine structure of its power spectrum in dB, with random signs, added up in random order: the cosine of
    two sketches is about the correlation of the two spectra (Charikar, Chen and Farach-Colton 2004, "count sketch").

    Parameters
    ----------
    longest
        Samples of the longest stretch.
    """

    def __init__(self, longest: int) -> None:
        self.step = -(-longest // _LONGEST)
        self.size = max(2 << int(np.ceil(np.log2(longest / self.step))), 2 * _NUMBERS)
        rng = np.random.default_rng(0)
        self.signs = rng.choice([-1.0, 1.0], self.size // 2)
        self.order = rng.permutation(self.size // 2)

    def __call__(self, signal: Signal) -> Float[np.ndarray, " numbers"] | None:
        """Return the sketch, with length 1; None of what is too short or a straight line."""
        data = filled(signal)
        spread = data.std(axis=1, keepdims=True)
        mix = np.random.default_rng(0).choice([-1.0, 1.0], (len(data), 1))
        one = thinned((mix * data / np.where(spread > 0, spread, 1.0)).sum(axis=0, keepdims=True), self.step)
        if one.shape[1] < 16:
            return None
        power = np.abs(np.fft.rfft(tapered(one)[0], self.size)) ** 2
        if power.mean() < 1e-9:
            return None
        level = np.log(power + FLOOR * power.mean())
        around = 8 * self.size // one.shape[1] | 1  # bins: some lobes, so that what stays is the stretch's own
        detail = level - _averaged(level, min(around, len(level) - 1 | 1))
        numbers = (detail[:-1] * self.signs)[self.order].reshape(_NUMBERS, -1).sum(axis=1)
        length = float(np.linalg.norm(numbers))
        return numbers / length if length > 1e-9 else None


def _averaged(level: Float[np.ndarray, " bins"], width: int) -> Float[np.ndarray, " bins"]:
    from scipy.ndimage import uniform_filter1d

    return uniform_filter1d(level, width, mode="reflect")


def nearest(sketches: Float[np.ndarray, "trials numbers"], trials: Sequence[Trial]) -> list[tuple[int, int]]:
    """Return the pairs that are worth comparing: every trial and the one whose sketch is most like its own."""
    light, barred = sketches.astype(np.float32), _Barred(trials)
    pairs = set()
    for begin in range(0, len(light), _BLOCK):
        rows = np.arange(begin, min(begin + _BLOCK, len(light)))
        cosines = light[rows] @ light.T
        cosines[np.arange(len(rows)), rows] = -1
        left = np.arange(len(rows))
        while len(left):  # the likest one may be known to be the same; then the next one counts
            best = cosines[left].argmax(axis=1)
            worth = cosines[left, best] >= _WORTH
            left, best = left[worth], best[worth]
            known = barred(rows[left], best)
            pairs |= {
                (min(a, b), max(a, b)) for a, b in zip(rows[left[~known]].tolist(), best[~known].tolist(), strict=True)
            }
            cosines[left[known], best[known]] = -1
            left = left[known]
    return sorted(pairs)


class _Barred:
    """Which pairs of trials are known to have something in common."""

    def __init__(self, trials: Sequence[Trial]) -> None:
        self.family = pd.factorize(np.array([f"{t.dataset}/{t.parent or t.id}" for t in trials], object))[0]
        self.recording = pd.factorize(np.array([f"{t.dataset}/{t.recording}" for t in trials], object))[0]
        self.start = np.array([trial.start for trial in trials])
        self.stop = np.array([np.inf if trial.stop is None else trial.stop for trial in trials])

    def __call__(self, one: Int[np.ndarray, " pairs"], other: Int[np.ndarray, " pairs"]) -> Bool[np.ndarray, " pairs"]:
        same = self.recording[one] == self.recording[other]
        overlap = (self.start[one] < self.stop[other]) & (self.start[other] < self.stop[one])
        return (self.family[one] == self.family[other]) | (same & overlap)
