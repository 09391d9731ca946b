"""Name: what the name of an utterance says."""

import re
from dataclasses import dataclass

EXAMPLE = "names look like Ses01F_impro01_F000 or Ses01F_script01_1_M003"
GENDERS = {"F": "female", "M": "male"}
TYPES = {"impro": "improvised", "script": "scripted"}
PATTERN = re.compile(r"Ses(\d\d)([FM])_((impro|script)\d\d(?:_\d)?)([a-z]?)_([FM])[A-Z]*\d+")


@dataclass(frozen=True)
class Name:
    """The name of an utterance, taken apart.

    ``Ses05M_script01_1b_F003``: session 05; M wore the motion capture markers, which says nothing of who speaks; the
    first part of script 01; its take b, where a dialogue was recorded in several; the woman speaks. The last token may
    have further letters before its number.

    Parameters
    ----------
    text
        The whole name.
    session
        Its number, without leading zeros.
    marked
        Letter of the person who wore the markers.
    scenario
        What was played, without the take: ``impro05`` or ``script01_1``.
    type
        ``improvised`` or ``scripted``.
    take
        Letter of the take; mostly empty.
    speaker
        Letter of the person who speaks.
    """

    text: str
    session: str
    marked: str
    scenario: str
    type: str
    take: str
    speaker: str

    @classmethod
    def of(cls, text: str) -> "Name | None":
        """Take a name apart; None where it isn't an utterance's."""
        fits = PATTERN.fullmatch(text)
        if fits is None:
            return None
        session, marked, scenario, kind, take, speaker = fits.groups()
        return cls(text, str(int(session)), marked, scenario, TYPES[kind], take, speaker)

    @property
    def dialogue(self) -> str:
        """The dialogue that the utterance is part of: all but the last token."""
        return self.text.rpartition("_")[0]

    @property
    def person(self) -> str:
        """Who speaks: session and letter."""
        return f"{self.text[:5]}{self.speaker}"

    @property
    def wearer(self) -> str:
        """Who wore the markers: session and letter."""
        return f"{self.text[:5]}{self.marked}"
