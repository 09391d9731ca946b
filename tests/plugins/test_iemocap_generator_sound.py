"""The generator's sound: speech with a pitch, resonances and pauses; what it says of the label, and what it doesn't."""

import io
import wave
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from scipy.signal import find_peaks

from insula_iemocap.generator.articulation import Articulation
from insula_iemocap.generator.phones import VOWELS
from insula_iemocap.generator.plan import TICKS, Utterance, plan
from insula_iemocap.generator.prosody import SHIFTS, delivery
from insula_iemocap.generator.recipe import Recipe
from insula_iemocap.generator.speaker import speaker
from insula_iemocap.generator.speech import speech, transcript
from insula_iemocap.generator.tract import HOP, LENGTH, spoken
from insula_iemocap.generator.wav import wav
from insula_iemocap.generator.words import SPOKEN

LABELS = tuple(SHIFTS)


def recipe(effect: float, seed: int = 0) -> Recipe:
    return Recipe.of("default", effect=effect, seed=seed, utterances=60, others=0.2)


@lru_cache(maxsize=1)
def utterances() -> tuple[Utterance, ...]:
    return tuple(utterance for said in plan(recipe(0.0)).values() for utterance in said)


def pitch(sound: np.ndarray, low: float = 60.0, high: float = 500.0) -> float:
    """Return the median F0 in Hz of the loud frames, by the first large peak of their autocorrelation."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, 800)[::400]
    frames = frames[frames.std(axis=1) > 0.5 * frames.std()] * np.hanning(800)
    spectrum = np.abs(np.fft.rfft(frames, 2048, axis=1)) ** 2
    spectrum[:, 128:] = 0  # above 1 kHz
    lags = np.fft.irfft(spectrum, axis=1)[:, : int(16_000 / low)]
    lags /= np.fft.irfft(np.abs(np.fft.rfft(np.hanning(800), 2048)) ** 2)[: lags.shape[1]]
    found = []
    for one in lags / lags[:, :1]:
        peaks = find_peaks(one)[0]
        peaks = peaks[peaks > 16_000 / high]
        if len(peaks) and one[peaks].max() > 0.7:
            found.append(16_000 / peaks[one[peaks] > 0.9 * one[peaks].max()][0])
    return float(np.median(found))


def level(sound: np.ndarray) -> float:
    """Return the level of the loud frames in dB of full scale."""
    frames = sound[: len(sound) // 400 * 400].reshape(-1, 400)
    power = (frames**2).mean(axis=1)
    return float(10 * np.log10(power[power > 0.05 * power.max()].mean()))


def brightness(sound: np.ndarray) -> float:
    """Return how far 1 to 4 kHz is above what is below 1 kHz, in dB."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    freqs = np.fft.rfftfreq(len(sound), 1 / 16_000)
    return float(10 * np.log10(power[(freqs > 1000) & (freqs < 4000)].sum() / power[freqs < 1000].sum()))


def words(text: str) -> list[str]:
    return text.lower().replace(",", "").rstrip(".").split()


def test_wav_files_are_the_releases() -> None:
    for utterance in utterances()[::8]:
        with wave.open(io.BytesIO(wav(speech(recipe(1.0), utterance)))) as file:
            assert file.getparams()[:4] == (1, 2, 16_000, round(utterance.seconds * 16_000))
            sound = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        assert 1000 < np.abs(sound).max() < 32_767


def test_no_sound_clips_and_all_are_audible() -> None:
    for effect in (0.0, 1.0, 4.0):
        sounds = [speech(recipe(effect), utterance) for utterance in utterances()[::5]]
        assert max(np.abs(sound).max() for sound in sounds) < 0.98
        assert all(-36 < level(sound) < -8 for sound in sounds)
    assert np.median([level(speech(recipe(0.0), u)) for u in utterances()]) == pytest.approx(-20, abs=2)


def test_without_effect_nothing_knows_the_label() -> None:
    """Exactly: another label on the same utterance changes no sample and no word."""
    made = recipe(0.0)
    for utterance in utterances()[::9]:
        heard, read = wav(speech(made, utterance)), transcript(made, utterance)
        for label in LABELS:
            other = replace(utterance, label=label)
            assert wav(speech(made, other)) == heard
            assert transcript(made, other) == read


def test_sound_depends_on_seed_utterance_and_person_alone() -> None:
    """Not on the size of the corpus, nor on when in the dialogue it is said, nor on what was made before."""
    utterance = utterances()[7]
    heard = speech(recipe(1.0), utterance)
    moved = replace(utterance, start=utterance.start + TICKS)
    np.testing.assert_array_equal(speech(replace(recipe(1.0), utterances=999, others=1.0), moved), heard)
    assert not np.array_equal(speech(recipe(1.0, seed=1), utterance), heard)
    twin = replace(utterance, id=utterance.id[:-3] + "999")
    assert not np.array_equal(speech(recipe(1.0), twin), heard)


def test_pitch_is_what_the_delivery_says() -> None:
    off = []
    for utterance in utterances()[::4]:
        asked = delivery(recipe(1.0), utterance, speaker(recipe(1.0), utterance.speaker)).pitch
        off.append(12 * np.log2(pitch(speech(recipe(1.0), utterance)) / asked))
    assert abs(np.median(off)) < 0.7
    assert np.mean(np.abs(off) < 2) > 0.85


