"""Listed: an utterance with what the options make of its labels."""

from dataclasses import dataclass

from insula import Label, Trial
from insula_iemocap.emotions import AFFECT, CODES, RATERS, Classes
from insula_iemocap.name import GENDERS
from insula_iemocap.session import Turn
from insula_iemocap.votes import Votes, agreement, together, votes_of


@dataclass(frozen=True)
class Listed:
    """An utterance as the dataset lists it.

    Parameters
    ----------
    turn
        The utterance, its sound and its place in the dialogue.
    classes
        The classes that its labels are put in.
    votes
        What each rater said.
    agreement
        Share of the raters' votes that its label has; None where it has no label or no rater.
    """

    turn: Turn
    classes: Classes
    votes: Votes
    agreement: float | None

    @classmethod
    def of(cls, turn: Turn, classes: Classes) -> "Listed":
        """Put an utterance's labels in classes."""
        utterance = turn.utterance
        votes = votes_of(utterance.words)
        return cls(turn, classes, votes, agreement(CODES.get(utterance.label or ""), votes, classes))

    @property
    def emotion(self) -> str | None:
        """The class of the majority's label; None where it has none."""
        return self.classes.place(CODES.get(self.turn.utterance.label or ""))

    @property
    def shares(self) -> dict[str, float]:
        """How the raters' votes fall on the classes; empty where none does."""
        return self.classes.shares(together(self.votes))

    @property
    def inside(self) -> float:
        """How many of the raters' votes fall on the classes."""
        return sum(weight for emotion, weight in together(self.votes).items() if self.classes.place(emotion))

    def labels(self) -> dict[str, Label]:
        """Return the labels of every target; None where the utterance has none."""
        affect = self.turn.utterance.affect
        return {
            "emotion": self.emotion,
            "emotion_votes": self.shares or None,
            **{f"emotion_e{rater}": self._said(rater) for rater in RATERS},
            **{scale: affect.get(scale) for scale in AFFECT},
        }

    def _said(self, rater: int) -> Label:
        """Return the class that a rater named, or of several their shares."""
        shares = self.classes.shares(self.votes.get(rater, {}))
        return next(iter(shares)) if len(shares) == 1 else shares or None

    def trial(self) -> Trial:
        """Return the utterance as a trial."""
        utterance, name = self.turn.utterance, self.turn.utterance.name
        return Trial(
            id=name.text,
            dataset="iemocap",
            subject=name.person,
            session=name.session,
            stimulus=name.scenario,
            group=name.dialogue,
            position=self.turn.position,
            labels=self.labels(),
            context={
                "path": self.turn.path,
                "scenario": name.scenario,
                "type": name.type,
                "gender": GENDERS[name.speaker],
                "mocap": name.wearer,
                "transcript": self.turn.transcript,
                "agreement": self.agreement,
                "dialogue_start": utterance.start,
                "dialogue_stop": utterance.stop,
            },
        )
