"""How often insula's 95 % intervals cover the truth, and how often its paired tests cry wolf, on people made up for it.

``python benchmarks/intervals.py [--times N] [--json OUT]``. People differ in skill, in which class they are taken for,
and in how many trials they have; windows of a trial resemble each other, and three seeds of a model make most errors
together. The truth is the figure of thirty thousand such people. Beside the intervals stand two that are usual: the
percentile bootstrap over people, and the binomial interval over windows. A few minutes.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from insula import TargetSpec
from insula.evaluation.intervals import DRAWS, interval
from insula.evaluation.paired import compare_paired
from insula.evaluation.scores import ClassScores, NumberScores

CLASSES = ("anger", "joy", "sadness", "calm")
TARGET = TargetSpec("emotion", "classes", CLASSES)
SEEDS, WINDOWS = 3, 6
UNITS = (5, 8, 10, 20, 30, 60)
CROSSED = ((5, 5), (8, 12), (10, 10), (10, 40), (30, 30), (40, 60))
"""People and stimuli."""
BALANCED = ClassScores.names.index("balanced_accuracy")
Draw = Callable[[np.random.Generator, int], np.ndarray]
"""Makes so many people, and returns the sums of each."""


def answers(rng: np.random.Generator, people: int, edge: float = 0.0) -> tuple[np.ndarray, ...]:
    """Make people's answers: (rows) of person, trial, class, and (rows, seeds) of what is said.

    ``edge`` is how much better than the model of the same draw another one is.
    """
    trials = rng.integers(4, 25, people)  # unequal: some have six times as many as others
    person = np.repeat(np.arange(people), trials)
    truth = rng.integers(len(CLASSES), size=len(person))
    skill = 0.9 + edge + 0.6 * rng.normal(size=people)
    noise = 0.5 * rng.normal(size=(people, len(CLASSES)))[person] + 0.7 * rng.normal(size=(len(person), len(CLASSES)))
    logits = noise + skill[person, None] * np.eye(len(CLASSES))[truth]
    own = 0.4 * rng.normal(size=(people, SEEDS, len(CLASSES)))[person]
    windows = rng.normal(size=(len(person), WINDOWS, SEEDS, len(CLASSES)))
    said = (logits[:, None, None] + own[:, None] + windows).argmax(axis=-1).reshape(-1, SEEDS)
    rows = np.repeat(np.arange(len(person)), WINDOWS)
    return person[rows], rows, truth[rows], said


def of_classes(rng: np.random.Generator, people: int) -> np.ndarray:
    """Make people, and return the confusion matrix of each and every seed."""
    person, _, truth, said = answers(rng, people)
    scores = ClassScores(TARGET)
    return np.stack([scores.sums(truth, said[:, seed], person, people) for seed in range(SEEDS)], axis=1)


def of_numbers(rng: np.random.Generator, people: int) -> np.ndarray:
    """Make people whose arousal is followed more or less closely, and return the moments of each."""
    person = np.repeat(np.arange(people), rng.integers(20, 100, people))
    y = 5 + 0.5 * rng.normal(size=people)[person] + rng.normal(size=len(person))
    follows, shift = 0.5 + 0.25 * rng.normal(size=people), 5 + 0.3 * rng.normal(size=people)
    said = shift[person] + follows[person] * (y - 5) + 0.5 * rng.normal(size=len(person))
    # from 5, not from the mean of these people: so that draws of people can be added up
    terms = (np.ones_like(y), y - 5, said - 5, (y - 5) ** 2, (said - 5) ** 2, (y - 5) * (said - 5))
    moments = np.stack([np.bincount(person, term) for term in (*terms, (y - said) ** 2, np.abs(y - said))], axis=-1)
    return moments[:, None]


def of_pairs(rng: np.random.Generator, people: int, stimuli: int) -> np.ndarray:
    """Make people who see stimuli, and return the confusion matrix (right or wrong) of every pair of them."""
    skill, ease = 0.4 * rng.normal(size=(people, 1)), 0.3 * rng.normal(size=stimuli)
    right = norm.cdf(0.3 + skill + ease + 0.2 * rng.normal(size=(people, stimuli)))
    windows = np.repeat(rng.integers(2, 15, (people, 1)), stimuli, axis=1)
    hits = rng.binomial(windows, right)
    shown = rng.permutation(stimuli) % len(CLASSES)
    cells = np.zeros((people, stimuli, len(CLASSES), len(CLASSES)))
    cells[:, np.arange(stimuli), shown, shown] = hits
    cells[:, np.arange(stimuli), shown, (shown + 1) % len(CLASSES)] = windows - hits
    return cells.reshape(people * stimuli, 1, len(CLASSES), len(CLASSES))


def balanced(sums: np.ndarray) -> np.ndarray:
    """Read balanced accuracy off confusion matrices, seeds averaged."""
    return ClassScores(TARGET).values(sums)[..., BALANCED].mean(axis=1)[:, None]


def ccc(sums: np.ndarray) -> np.ndarray:
    """Read the CCC off moments, seeds averaged."""
    return NumberScores().values(sums)[..., 0].mean(axis=1)[:, None]


@cache
def truth(draw: Draw, statistic: Callable) -> float:
    """Return the figure of very many people."""
    rng = np.random.default_rng(0)
    return float(statistic(sum(draw(rng, 2000).sum(axis=0, keepdims=True) for _ in range(15)))[0, 0])


def covered(draw: Draw, statistic: Callable, units: int, times: int) -> tuple[float, float]:
    """Return how often the interval covers, and how often the percentile bootstrap would."""
    rng, true, hits = np.random.default_rng(units), truth(draw, statistic), np.zeros(2)
    for _ in range(times):
        sums = draw(rng, units)
        low, high = interval(sums, statistic)
        times_drawn = rng.multinomial(units, np.full(units, 1 / units), size=DRAWS)
        drawn = statistic(np.tensordot(times_drawn.astype(float), sums, axes=1))
        usual = np.nanquantile(drawn, [0.025, 0.975])
        hits += [low[0] <= true <= high[0], usual[0] <= true <= usual[1]]
    return tuple(hits / times)


def covered_over_windows(units: int, times: int) -> float:
    """Return how often the binomial interval over windows covers the balanced accuracy."""
    rng, true, hits = np.random.default_rng(units), truth(of_classes, balanced), 0
    for _ in range(times):
        sums = of_classes(rng, units)
        value, n = balanced(sums.sum(axis=0, keepdims=True))[0, 0], sums[:, 0].sum()
        hits += abs(value - true) <= 1.96 * np.sqrt(value * (1 - value) / n)
    return hits / times


def covered_crossed(people: int, stimuli: int, times: int) -> tuple[float, float]:
    """Return how often the two-way interval covers, and how often one over people would."""
    rng, hits = np.random.default_rng(people * stimuli), np.zeros(2)
    true = norm.cdf(0.3 / np.sqrt(1 + 0.4**2 + 0.3**2 + 0.2**2))
    person, stimulus = (codes.ravel() for codes in np.indices((people, stimuli)))
    for _ in range(times):
        sums = of_pairs(rng, people, stimuli)
        two = interval(sums, balanced, factors=(person, stimulus))
        one = interval(sums.reshape(people, stimuli, *sums.shape[1:]).sum(axis=1), balanced)
        hits += [low[0] <= true <= high[0] for low, high in (two, one)]
    return tuple(hits / times)


def table(rng: np.random.Generator, found: Sequence[np.ndarray], said: np.ndarray, folds: int = 5) -> pd.DataFrame:
    """Return answers as predictions of a run whose people are dealt out over folds."""
    person, trial, truth, _ = found
    names = np.array(CLASSES)
    head = {"fold": person % folds, "dataset": "made", "subject": person, "trial": trial, "y": names[truth]}
    head |= {"stimulus": None, "t0": np.arange(len(person)) % WINDOWS}
    seeds = [
        pd.DataFrame(
            {**head, "seed": seed, **{f"p_{name}": 1.0 * (said[:, seed] == i) for i, name in enumerate(names)}}
        )
        for seed in range(SEEDS)
    ]
    return pd.concat(seeds, ignore_index=True)


def false_alarms(units: int, times: int) -> dict[str, float]:
    """Return how often each test finds p < 0.05 between two models that are equally good; ``covered``: the interval."""
    rng, hits = np.random.default_rng(units), dict[str, int]()
    for _ in range(times):
        one = answers(rng, units)
        edge = 0.5 * rng.normal(size=(units, len(CLASSES)))[one[0]]  # the other one reads other people well
        logits = 1.3 * np.eye(len(CLASSES))[one[3]] + edge[:, None] + rng.normal(size=(*one[3].shape, len(CLASSES)))
        other = logits.argmax(axis=-1)
        swap = rng.integers(0, 2, units).astype(bool)[one[0]][:, None]  # for which people is by chance: no difference
        a, b = np.where(swap, other, one[3]), np.where(swap, one[3], other)
        found = compare_paired(table(rng, one, a), table(rng, one, b), TARGET, "subject", ratio=1 / 3)
        alarms = {name: outcome["p"] < 0.05 for name, outcome in found.tests.items()}
        for name, hit in {"covered": found.low <= 0 <= found.high, **alarms}.items():
            hits[name] = hits.get(name, 0) + hit
    return {name: count / times for name, count in hits.items()}


def main() -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=600, help="how often each is drawn (default: 600)")
    parser.add_argument("--json", type=Path, help="write the figures there")
    args = parser.parse_args()
    begin, figures = time.perf_counter(), {}
    print("How often a 95 % interval covers, in %\n")
    print(f"{'people':>8}{'balanced accuracy':>20}{'(bootstrap)':>13}{'(windows)':>11}{'CCC':>8}{'(bootstrap)':>13}")
    for n in UNITS:
        row = (*covered(of_classes, balanced, n, args.times), covered_over_windows(n, args.times))
        row += covered(of_numbers, ccc, n, args.times)
        figures[str(n)] = row
        print(
            f"{n:>8}" + "".join(f"{100 * x:>{w}.1f}" for x, w in zip(row, (20, 13, 11, 8, 13), strict=True)), flush=True
        )
    print(f"\n{'people × stimuli':>18}{'two-way':>9}{'(people only)':>15}")
    for people, stimuli in CROSSED:
        row = covered_crossed(people, stimuli, args.times)
        figures[f"{people} x {stimuli}"] = row
        print(f"{f'{people} × {stimuli}':>18}{100 * row[0]:>9.1f}{100 * row[1]:>15.1f}", flush=True)
    print(f"\nTwo models that are equally good: how often a test says p < 0.05, in %\n\n{'people':>8}", end="")
    for n in (5, 10, 30):
        row = false_alarms(n, args.times)
        figures[f"{n} paired"] = row
        if n == 5:
            print("".join(f"{name:>13}" for name in row))
        print(f"{n:>8}" + "".join(f"{100 * x:>13.1f}" for x in row.values()), flush=True)
    print(f"\n{args.times} draws each; {time.perf_counter() - begin:.0f} s")
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
