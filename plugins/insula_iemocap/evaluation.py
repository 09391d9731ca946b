"""Evaluation: the utterances of a dialogue as a file in EmoEvaluation has them."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from insula import SignalError
from insula_iemocap.emotions import AFFECT, CODES, HIGHEST, LOWEST, NO_MAJORITY, names
from insula_iemocap.name import EXAMPLE, Name
from insula_iemocap.tree import read_lines

LeaveOut = Callable[[str, str], None]

HEADER = re.compile(r"\[\s*([^\s\]]+)\s*-\s*([^\s\]]+)\s*\]\s*(\S+)\s+([^\s\[]+)\s*(?:\[([^\]]*)\])?\s*")
RATING = re.compile(r"([CA])-([EFM])(\d+)\s*:\s*(.*)")
NAMED = re.compile(r"Ses\d\d[FM]_")
BEYOND = 0.5
"""Means that lie so little beyond the scale's ends are let pass: they still say high or low."""
SHOWN = 60
"""Characters that are shown of a line that doesn't parse."""


@dataclass(frozen=True)
class Utterance:
    """One utterance: a line ``[start - end] name label [valence, activation, dominance]``, and the ratings below it.

    Parameters
    ----------
    name
        Its name.
    start, stop
        Seconds of the dialogue.
    label
        The code of the emotion that the majority of the raters named, or ``xxx``; None where it is no code.
    affect
        Valence, activation and dominance, the means of the release; what isn't a number of the scale is missing.
    words
        What each rater said, by number: the words of the lines ``C-E1`` to ``C-E6``. What the actors said of
        themselves (``C-F1``, ``C-M1``) is no rating.
    place
        File and line, for messages.
    """

    name: Name
    start: float
    stop: float
    label: str | None
    affect: Mapping[str, float]
    place: str
    words: dict[int, tuple[str, ...]] = field(default_factory=dict)


def read_evaluation(path: Path, shown: str, leave_out: LeaveOut) -> list[Utterance]:
    """Read a file; a line that doesn't parse is told and the others are used.

    Parameters
    ----------
    path
        The file.
    shown
        What messages call it.
    leave_out
        Told of what isn't used.
    """
    try:
        lines = read_lines(path)
    except OSError as error:
        leave_out(shown, f"it can't be opened: {error.strerror}")
        return []
    reading = _Reading(shown)
    for number, line in enumerate(lines, 1):
        reading.take(number, line.strip())
    if not reading.found:
        first = f" (the first fault: {': '.join(reading.faults[0])})" if reading.faults else ""
        leave_out(f"{shown}{first}", "no line of the file is an utterance")
        return []
    for what, why in reading.faults:
        leave_out(what, why)
    return reading.found


class _Reading:
    """What was read so far.

    Ratings belong to the utterance above them. Below one that doesn't parse they belong to nobody: they must not become
    those of the utterance before it.
    """

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.found: list[Utterance] = []
        self.faults: list[tuple[str, str]] = []
        self.open: Utterance | None = None
        self.at_head = True  # the next line is the first one of its block

    def take(self, number: int, line: str) -> None:
        if not line:
            self.at_head = True
            return
        if line.startswith("%"):
            return
        place = f"{self.shown} line {number}"
        try:
            self._read(line, place)
        except SignalError as error:
            excerpt = line if len(line) <= SHOWN else f"{line[:SHOWN]}…"
            self.faults.append((f"{place} ({excerpt})", str(error)))
        self.at_head = False

    def _read(self, line: str, place: str) -> None:
        if line[:2] in ("C-", "A-"):
            self._rate(line)
        elif line.startswith("[") or NAMED.search(line):
            self.open = None
            self.open = self._utterance(line, place)
            self.found.append(self.open)
        else:
            if self.at_head:
                self.open = None
            raise SignalError(
                "the line is no utterance ([start - end] name label [v, a, d]), rating (C-, A-) or comment (%)"
            )

    def _utterance(self, line: str, place: str) -> Utterance:
        start, stop, name, code, means = _head(line)
        label: str | None = code.lower()
        if label not in (*CODES, NO_MAJORITY):
            why = f"none of {', '.join(CODES)}, {NO_MAJORITY}: taken as missing"
            self.faults.append((f"label {code} of {name.text} ({place})", why))
            label = None
        affect, wrong = _affect(means)
        if wrong:
            self.faults.append((f"[{means or ''}] of {name.text} ({place})", wrong))
        return Utterance(name, start, stop, label, affect, place)

    def _rate(self, line: str) -> None:
        fits = RATING.fullmatch(line)
        if fits is None:
            raise SignalError("a rating begins with its rater, such as C-E1: or A-E3:")
        if self.open is None:
            if not self.found and not self.faults:
                raise SignalError("a rating above the first utterance")
            return
        kind, who, number, said = fits.groups()
        if kind != "C" or who != "E":  # means of the A- lines stand with the utterance; F and M rate themselves
            return
        words = tuple(word.strip() for word in re.split(r"[\t(]", said)[0].split(";") if word.strip())
        if not words:
            raise SignalError("the rating names no emotion")
        if int(number) in self.open.words:
            raise SignalError("the rater's second rating of the utterance: the first counts")
        self.open.words[int(number)] = words


def _head(line: str) -> tuple[float, float, Name, str, str | None]:
    """Take an utterance's own line apart."""
    fits = HEADER.fullmatch(line)
    if fits is None:
        raise SignalError("an utterance's line is [start - end] name label [valence, activation, dominance]")
    begins, ends, text, code, means = fits.groups()
    start, stop = _number(begins), _number(ends)
    if start is None or stop is None or not 0 <= start < stop:
        raise SignalError("its times aren't two numbers of seconds, the second of which is later")
    name = Name.of(text)
    if name is None:
        raise SignalError(f"its name isn't an utterance's: {EXAMPLE}")
    return start, stop, name, code, means


def _affect(means: str | None) -> tuple[dict[str, float], str | None]:
    """Return the means by name, and what is wrong with them; those that are right count anyway."""
    values = [_number(text) for text in (means or "").split(",")]
    if len(values) != len(AFFECT):
        return {}, f"{', '.join(AFFECT)} are three numbers: taken as missing"
    right = {
        scale: value
        for scale, value in zip(AFFECT, values, strict=True)
        if value is not None and LOWEST - BEYOND <= value <= HIGHEST + BEYOND
    }
    wrong = [scale for scale in AFFECT if scale not in right]
    why = f"{names(wrong)}: no number from {LOWEST:g} to {HIGHEST:g}, taken as missing" if wrong else None
    return right, why


def _number(text: str) -> float | None:
    try:
        return value if math.isfinite(value := float(text)) else None
    except ValueError:
        return None
