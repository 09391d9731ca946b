"""Session: what lies in the folder of one session, labels and sounds put together."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from insula_iemocap.evaluation import LeaveOut, Utterance, read_evaluation
from insula_iemocap.name import EXAMPLE, Name
from insula_iemocap.transcription import read_transcription
from insula_iemocap.tree import files_in, folders_in

EVALUATIONS, SOUNDS, TRANSCRIPTIONS = "dialog/EmoEvaluation", "sentences/wav", "dialog/transcriptions"


@dataclass(frozen=True)
class Turn:
    """An utterance that has a label and a sound.

    Parameters
    ----------
    utterance
        What the evaluation says of it.
    path
        Its WAV file, from the root.
    position
        Its place in the dialogue, from 0, by start; utterances without a sound count too.
    transcript
        What was said; None where no file says so.
    """

    utterance: Utterance
    path: str
    position: int
    transcript: str | None


def read_session(root: Path, folder: Path, leave_out: LeaveOut) -> Iterator[Turn]:
    """Yield the utterances of a session by dialogue and start; a label or a sound without the other is told."""
    place = folder.relative_to(root).as_posix()
    evaluations = files_in(folder / EVALUATIONS, ".txt")
    for needed in (EVALUATIONS, SOUNDS):
        if not (folder / needed).is_dir():
            leave_out(f"{place}/{needed}", f"a session without the folder {needed}")
    utterances = _utterances(folder, place, evaluations, leave_out)
    sounds = _sounds(folder, place, leave_out)
    _tell_of_sounds(sounds, utterances, {file[:-4] for file in evaluations}, leave_out)
    for dialogue, turns in _dialogues(utterances).items():
        said = read_transcription(folder / TRANSCRIPTIONS / f"{dialogue}.txt")
        for position, utterance in enumerate(turns):
            name = utterance.name.text
            if name in sounds:
                yield Turn(utterance, sounds[name], position, said.get(name))
            else:
                leave_out(f"{name} ({utterance.place})", f"a label without a WAV file in {SOUNDS}/DIALOGUE")


def _utterances(folder: Path, place: str, files: list[str], leave_out: LeaveOut) -> dict[str, Utterance]:
    """Return the utterances of all evaluation files by name; of one that occurs twice the first counts."""
    found: dict[str, Utterance] = {}
    for file in files:
        for utterance in read_evaluation(folder / EVALUATIONS / file, f"{place}/{EVALUATIONS}/{file}", leave_out):
            first = found.setdefault(utterance.name.text, utterance)
            if first is not utterance:
                where = f"{utterance.name.text} ({utterance.place}; before it: {first.place})"
                leave_out(where, "an utterance that occurs a second time: the first counts")
    return found


def _sounds(folder: Path, place: str, leave_out: LeaveOut) -> dict[str, str]:
    """Return the WAV files by the utterance's name: those of all dialogues, and any that lie beside their folders."""
    found: dict[str, str] = {}
    for where in (SOUNDS, *(f"{SOUNDS}/{dialogue}" for dialogue in folders_in(folder / SOUNDS))):
        for file in files_in(folder / where, ".wav"):
            path = f"{place}/{where}/{file}"
            if Name.of(file[:-4]) is None:
                leave_out(path, f"a WAV file whose name isn't an utterance's: {EXAMPLE}.wav")
            elif (first := found.setdefault(file[:-4], path)) != path:
                leave_out(f"{path} (instead: {first})", "a second WAV file of the same utterance")
    return found


def _tell_of_sounds(
    sounds: dict[str, str], utterances: dict[str, Utterance], evaluated: set[str], leave_out: LeaveOut
) -> None:
    for name, path in sounds.items():
        if name in utterances:
            continue
        if path.split("/")[-2] in evaluated:
            leave_out(path, f"a WAV file without a label in {EVALUATIONS}/DIALOGUE.txt")
        else:
            leave_out(path, f"a WAV file of a dialogue without a file in {EVALUATIONS}")


def _dialogues(utterances: dict[str, Utterance]) -> dict[str, list[Utterance]]:
    """Return the utterances of every dialogue, by start."""
    found: dict[str, list[Utterance]] = {}
    for utterance in utterances.values():
        found.setdefault(utterance.name.dialogue, []).append(utterance)
    return {
        dialogue: sorted(turns, key=lambda turn: (turn.start, turn.stop, turn.name.text))
        for dialogue, turns in sorted(found.items())
    }
