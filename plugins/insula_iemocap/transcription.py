"""Transcription: what was said, utterance by utterance."""

import re
from pathlib import Path

from insula_iemocap.tree import read_lines

LINE = re.compile(r"(Ses\d\d\w+)\s*\[\s*[\d.]+\s*-\s*[\d.]+\s*\]\s*:\s*(.*)")


def read_transcription(path: Path) -> dict[str, str]:
    """Return the text of a dialogue's utterances by name; a file that isn't there has none.

    A line is ``Ses01F_impro01_F000 [006.2901-008.2357]: text``. Other lines are words that belong to no utterance of
    their own (``M: yeah``), and are passed over.
    """
    try:
        lines = read_lines(path)
    except OSError:
        return {}
    found: dict[str, str] = {}
    for line in lines:
        fits = LINE.fullmatch(line.strip())
        if fits is not None and fits[2]:
            found.setdefault(*fits.groups())
    return found
