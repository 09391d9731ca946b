"""Showings: which video was shown to whom, what it was meant to make people feel, and what they said they felt."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from insula_phymer.generator.emotions import AROUSAL, EMOTIONS, LEVEL, VALENCE
from insula_phymer.generator.recipe import Recipe

SHORTEST, LONGEST = 60.0, 125.0
"""Seconds; the mean is 92.5, as in the paper."""
FIRST_DAY = 1_640_995_200.0
"""1 January 2022, when the made-up study began: one person a day, from nine in the morning."""
PAUSE = 60.0
"""Seconds between two videos."""
AROUSAL_NOISE = 0.6
"""How far the arousal of one showing is from its emotion's, whose own standard deviation is 1."""
RATING_SD = 1.0
"""How far a rating is from what was felt, on the scale from 1 to 9."""


@dataclass(frozen=True)
class Showing:
    """One trial: a video shown to a person.

    ``target`` and ``emotion`` are the numbers of the emotion meant and reported; ``felt`` is the arousal that the body
    follows (over all showings: mean 0, variance about 1.4); ``arousal`` and ``valence`` are ratings from 1 to 9.
    """

    subject: int
    video: int
    target: int
    emotion: int
    felt: float
    arousal: int
    valence: int
    seconds: float
    start: float

    @property
    def code(self) -> str:
        """The experiment's code, such as SUB07VID24."""
        return f"SUB{self.subject:02d}VID{self.video:02d}"


def showings(recipe: Recipe) -> list[Showing]:
    """Return all trials, by subject and video."""
    return [one for subject in range(1, recipe.subjects + 1) for one in _of_subject(recipe, subject)]


@lru_cache(maxsize=64)
def video_ids(recipe: Recipe) -> tuple[int, ...]:
    """Return the numbers of the videos: with gaps, and beyond 23 as in the published set."""
    last = max(24, round(1.4 * recipe.videos))
    others = recipe.rng("videos").choice(last - 1, recipe.videos - 1, replace=False) + 1
    return (*sorted(others.tolist()), last)


@lru_cache(maxsize=64)
def targets(recipe: Recipe) -> tuple[int, ...]:
    """Return the emotion that each video is meant for: every one equally often, as far as their number allows."""
    return tuple(recipe.rng("videos", 1).permutation(_balanced(recipe.videos, 0)).tolist())


def reports(recipe: Recipe, subject: int) -> list[int]:
    """Return the emotion that a subject reports for each video.

    Two wishes meet here. Balance fixes how often a subject reports each emotion: ``videos // 7`` times, and once more
    for ``videos % 7`` of them, others from subject to subject. Agreement then only decides *which* videos get their
    own emotion: a report that differs from its video's target takes the place of another video's, so that reports of
    one subject disagree in exchange, never alone. ``agreement`` is therefore met to the nearest share that balance
    allows, it can't reach 1 where the subject's extra emotions aren't those of the videos, and the confusions have no
    preferred direction (a real subject's would).
    """
    meant = np.array(targets(recipe))
    rng = recipe.rng("reports", subject)
    pool = np.bincount(_balanced(recipe.videos, subject * (recipe.videos % len(EMOTIONS))), minlength=len(EMOTIONS))
    wanted = round(recipe.agreement * recipe.videos)
    if wanted == recipe.videos - 1 and (pool == np.bincount(meant, minlength=len(EMOTIONS))).all():
        wanted -= 1  # one alone can't disagree
    said = np.full(recipe.videos, -1)
    for video in _one_of_each_last(meant, rng):
        if wanted > 0 and pool[meant[video]]:
            said[video] = meant[video]
            pool[meant[video]] -= 1
            wanted -= 1
    return _fill(said, meant, pool, rng).tolist()


def _balanced(count: int, first: int) -> np.ndarray:
    """Return emotions, each equally often; the first to be taken once more is ``first``, modulo seven."""
    return (first + np.arange(count)) % len(EMOTIONS)


def _one_of_each_last(meant: np.ndarray, rng: np.random.Generator) -> Sequence[int]:
    """Return the videos in an order whose last ones are of as many emotions as can be: those are left to disagree."""
    shuffled = rng.permutation(len(meant))
    rank = np.array([(meant[shuffled[:place]] == meant[video]).sum() for place, video in enumerate(shuffled)])
    return shuffled[np.argsort(-rank, kind="stable")].tolist()


def _fill(said: np.ndarray, meant: np.ndarray, pool: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give the videos that have no report yet what is left in the pool, as few as possible their own emotion."""
    from scipy.optimize import linear_sum_assignment

    open_ones, left = np.flatnonzero(said < 0), np.repeat(np.arange(len(pool)), pool)
    cost = (meant[open_ones, None] == left) + 1e-3 * rng.random((len(open_ones), len(left)))
    rows, columns = linear_sum_assignment(cost)
    said[open_ones[rows]] = left[columns]
    return said


def _of_subject(recipe: Recipe, subject: int) -> list[Showing]:
    ids, meant, said = video_ids(recipe), targets(recipe), reports(recipe, subject)
    seconds = [_seconds(recipe, subject, video) for video in ids]
    starts = _starts(recipe, subject, seconds)
    return [
        Showing(subject, ids[k], meant[k], said[k], *_feeling(recipe, subject, ids[k], said[k]), seconds[k], starts[k])
        for k in range(len(ids))
    ]


def _seconds(recipe: Recipe, subject: int, video: int) -> float:
    """Return a trial's length.

    Drawn anew for every subject, although a video has one length: else the length would name the video, and with it
    the emotion that it is meant for, which the null must not.
    """
    if recipe.seconds is not None:
        return float(recipe.seconds)
    return round(float(recipe.rng("seconds", subject, video).uniform(SHORTEST, LONGEST)), 2)


def _starts(recipe: Recipe, subject: int, seconds: Sequence[float]) -> list[float]:
    """Return when each video was shown, in Unix seconds: one after the other, in an order of the subject's own."""
    order = recipe.rng("order", subject).permutation(len(seconds))
    begin = FIRST_DAY + subject * 86_400 + 9 * 3600
    starts = np.empty(len(seconds))
    starts[order] = begin + np.concatenate([[0], np.cumsum(np.array(seconds)[order] + PAUSE)[:-1]])
    return np.round(starts).tolist()


def _feeling(recipe: Recipe, subject: int, video: int, emotion: int) -> tuple[float, int, int]:
    """Return felt arousal, and the ratings of arousal and valence, which follow the reported emotion."""
    noise = AROUSAL_NOISE * float(recipe.rng("arousal", subject, video).standard_normal())
    habit = recipe.rng("ratings", subject).standard_normal(2) / 2
    off = RATING_SD * recipe.rng("ratings", subject, video).standard_normal(2)
    arousal, valence = (off + habit).tolist()
    arousal += float(AROUSAL[emotion] + noise * AROUSAL.std())
    valence += float(VALENCE[emotion])
    return float(LEVEL[emotion]) + noise, _rating(arousal), _rating(valence)


def _rating(value: float) -> int:
    return int(np.clip(round(value), 1, 9))
