"""Dialogue: the files of one dialogue."""

from collections.abc import Callable, Sequence
from pathlib import Path

from insula_iemocap.generator.evaluation import evaluation
from insula_iemocap.generator.missing import write_missing
from insula_iemocap.generator.plan import TICKS, Utterance, session_folder
from insula_iemocap.generator.recipe import Recipe
from insula_iemocap.generator.speech import speech, transcript
from insula_iemocap.generator.wav import wav


def write_dialogue(release: Path, recipe: Recipe, said: Sequence[Utterance], done: Callable[[], object]) -> None:
    """Write the files that aren't there yet, the labels last; ``done`` is called after every utterance."""
    for utterance in said:
        if not (release / utterance.wav).exists():
            write_missing(release / utterance.wav, wav(speech(recipe, utterance)))
        done()
    write_missing(release / text_path(said, "transcriptions"), transcription(recipe, said))
    write_missing(release / text_path(said, "EmoEvaluation"), evaluation(recipe, said))


def text_path(said: Sequence[Utterance], kind: str) -> Path:
    """Return where a dialogue's ``transcriptions`` or ``EmoEvaluation`` are, below the release."""
    dialogue = said[0].dialogue
    return Path(session_folder(dialogue), "dialog", kind, f"{dialogue}.txt")


def transcription(recipe: Recipe, said: Sequence[Utterance]) -> bytes:
    """Return a dialogue's words, a line per utterance.

    Two lines more are such as the release has: one of an utterance that has no label and no sound, and one without
    times.
    """
    lines = [_line(utterance.id, utterance.start, utterance.stop, transcript(recipe, utterance)) for utterance in said]
    end = said[-1].stop
    lines += [_line(f"{said[0].dialogue}_MXX0", end + TICKS, end + 2 * TICKS, "[LAUGHTER]"), "F: Yeah."]
    return ("\n".join(lines) + "\n").encode("latin-1")


def _line(name: str, start: int, stop: int, text: str) -> str:
    return f"{name} [{start / TICKS:08.4f}-{stop / TICKS:08.4f}]: {text}"
