"""Words: what is said in an utterance, word by word, as text and as phones. It means nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from insula_iemocap.generator.phones import PHONES, SILENCE, VOWELS, Phone
from insula_iemocap.generator.plan import Utterance
from insula_iemocap.generator.prosody import Delivery
from insula_iemocap.generator.recipe import Recipe

SPOKEN = {
    "about": "ah b aa uh t", "again": "ah g eh n", "always": "ao l w eh z", "and": "ae n d", "before": "b ih f ao r",
    "came": "k eh ih m", "can": "k ae n", "could": "k uh d", "day": "d eh ih", "did": "d ih d", "door": "d ao r",
    "everything": "eh v r iy th ih ng", "five": "f aa ih v", "from": "f r ah m", "go": "g ao uh", "have": "hh ae v",
    "he": "hh iy", "here": "hh ih r", "house": "hh aa uh s", "I": "aa ih", "in": "ih n", "it": "ih t",
    "know": "n ao uh", "later": "l eh ih d er", "letter": "l eh d er", "like": "l aa ih k", "look": "l uh k",
    "maybe": "m eh ih b iy", "money": "m ah n iy", "more": "m ao r", "name": "n eh ih m", "now": "n aa uh",
    "of": "ah v", "only": "ao n l iy", "paper": "p eh ih p er", "people": "p iy p ah l", "say": "s eh ih",
    "see": "s iy", "she": "sh iy", "should": "sh uh d", "some": "s ah m", "take": "t eh ih k", "talk": "t ao k",
    "that": "dh ae t", "the": "dh ah", "there": "dh eh r", "they": "dh eh ih", "thing": "th ih ng", "time": "t aa ih m",
    "to": "t uw", "today": "t uw d eh ih", "two": "t uw", "up": "ah p", "was": "w ah z", "we": "w iy", "week": "w iy k",
    "what": "w ah t", "when": "w eh n", "will": "w ih l", "with": "w ih th", "would": "w uh d", "year": "y ih r",
    "you": "y uw", "your": "y ao r",
}  # fmt: skip
TEXTS = tuple(SPOKEN)
EDGE = 0.06
"""Seconds of silence before the first and after the last word, or a tenth of a short utterance."""
MOST = 9.0
"""Words a second that are ever needed."""


@dataclass(frozen=True)
class Said:
    """What is said: the words, after which of them there is a pause, and the phones with their lengths in seconds.

    ``phrases`` numbers the stretch between two pauses that a phone is in, ``vowels`` says which phones are vowels.
    """

    text: str
    phones: np.ndarray
    lengths: np.ndarray
    phrases: np.ndarray
    vowels: np.ndarray


def words(recipe: Recipe, utterance: Utterance, delivery: Delivery) -> Said:
    """Return as many words as an utterance has time for at its rate, stretched a little so that they fill it."""
    rng = recipe.rng("words", utterance.id)
    most = int(MOST * utterance.seconds) + 2
    chosen = rng.integers(len(TEXTS), size=most)
    pauses = np.where(rng.random(most) < delivery.pausing, rng.uniform(0.15, 0.5, most), 0.0)
    lengths = np.array([_word(int(word))[1].sum() for word in chosen]) / delivery.rate
    ends = np.cumsum(lengths + pauses) - pauses
    edge = min(EDGE, utterance.seconds / 10)
    room = utterance.seconds - 2 * edge
    count = int(np.abs(ends - room).argmin()) + 1
    return _said(chosen[:count].tolist(), pauses[: count - 1], room / float(ends[count - 1]), edge, delivery.rate)


def _said(chosen: Sequence[int], pauses: np.ndarray, stretch: float, edge: float, rate: float) -> Said:
    """Join words and pauses."""
    silence = np.array([SILENCE], np.float32)
    table, lengths, vowels, phrases, phrase = [silence], [np.array([edge])], [np.zeros(1, bool)], [np.zeros(1, int)], 0
    for word, pause in zip(chosen, (*pauses.tolist(), edge / stretch), strict=True):
        phones, seconds, voiced = _word(word)
        table.append(phones)
        lengths.append(seconds * stretch / rate)
        vowels.append(voiced)
        phrases.append(np.full(len(phones), phrase))
        if pause:
            table.append(silence)
            lengths.append(np.array([pause * stretch]))
            vowels.append(np.zeros(1, bool))
            phrases.append(np.array([phrase]))
            phrase += 1
    text = _text(chosen, pauses)
    return Said(text, *(np.concatenate(parts) for parts in (table, lengths, phrases, vowels)))


def _text(chosen: Sequence[int], pauses: np.ndarray) -> str:
    """Write words as a sentence, with a comma at every pause."""
    written = [TEXTS[word] + ("," if pause else "") for word, pause in zip(chosen, (*pauses.tolist(), 0), strict=True)]
    sentence = " ".join(written)
    return sentence[0].upper() + sentence[1:] + "."


@cache
def _word(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a word's phones as rows, their lengths, and which are vowels."""
    names = SPOKEN[TEXTS[number]].split()
    phones: list[tuple[Phone, bool]] = [(phone, name in VOWELS) for name in names for phone in PHONES[name]]
    table = np.array([phone for phone, _ in phones], np.float32)
    return table, table[:, 0].astype(float), np.array([vowel for _, vowel in phones])
