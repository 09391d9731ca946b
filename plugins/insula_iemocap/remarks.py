"""Remarks: sentences about the corpus as it was found."""

from collections import Counter
from collections.abc import Iterator, Sequence

from insula_iemocap.counts import Scenarios, compare
from insula_iemocap.emotions import Classes
from insula_iemocap.listed import Listed
from insula_iemocap.votes import unknown_words


def remark_on_counts(
    listed: Sequence[Listed], sessions: Sequence[str], classes: Classes, scenarios: Scenarios, made_up: bool
) -> Iterator[str]:
    """Compare how many utterances a class has with the release; of made-up data a difference is no news."""
    found = Counter((item.turn.utterance.name.session, item.emotion) for item in listed if item.emotion)
    comparison = compare(found, sessions, classes, scenarios)
    if comparison and (comparison.equal or not made_up):
        yield comparison.text


def remark_on_raters(listed: Sequence[Listed]) -> Iterator[str]:
    """Say how often a rater names the majority's label, and how often the best answers are what one rater says.

    The best answer to an utterance is the class that most of its raters name, majority or not.
    """
    used = [item for item in listed if item.emotion and item.agreement is not None]
    if used:
        votes = sum(len(item.votes) for item in used)
        agreeing = sum((item.agreement or 0.0) * len(item.votes) for item in used)
        yield f"a rater agrees with the majority label in {agreeing / votes:.1%} of {votes:,} votes"
    voted = [item for item in listed if item.shares]
    if voted:
        inside = sum(item.inside for item in voted)
        best = sum(max(item.shares.values()) * item.inside for item in voted)
        yield (
            f"the best answers are what a rater says in {best / inside:.1%} of the votes for one of the classes, on "
            f"{len(voted):,} utterances: the ceiling of emotion_e1…e6"
        )


def remark_on_words(listed: Sequence[Listed]) -> Iterator[str]:
    """Say which words of raters are none of the release's emotions."""
    words = Counter(word for item in listed for word in unknown_words(item.turn.utterance.words))
    if words:
        named = ", ".join(word for word, _ in words.most_common(5))
        yield f"votes for an emotion that the release doesn't have count as other: {words.total():,} ({named})"