def test_people_differ() -> None:
    found = {}
    for name in (f"Ses0{s}{letter}" for s in range(1, 6) for letter in "FM"):
        mine = [replace(u, speaker=name) for u in utterances()[:40:10]]
        found[name] = np.median([pitch(speech(recipe(0.0), u)) for u in mine])
    women, men = ([hz for name, hz in found.items() if name[-1] == letter] for letter in "FM")
    assert min(women) > max(men)
    assert np.std(12 * np.log2(women)) > 0.5
    voices = [speaker(recipe(0.0), name) for name in found]
    assert len({voice.tract for voice in voices}) == 10


def semitones(sound: np.ndarray) -> float:
    return 12 * float(np.log2(pitch(sound)))


@lru_cache(maxsize=16)
def said_as(label: str, effect: float) -> tuple[np.ndarray, ...]:
    """Return some utterances as people of one label say them."""
    long = [u for u in utterances() if 1.5 < u.seconds < 6][::4]
    return tuple(speech(recipe(effect), replace(u, label=label)) for u in long)


def shift(measure: Callable[[np.ndarray], float], label: str, beside: str, effect: float) -> float:
    """Return by how much a label moves a measure beside another."""
    pairs = zip(said_as(label, effect), said_as(beside, effect), strict=True)
    return float(np.median([measure(one) - measure(other) for one, other in pairs]))


@pytest.mark.parametrize(("measure", "least"), [(semitones, 1.5), (level, 2.0), (brightness, 1.0)])
def test_anger_is_high_loud_and_bright_and_sadness_is_not(measure: Callable[[np.ndarray], float], least: float) -> None:
    assert shift(measure, "ang", "neu", 1.0) > 0.4 * least
    assert shift(measure, "neu", "sad", 1.0) > 0.4 * least
    assert shift(measure, "ang", "sad", 1.0) > least


def test_happiness_is_high_and_wide() -> None:
    assert shift(semitones, "exc", "neu", 1.0) > 2.5
    assert shift(semitones, "hap", "neu", 1.0) > 1.5
    spans = {
        label: np.mean(
            [delivery(recipe(1.0), replace(u, label=label), speaker(recipe(1.0), u.speaker)).span for u in utterances()]
        )
        for label in ("hap", "neu", "sad")
    }
    assert spans["hap"] > 1.5 * spans["neu"] > 1.5 * spans["sad"]


def test_more_effect_is_more_difference() -> None:
    little, much = (shift(level, "neu", "sad", effect) for effect in (0.5, 1.5))
    assert little == pytest.approx(2.0, abs=0.7)
    assert much == pytest.approx(6.0, abs=1.5)


def test_anger_is_fast_and_sadness_slow_and_full_of_pauses() -> None:
    made = recipe(1.0)
    text = {label: [transcript(made, replace(u, label=label)) for u in utterances()] for label in ("ang", "neu", "sad")}
    count = {label: sum(len(words(one)) for one in texts) for label, texts in text.items()}
    assert count["ang"] > 1.05 * count["neu"] > 1.15 * count["sad"]
    assert sum(one.count(",") for one in text["sad"]) > 1.5 * sum(one.count(",") for one in text["ang"])


def test_transcripts_are_what_is_said() -> None:
    """Words come from a list of ordinary ones, about three a second, and pauses are as silent as they are written."""
    made = recipe(0.0)
    known = {word.lower() for word in SPOKEN}
    rates = []
    for utterance in utterances():
        said = words(transcript(made, utterance))
        assert said
        assert {*said} <= known
        rates.append(len(said) / utterance.seconds)
    assert 2.0 < np.median(rates) < 5.0
    utterance = next(u for u in utterances() if "," in transcript(made, u))
    frames = speech(made, utterance)[: round(utterance.seconds * 16_000) // 320 * 320].reshape(-1, 320)
    quiet = frames.std(axis=1) < 0.01 * frames.std()
    assert np.diff(np.flatnonzero(np.diff(np.r_[0, quiet[5:-5], 0]))).max() >= 4  # 80 ms


@pytest.mark.parametrize("vowel", ["iy", "aa", "er"])
def test_vowels_resonate_at_their_formants(vowel: str) -> None:
    steps = 12
    one, none = np.ones(steps, np.float32), np.zeros(steps, np.float32)
    formants = np.tile(np.array(VOWELS[vowel], np.float32), (steps, 1))
    tracks = Articulation(formants, one, none, none, 4000 * one, 1000 * one, 100 * one)
    click = np.zeros((steps + 1) * HOP, np.float32)
    click[6 * HOP] = 1.0
    sound = spoken(click, np.zeros_like(click), tracks, tract=1.0, tilt=1e6, breath=0.0)
    response = np.abs(np.fft.rfft(sound, 16_000))
    peaks = find_peaks(response)[0]
    for formant in (*VOWELS[vowel], 3500, 4500):
        assert np.abs(peaks - formant).min() < 80  # on the flank of a stronger one, a peak is a little off
    assert np.abs(sound[5 * HOP - HOP // 2 : 5 * HOP + LENGTH]).max() > 100 * np.abs(sound[: 4 * HOP]).max()


def test_an_utterance_of_any_length_has_words() -> None:
    for ticks in (5800, 6000, 341_000):
        utterance = replace(utterances()[0], length=ticks)
        for label in LABELS:
            sound = speech(recipe(3.0), replace(utterance, label=label))
            assert len(sound) == ticks * 16_000 // TICKS
            assert np.isfinite(sound).all()
