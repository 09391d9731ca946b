"""Counts: how many utterances of a class the release has, and how a tree compares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from insula_iemocap.emotions import Classes, names

Scenarios = Literal["all", "improvised", "scripted"]
Place = tuple[str | None, str]
"""Session (None: all of them) and class."""

SESSIONS = {
    "1": {"angry": 229, "happy": 135, "excited": 143, "sad": 194, "neutral": 384},
    "2": {"angry": 137, "happy": 117, "excited": 210, "sad": 197, "neutral": 362},
    "3": {"angry": 240, "happy": 135, "excited": 151, "sad": 305, "neutral": 320},
    "4": {"angry": 327, "happy": 65, "excited": 238, "sad": 143, "neutral": 258},
    "5": {"angry": 170, "happy": 143, "excited": 299, "sad": 245, "neutral": 384},
}
"""Utterances of a session by emotion; the sum is 5,531."""
WHOLE = {
    "neutral": 1708,
    "frustrated": 1849,
    "angry": 1103,
    "sad": 1084,
    "excited": 1041,
    "happy": 595,
    "surprised": 107,
    "fearful": 40,
    "disgusted": 2,
    "other": 3,
}
"""The whole release; with 2,507 without a majority the sum is 10,039."""
IMPROVISED = {"angry": 289, "happy": 284, "excited": 947 - 284, "sad": 608, "neutral": 1099}
RELEASE: Mapping[Scenarios, Mapping[str, int]] = {
    "all": WHOLE,
    "improvised": IMPROVISED,
    "scripted": {emotion: WHOLE[emotion] - count for emotion, count in IMPROVISED.items()},
}
SHOWN = 10
"""Differences that are named one by one."""


@dataclass(frozen=True)
class Comparison:
    """A sentence on how many utterances there are, and whether the release has as many."""

    text: str
    equal: bool


def compare(
    found: Mapping[tuple[str, str], int], sessions: Sequence[str], classes: Classes, scenarios: Scenarios
) -> Comparison | None:
    """Compare counts with the release's, as far as these are known.

    Parameters
    ----------
    found
        How many utterances there are, by session and class.
    sessions
        Those that are there.
    classes
        The set of classes.
    scenarios
        Which of them were counted.

    Returns
    -------
    None where the release's counts aren't known, such as those of improvised utterances in some of the sessions.
    """
    expected = _expected(sessions, classes, scenarios)
    if not expected:
        return None
    here = {
        place: sum(found.get((session, place[1]), 0) for session in ([place[0]] if place[0] else sessions))
        for place in expected
    }
    compared = list(dict.fromkeys(name for _, name in expected))
    kinds = f"{len(compared)} classes" if len(compared) == len(classes.names) else names(compared)
    where = "" if len(sessions) == len(SESSIONS) else f" in session{'s'[: len(sessions) > 1]} {names(sessions)}"
    kind = "" if scenarios == "all" else f"{scenarios} "
    text = f"{sum(here.values()):,} {kind}utterances of {kinds}{where}"
    if here == expected:
        return Comparison(f"{text}, as in the release", True)
    differences = [_difference(place, here[place], n) for place, n in expected.items() if here[place] != n]
    more = f", and {len(differences) - SHOWN} more" if len(differences) > SHOWN else ""
    told = f"{', '.join(differences[:SHOWN])}{more}"
    return Comparison(f"{text}, where the release has {sum(expected.values()):,}: {told}", False)


def _expected(sessions: Sequence[str], classes: Classes, scenarios: Scenarios) -> dict[Place, int]:
    """Return the counts that can be compared: of every session where they are known, else of the release."""
    whole = set(sessions) == set(SESSIONS)
    found: dict[Place, int] = {}
    for name in classes.names:
        emotions = classes.emotions(name)
        if scenarios == "all" and all(emotion in SESSIONS["1"] for emotion in emotions):
            for session in sessions:
                found[session, name] = sum(SESSIONS[session][emotion] for emotion in emotions)
        elif whole and all(emotion in RELEASE[scenarios] for emotion in emotions):
            found[None, name] = sum(RELEASE[scenarios][emotion] for emotion in emotions)
    return found


def _difference(place: Place, here: int, expected: int) -> str:
    session, name = place
    return f"{f'session {session} ' if session else ''}{name} {here:,} (there {expected:,})"
