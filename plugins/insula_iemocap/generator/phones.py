"""Phones: the sounds of English that words are made of, as targets for a voice and a vocal tract."""

from typing import NamedTuple


class Phone(NamedTuple):
    """A stretch of sound that the articulators aim for.

    ``seconds`` at an ordinary rate; the first three formants in Hz, of a grown man; gains of voice, of breath (noise at
    the glottis) and of noise at a narrow place, whose centre and width in Hz follow.
    """

    seconds: float
    f1: float
    f2: float
    f3: float
    voice: float = 0.0
    breath: float = 0.0
    noise: float = 0.0
    centre: float = 4000.0
    width: float = 1000.0


VOWELS = {
    "iy": (270, 2290, 3010),
    "ih": (390, 1990, 2550),
    "eh": (530, 1840, 2480),
    "ae": (660, 1720, 2410),
    "aa": (730, 1090, 2440),
    "ao": (570, 840, 2410),
    "uh": (440, 1020, 2240),
    "uw": (300, 870, 2240),
    "ah": (640, 1190, 2390),
    "er": (490, 1350, 1690),
}
"""Hz; means of 33 men, Peterson and Barney (1952), JASA 24:175, table II."""
SILENCE = Phone(0.0, 500, 1500, 2500)
_CLOSED, _MUTTERED = Phone(0.055, 350, 1500, 2500), Phone(0.05, 250, 1500, 2500, voice=0.12)

PHONES: dict[str, tuple[Phone, ...]] = {
    **{name: (Phone(0.095, *formants, voice=1.0, breath=1.0),) for name, formants in VOWELS.items()},
    "m": (Phone(0.065, 250, 1000, 2200, voice=0.4),),
    "n": (Phone(0.06, 250, 1600, 2600, voice=0.4),),
    "ng": (Phone(0.07, 250, 2000, 2700, voice=0.4),),
    "l": (Phone(0.055, 360, 1100, 2600, voice=0.6),),
    "r": (Phone(0.055, 400, 1300, 1650, voice=0.65),),
    "w": (Phone(0.055, 300, 700, 2200, voice=0.6),),
    "y": (Phone(0.05, 280, 2250, 2900, voice=0.6),),
    "hh": (Phone(0.06, 500, 1500, 2500, breath=5.0),),
    "s": (Phone(0.1, 350, 1700, 2600, noise=0.99, centre=6200, width=1100),),
    "z": (Phone(0.08, 300, 1700, 2600, voice=0.2, noise=0.54, centre=6200, width=1100),),
    "sh": (Phone(0.1, 350, 1800, 2500, noise=0.99, centre=3300, width=900),),
    "f": (Phone(0.085, 350, 1100, 2400, noise=0.27, centre=5500, width=2500),),
    "v": (Phone(0.06, 300, 1100, 2400, voice=0.25, noise=0.14, centre=5500, width=2500),),
    "th": (Phone(0.08, 350, 1400, 2500, noise=0.23, centre=5800, width=2500),),
    "dh": (Phone(0.045, 300, 1400, 2500, voice=0.3, noise=0.09, centre=5800, width=2500),),
    "p": (_CLOSED, Phone(0.02, 400, 900, 2300, breath=2.0, noise=0.45, centre=900, width=900)),
    "t": (_CLOSED, Phone(0.025, 400, 1700, 2600, breath=2.0, noise=1.08, centre=4500, width=1500)),
    "k": (_CLOSED, Phone(0.025, 400, 1900, 2400, breath=2.0, noise=0.9, centre=2000, width=700)),
    "b": (_MUTTERED, Phone(0.012, 350, 900, 2300, voice=0.4, noise=0.27, centre=900, width=900)),
    "d": (_MUTTERED, Phone(0.015, 350, 1700, 2600, voice=0.4, noise=0.63, centre=4500, width=1500)),
    "g": (_MUTTERED, Phone(0.015, 350, 1900, 2400, voice=0.4, noise=0.54, centre=2000, width=700)),
}
"""A stop is a closure and a burst. Consonants are rough, after what textbooks say of their spectra."""
