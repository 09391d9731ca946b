"""Votes: what the raters of an utterance said, as shares of the emotions."""

from collections.abc import Iterable, Mapping

from insula_iemocap.emotions import Classes, emotion_of

Votes = Mapping[int, Mapping[str, float]]
"""Rater to emotion to share; the shares of one rater sum to one."""


def votes_of(words: Mapping[int, Iterable[str]]) -> Votes:
    """Return every rater's vote; several emotions share it equally, and a word that is none of the ten is ``other``."""
    votes = {}
    for rater, said in words.items():
        named = list(dict.fromkeys(emotion_of(word) or "other" for word in said))
        votes[rater] = dict.fromkeys(named, 1 / len(named))
    return votes


def unknown_words(words: Mapping[int, Iterable[str]]) -> list[str]:
    """Return the words that are none of the ten emotions."""
    return [word for said in words.values() for word in said if emotion_of(word) is None]


def together(votes: Votes) -> dict[str, float]:
    """Return the sum of all raters' votes."""
    found: dict[str, float] = {}
    for vote in votes.values():
        for emotion, share in vote.items():
            found[emotion] = found.get(emotion, 0.0) + share
    return found


def agreement(emotion: str | None, votes: Votes, classes: Classes) -> float | None:
    """Return the share of the raters' votes that an utterance's label has, whatever else they named.

    Where excited counts as happy, votes for either are votes for both. None where there is no label or no rater.
    """
    if emotion is None or not votes:
        return None
    wanted = classes.merge(emotion)
    return sum(share for named, share in together(votes).items() if classes.merge(named) == wanted) / len(votes)
