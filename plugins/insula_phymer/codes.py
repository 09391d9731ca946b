"""Codes: the person and the video that a name such as SUB07VID24 stands for."""

import re
from dataclasses import dataclass

from insula import ConfigError

Key = tuple[int, int]
"""Number of the subject and of the video."""


def regex(option: str, text: str, groups: int = 0) -> re.Pattern[str]:
    """Compile a pattern that a user gave, in which capital and small letters are one.

    Raises
    ------
    ConfigError
        If it is no regular expression, or has fewer groups than are needed.
    """
    try:
        pattern = re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise ConfigError(f"dataset.{option}={text}: this is no regular expression: {error}") from error
    if pattern.groups < groups:
        raise ConfigError(f"dataset.{option}={text}: put what is looked for in parentheses, as in SUB0*(\\d+)")
    return pattern


@dataclass(frozen=True)
class Codes:
    """How subject and video stand in a name; the first group of each pattern is the number."""

    subject: re.Pattern[str]
    video: re.Pattern[str]

    def subject_of(self, text: str) -> int | None:
        """Return the number of the subject, by the last place in a text that names one."""
        return _last(self.subject, text)

    def video_of(self, text: str) -> int | None:
        """Return the number of the video, by the last place in a text that names one."""
        return _last(self.video, text)

    def key(self, text: str) -> Key | None:
        """Return both, or None where one isn't named."""
        subject, video = self.subject_of(text), self.video_of(text)
        return None if subject is None or video is None else (subject, video)


def trial_id(key: Key) -> str:
    """Return a trial's name in PhyMER's way."""
    return f"SUB{key[0]:02d}VID{key[1]:02d}"


def last_number(text: str) -> int | None:
    """Return the last number in a text such as ``SUB07``, ``7`` or ``video 7``."""
    return _last(re.compile(r"(\d+)"), text)


def _last(pattern: re.Pattern[str], text: str) -> int | None:
    found = [match.group(1) for match in pattern.finditer(text)]
    return int(found[-1]) if found and (found[-1] or "").isdecimal() else None
