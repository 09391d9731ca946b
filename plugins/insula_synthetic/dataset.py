"""Synthetic: trials with a known effect."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from insula import Dataset, Signal, Target, Trial
from insula_synthetic import folder
from insula_synthetic.eda import SFREQ
from insula_synthetic.recipe import CLASSES, Recipe

NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Synthetic(Dataset):
    """SYNTHETIC: made-up people whose EEG and skin conductance depend on the class as strongly as ``effect`` says.

    Every person goes through every class equally often, and through every stimulus, in an order of their own; classes
    and stimuli are crossed, so that neither the stimulus nor the person says anything about the class. The labels are
    ``emotion`` (classes), ``arousal`` (a number), ``arousal_trace`` (the same over time) and ``raters`` (how many of
    five raters named each class). With ``effect=0`` no signal says anything about any of them: a score above chance is
    then a leak. Scores on it never stand beside published ones.

    Parameters
    ----------
    root
        A folder that ``insula generate synthetic`` wrote, which then decides everything; None: made in memory.
    subjects
        How many people there are.
    trials
        Trials per person.
    seconds
        Length of a trial.
    classes
        How many classes there are.
    effect
        Standard deviation of the shift of log band power by class in half of the channels; it also scales how far
        arousal follows the class and skin conductance follows arousal. 0: no class information anywhere.
    trial_offset
        Standard deviation of a constant mark of each trial (log band power, electrode potentials, log skin
        conductance): it says nothing about the class, but lets windows of one trial be recognised, so that random
        windows leak.
    subject_offset
        The same of each person.
    stimuli
        How many stimuli there are.
    rho
        Share of the effect's variance on the EEG that all people have in common; the rest is each person's own.
    missing
        Share of the trials that lack the peripheral modality.
    seed
        Other seeds give other people.
    """

    licence = "SYNTHETIC: made-up data, free of rights"
    citation = "SYNTHETIC: made by insula; its scores never stand beside published ones"
    consent = "None is needed: nobody was recorded"
    identifiability = "Nobody is in it"
    intended_use = "Trying out and testing software; scores on it say nothing about people"
    readers = {"eeg": "synthetic_eeg", "peripheral": "synthetic_peripheral", "personality": "synthetic_personality"}
    needs_root = False
    made_up = True

    def __init__(
        self,
        root: Path | None,
        *,
        subjects: Annotated[int, Field(ge=1)] = 8,
        trials: Annotated[int, Field(ge=1)] = 12,
        seconds: Annotated[float, Field(ge=1)] = 20.0,
        classes: Annotated[int, Field(ge=2, le=len(CLASSES))] = 3,
        effect: NotNegative = 1.0,
        trial_offset: NotNegative = 0.3,
        subject_offset: NotNegative = 0.3,
        stimuli: Annotated[int, Field(ge=1)] = 4,
        rho: Share = 0.6,
        missing: Share = 0.0,
        seed: Annotated[int, Field(ge=0)] = 0,
    ) -> None:
        super().__init__(root)  # type: ignore[arg-type]
        asked = Recipe(
            subjects, trials, seconds, classes, effect, trial_offset, subject_offset, stimuli, rho, missing, seed
        )
        self.recipe = asked if root is None else folder.recipe_of(root, asked, type(self))
        names = self.recipe.class_names
        self.targets = {
            "emotion": Target("classes", names),
            "arousal": Target("number"),
            "arousal_trace": Target("number"),
            "raters": Target("classes", names),
        }

    def trials(self) -> Iterable[Trial]:
        """List the trials, person by person.

        Raises
        ------
        DataError
            If ``root`` isn't a folder that ``insula generate synthetic`` wrote.
        """
        made = made_trials(self.recipe)
        return made if self.root is None else folder.trials_of(self.root, self.recipe.class_names)

    @classmethod
    def generate(cls, root: Path, *, seed: int = 0, **options: Any) -> None:
        """Write the same data that the same options give in memory: a manifest, NPY files, and what they were made
        from.
        """
        dataset = cls(None, seed=seed, **options)
        folder.write(root, dataset.recipe, list(dataset.trials()))


def made_trials(recipe: Recipe) -> list[Trial]:
    """Return the trials of a recipe; their context tells the readers how to make the signals."""
    return [_trial(recipe, subject, trial) for subject in range(recipe.subjects) for trial in range(recipe.trials)]


def _trial(recipe: Recipe, subject: int, trial: int) -> Trial:
    label, stimulus = recipe.condition(subject, trial)
    person = f"S{subject + 1:02d}"
    trace = Signal.of(recipe.arousal_trace(subject, trial, SFREQ), SFREQ, ["arousal"], "1")
    return Trial(
        id=f"{person}_T{trial + 1:02d}",
        dataset="synthetic",
        subject=person,
        stimulus=f"V{stimulus + 1:02d}",
        labels={
            "emotion": recipe.class_names[label],
            "arousal": recipe.arousal(subject, trial),
            "arousal_trace": trace,
            "raters": recipe.raters(subject, trial),
        },
        context={"recipe": recipe, "which": (subject, trial)},
    )
