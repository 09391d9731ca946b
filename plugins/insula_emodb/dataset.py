"""EmoDB: what the file names of the Berlin Database of Emotional Speech say."""

import re
from collections.abc import Iterable
from pathlib import Path

from insula import DataError, Dataset, Target, Trial

EMOTIONS = {
    "W": "anger",
    "L": "boredom",
    "E": "disgust",
    "A": "anxiety",
    "F": "happiness",
    "T": "sadness",
    "N": "neutral",
}
"""The letters stand for the German words Wut, Langeweile, Ekel, Angst, Freude, Trauer and neutral."""

SPEAKERS = {
    "03": ("male", 31),
    "08": ("female", 34),
    "09": ("female", 21),
    "10": ("male", 32),
    "11": ("male", 26),
    "12": ("male", 30),
    "13": ("female", 32),
    "14": ("female", 35),
    "15": ("male", 25),
    "16": ("female", 31),
}
SENTENCES = ("a01", "a02", "a04", "a05", "a07", "b01", "b02", "b03", "b09", "b10")
FOUR = ("anger", "happiness", "neutral", "sadness")
NAME = re.compile(rf"({'|'.join(SPEAKERS)})({'|'.join(SENTENCES)})([{''.join(EMOTIONS)}])([a-z])")
EXAMPLE = "names look like 03a01Wa.wav: speaker, sentence, emotion (one of W L E A F T N), version"


class EmoDB(Dataset):
    """The Berlin Database of Emotional Speech: ten actors, ten sentences, seven emotions.

    The subject is the speaker and the stimulus the sentence, so that splits can keep both apart. The target ``emotion``
    has the four classes anger, happiness, sadness and neutral (an utterance of another emotion has no such label);
    ``emotion7`` has all seven. Gender and age of the speaker stand in the trial's context.

    Parameters
    ----------
    root
        The folder of the WAV files, or the one that has them in its folder ``wav``.

    Notes
    -----
    Burkhardt, Paeschke, Rolfes, Sendlmeier & Weiss (2005), A database of German emotional speech, Interspeech.
    """

    licence = "Freely available for research; name the citation"
    citation = (
        "F. Burkhardt, A. Paeschke, M. Rolfes, W. Sendlmeier, B. Weiss: "
        "A database of German emotional speech. Interspeech 2005."
    )
    identifiability = "Voices of ten actors, whose gender and age are part of the corpus: a voice can be recognised"
    intended_use = "Research. Emotions are acted, on ten given sentences; what holds for them need not hold elsewhere"
    readers = {"speech": "emodb_speech"}
    terms = {"subject": "speaker", "stimulus": "sentence"}
    targets = {"emotion": Target("classes", FOUR), "emotion7": Target("classes", tuple(sorted(EMOTIONS.values())))}

    def trials(self) -> Iterable[Trial]:
        """List the utterances by name; a WAV file whose name isn't EmoDB's is left out.

        Raises
        ------
        DataError
            If there is no such folder, or no EmoDB file in it.
        """
        self.left_out.clear()
        folder, files = self._files()
        found = [trial for path in files if (trial := self._trial(path)) is not None]
        if not found:
            raise DataError(f"none of the {len(files)} WAV files in {folder} has an EmoDB name: {EXAMPLE}")
        return found

    def _files(self) -> tuple[Path, list[Path]]:
        """Return the folder that holds the WAV files, and these."""
        if self.root is None or not self.root.is_dir():
            where = "no folder is given" if self.root is None else f"there is no folder {self.root}"
            raise DataError(f"EmoDB: {where}. Say where its WAV files are: dataset.root=DIR")
        for folder in (self.root, self.root / "wav"):
            if files := sorted(path for path in folder.glob("*") if path.suffix.lower() == ".wav" and path.is_file()):
                return folder, files
        raise DataError(
            f"EmoDB: there are no WAV files in {self.root}, nor in {self.root / 'wav'} ({EXAMPLE}). "
            "Say where they are: dataset.root=DIR"
        )

    def _trial(self, path: Path) -> Trial | None:
        match = NAME.fullmatch(path.stem)
        if match is None:
            self.leave_out(path, f"not an EmoDB name; {EXAMPLE}")
            return None
        speaker, sentence, letter, _ = match.groups()
        gender, age = SPEAKERS[speaker]
        emotion = EMOTIONS[letter]
        return Trial(
            id=path.stem,
            dataset="emodb",
            subject=speaker,
            stimulus=sentence,
            labels={"emotion": emotion if emotion in FOUR else None, "emotion7": emotion},
            context={"path": path.relative_to(self.root).as_posix(), "gender": gender, "age": age},
        )
