"""IEMOCAP: the utterances of the release, with the majority's label, the raters' votes and the affect."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from insula import DataError, Dataset, Trial
from insula_iemocap.counts import Scenarios
from insula_iemocap.emotions import Classes, Size
from insula_iemocap.listed import Listed
from insula_iemocap.remarks import remark_on_counts, remark_on_raters, remark_on_words
from insula_iemocap.session import read_session
from insula_iemocap.tree import is_made_up, session_folders

ROUNDED = 0.005
"""Agreements this close are equal: who types 0.67 means two raters of three."""


class IEMOCAP(Dataset):
    """IEMOCAP: ten actors in five sessions of two, who improvise and play scripts; about 10,000 utterances.

    The subject is the person who speaks (``Ses01F``: session, and the letter of the *last* token of the utterance's
    name; the first letter says who wore the motion capture markers, and is another person in half of the utterances).
    The stimulus is the scenario, the group the dialogue; takes of one dialogue (``impro05a``, ``impro05b``) are
    dialogues of one scenario. In the context stand the type of the scenario, the speaker's gender, who wore the
    markers (``mocap``), what was said (``transcript``, where it is known), the raters' ``agreement``, and when the
    utterance starts and stops in its dialogue. The order in the dialogue counts all utterances of the evaluation.

    Targets: ``emotion``, the majority's label as the release has it (an utterance of another class, or without a
    majority, has none); ``emotion_votes``, how the raters' votes fall on the classes; ``emotion_e1`` to
    ``emotion_e6``, what one rater said; ``valence``, ``activation`` and ``dominance``, the release's means from 1 to 5.
    Several emotions of one rater share that rater's one vote equally. What the actors said of themselves is no vote.
    The agreement of an utterance is the share of all raters' votes that its label has; where excited counts as happy,
    votes for either are votes for both.

    Parameters
    ----------
    root
        The folder that holds ``Session1`` to ``Session5``, or the one that has it as ``IEMOCAP_full_release``; some of
        the sessions will do.
    classes
        Classes of the label and the votes: 4 (angry, happy, sad, neutral), 5 (and frustrated), 6 (and excited,
        frustrated), or ``all`` ten.
    merge_excited
        Whether excited counts as happy, with 4 or 5 classes: else it has no class there. With 6 or all it has its own.
    scenarios
        Which dialogues are listed: ``all``, only the ``improvised`` or only the ``scripted`` ones.
    agreement
        Least agreement, to half a percent; above 0, utterances without a majority or a rater aren't listed either.

    Notes
    -----
    Busso et al. (2008), Language Resources and Evaluation 42(4):335-359. How many utterances there are is compared with
    the release, and told: 5,531 of 4 classes, 4,490 without excited; improvised 2,943 and 2,280.
    """

    licence = "Given by the University of Southern California on a signed licence; no redistribution"
    citation = (
        "C. Busso, M. Bulut, C.-C. Lee, A. Kazemzadeh, E. Mower, S. Kim, J. N. Chang, S. Lee, S. S. Narayanan: "
        "IEMOCAP: Interactive emotional dyadic motion capture database. "
        "Language Resources and Evaluation 42(4), 335-359, 2008."
    )
    identifiability = "Voices of ten actors, named by session and gender; the release has video and motion capture too"
    intended_use = (
        "What the signed licence allows. Ten actors improvise and play scripts; an utterance without a majority of the "
        "raters has no class, so that the harder ones are never tested"
    )
    readers = {"speech": "iemocap_speech"}
    terms = {"subject": "speaker", "stimulus": "scenario", "group": "dialogue"}
    targets = Classes.of(4, merge_excited=True).targets()
    resumable = True

    def __init__(
        self,
        root: Path,
        *,
        classes: Size = 4,
        merge_excited: bool = True,
        scenarios: Scenarios = "all",
        agreement: Annotated[float, Field(ge=0, le=1)] = 0.0,
    ) -> None:
        super().__init__(root)
        self.classes = Classes.of(classes, merge_excited)
        self.targets = self.classes.targets()
        self.scenarios: Scenarios = scenarios
        self.agreement = agreement

    def trials(self) -> Iterable[Trial]:
        """List the utterances that have both a label and a sound, by session, dialogue and start.

        Raises
        ------
        DataError
            If there is no session's folder, no utterance in it, or none that the options keep.
        """
        self.left_out.clear()
        self.remarks.clear()
        folders = session_folders(self.root)
        found = [
            Listed.of(turn, self.classes)
            for folder in folders.values()
            for turn in read_session(self.root, folder, self.leave_out)
        ]
        if not found:
            first = "".join(f"; left out first: {item.what}: {item.why}" for item in self.left_out[:1])
            raise DataError(f"IEMOCAP: no utterance in {self.root} has both a label and a WAV file{first}")
        played = self._played(found)
        for remark in (
            *remark_on_counts(played, [*folders], self.classes, self.scenarios, is_made_up(self.root)),
            *remark_on_words(played),
        ):
            self.remark(remark)
        if silent := sum(item.turn.transcript is None for item in played):
            self.remark(f"{silent:,} of {len(played):,} utterances have no transcript")
        kept = self._agreed(played)
        for remark in remark_on_raters(kept):
            self.remark(remark)
        return [item.trial() for item in kept]

    def _played(self, found: list[Listed]) -> list[Listed]:
        """Keep the utterances of the scenarios that are asked for."""
        kept = [item for item in found if self.scenarios in ("all", item.turn.utterance.name.type)]
        return self._kept(kept, found, self.scenarios, f"dataset.scenarios={self.scenarios}")

    def _agreed(self, found: list[Listed]) -> list[Listed]:
        """Keep the utterances whose label has votes enough."""
        if self.agreement == 0:
            return found
        kept = [item for item in found if item.agreement is not None and item.agreement > self.agreement - ROUNDED]
        what = f"of a label that has {self.agreement:.0%} of the raters' votes"
        return self._kept(kept, found, what, f"dataset.agreement={self.agreement:g}")

    def _kept(self, kept: list[Listed], found: list[Listed], what: str, option: str) -> list[Listed]:
        if not kept:
            raise DataError(f"IEMOCAP: none of the {len(found):,} utterances in {self.root} is {what}: change {option}")
        if len(kept) < len(found):
            self.remark(f"{len(kept):,} of {len(found):,} utterances are {what} ({option}); the others aren't listed")
        return kept

    @classmethod
    def generate(
        cls,
        root: Path,
        *,
        seed: Annotated[int, Field(ge=0)] = 0,
        preset: Literal["default", "null"] = "default",
        utterances: Annotated[int, Field(ge=1)] = 300,
        effect: Annotated[float, Field(ge=0)] | None = None,
        others: Annotated[float, Field(ge=0, le=1)] = 0.0,
    ) -> None:
        """Write SYNTHETIC dialogues in the release's layout, with speech-like sound, going on where it was interrupted.

        Parameters
        ----------
        root
            A new folder, or one in which the same options were interrupted; the release is a folder in it.
        seed
            Other seeds give other people, dialogues and words.
        preset
            Whether the sound knows its label: ``null`` not at all (effect 0), ``default`` as a voice might (effect 1).
        utterances
            How many are angry, happy, excited, sad or neutral by their label; 5531 gives the release's counts.
        effect
            By how much the label moves the voice, in place of the preset's.
        others
            How many more have another label or no majority, as a share of ``utterances``; the release's is 0.815.
        """
        from insula_iemocap.generator.write import write

        write(root, seed=seed, preset=preset, utterances=utterances, effect=effect, others=others)
