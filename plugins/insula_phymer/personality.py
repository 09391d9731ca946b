"""PhyMERPersonality: the five traits of the person."""

from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from insula import Signal, Trial
from insula_phymer.assessments import ANSWERS, Assessments, By, Form
from insula_phymer.assessor import TRAITS
from insula_phymer.reader import PhyMERReader
from insula_phymer.sheet import read_sheet


class PhyMERPersonality(PhyMERReader):
    """Reads the person's five traits, a static vector of levels: 1 low, 2 low to medium, 3 medium to high, 4 high.

    They are openness, conscientiousness, extraversion, agreeableness and neuroticism, in this order. The vector is the
    same in every trial of a person, so that to a model it may be a name tag. Levels may be written as numbers or words
    (``Low``, ``Low-Mid``, ``Mid-High``, ``High``); scores and answers are turned into levels as the Newcastle
    Personality Assessor does. An empty cell is an undefined trait.

    Parameters
    ----------
    root
        The folder given to the dataset.
    who
        The column that says whose row it is.
    by
        ``subject``: it names subjects, of which the number counts (``SUB07`` is ``7``); ``trial``: it names trials.
    traits
        The columns of the five traits in the order above. Where none of them is there, but exactly five columns beside
        ``who``, these are taken in their order.
    answers
        The columns of the answers to the twelve questions, from 1 to 5, as they were given; read where there are no
        columns of traits.
    form
        What the columns hold: ``levels``, ``scores``, ``answers``, or ``auto``: numbers are levels where none is above
        4, else scores.
    """

    modality = "personality"

    def __init__(
        self,
        root: Path,
        *,
        who: str = "subject",
        by: By = "subject",
        traits: Annotated[tuple[str, ...], Field(min_length=5, max_length=5)] = TRAITS,
        answers: Annotated[tuple[str, ...], Field(min_length=12, max_length=12)] = ANSWERS,
        form: Form = "auto",
    ) -> None:
        super().__init__(root)
        self.who, self.traits, self.answers = who, traits, answers
        self.by: By = by
        self.form: Form = form

    def load(self, path: Path, trial: Trial) -> Signal:
        """Load the person's row."""
        found = Assessments(read_sheet(path), self.who, self.by, self.traits, self.answers, self.form)
        levels = found.levels(trial.context.get("sample", trial.id) if self.by == "trial" else trial.subject)
        return Signal.of(np.array(levels)[:, None], 0.0, TRAITS, "1")
