"""What the generator's signals are like, what they say of the emotion, and what they don't."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.signal import welch
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

from insula_phymer.generator import eeg, headset, wristband
from insula_phymer.generator.emotions import LEVEL
from insula_phymer.generator.personality import answers, levels
from insula_phymer.generator.recipe import Recipe
from insula_phymer.generator.showings import reports, showings, targets, video_ids

SIGNALS = (headset.recording, wristband.eda, wristband.bvp, wristband.temp)


def recipe(preset: str = "default", d: float | None = None, **options) -> Recipe:
    size = {"seed": 0, "subjects": 6, "videos": 21, "seconds": 12.0}
    return Recipe.of(preset, d=d, dp=None, rho=None, **{**size, **options})


def log_power(made: Recipe, length: int = 1024):
    """Return log band power per window, ``(trials, windows, 70)``, with emotion and subject per trial."""
    shown = showings(made)
    edges = [round(f * length / 256) for f in (1, 4, 8, 13, 30, 45)]
    found = []
    for showing in shown:
        data = eeg.background(made, showing)
        windows = data[:, : data.shape[1] // length * length].reshape(14, -1, length)
        spectrum = np.abs(np.fft.rfft(windows * np.hanning(length))) ** 2
        bands = np.log([spectrum[..., low:high].mean(axis=2) for low, high in pairwise(edges)])
        found.append(bands.transpose(2, 1, 0).reshape(-1, 70))
    return np.array(found), np.array([s.emotion for s in shown]), np.array([s.subject for s in shown])


def score(x: np.ndarray, emotion: np.ndarray, subject: np.ndarray) -> float:
    """Return the accuracy on people held out, each scaled by themselves."""
    z = x.mean(axis=1)
    for one in np.unique(subject):
        mine = subject == one
        z[mine] = (z[mine] - z[mine].mean(axis=0)) / z[mine].std(axis=0)
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    return float((cross_val_predict(model, z, emotion, groups=subject, cv=LeaveOneGroupOut()) == emotion).mean())


def test_without_effect_no_signal_knows_emotion_or_rating() -> None:
    """Exactly: other labels on the same trial change no sample."""
    made = recipe("null")
    for showing in showings(made)[::25]:
        other = replace(showing, emotion=(showing.emotion + 3) % 7, felt=showing.felt + 1.0, arousal=1, valence=9)
        for signal in SIGNALS:
            np.testing.assert_array_equal(signal(made, showing), signal(made, other))


def test_no_signal_knows_what_a_video_is_meant_for() -> None:
    made = recipe("easy")
    for showing in showings(made)[::25]:
        for signal in SIGNALS:
            other = replace(showing, target=(showing.target + 1) % 7)
            np.testing.assert_array_equal(signal(made, showing), signal(made, other))


def test_with_an_effect_the_signals_know_the_emotion() -> None:
    made = recipe("easy", seconds=60.0)
    for signal in SIGNALS:
        changed = [
            not np.array_equal(signal(made, one), signal(made, replace(one, emotion=(one.emotion + 1) % 7, felt=1.5)))
            for one in showings(made)[::25]
        ]
        assert any(changed) == (signal is not wristband.temp)


def test_null_is_at_chance_and_easy_is_not() -> None:
    null, easy = score(*log_power(recipe("null"))), score(*log_power(recipe("easy")))
    assert abs(null - 1 / 7) < 0.1  # 126 trials: two standard deviations are .06
    assert easy > 0.33


def test_random_windows_leak_without_any_effect() -> None:
    x, emotion, _ = log_power(recipe("null", subjects=3, seconds=30.0), 2560)
    windows, trial = x.reshape(-1, 70), np.repeat(np.arange(len(x)), 3)
    distance = ((windows[:, None] - windows[None]) ** 2).sum(axis=2) + 1e9 * np.eye(len(windows))
    nearest = distance.argmin(axis=1)
    assert (trial[nearest] == trial).mean() > 0.8
    assert (emotion[trial[nearest]] == emotion[trial]).mean() > 0.8


def test_rho_is_the_share_that_people_have_in_common() -> None:
    def likeness(rho: float) -> float:
        made = replace(recipe("easy"), rho=rho)
        first, second = (eeg.emotion_shifts(made, subject).ravel() for subject in (1, 2))
        return float(np.corrcoef(first, second)[0, 1])

    assert likeness(1.0) == pytest.approx(1.0)
    assert likeness(0.4) == pytest.approx(0.4, abs=0.2)
    assert abs(likeness(0.0)) < 0.25


def test_shifts_have_mean_zero_over_emotions_and_grow_with_d() -> None:
    one, two = (eeg.emotion_shifts(recipe("null", d=d), 3) for d in (0.5, 1.0))
    np.testing.assert_allclose(one.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(two, 2 * one)


@pytest.mark.parametrize("videos", [6, 7, 23])
def test_labels_are_balanced_per_subject(videos: int) -> None:
    made = recipe(subjects=7, videos=videos)
    counts = [Counter(s.emotion for s in showings(made) if s.subject == subject) for subject in range(1, 8)]
    for count in counts:
        assert {count[emotion] for emotion in range(7)} <= {videos // 7, -(-videos // 7)}
    assert len({*sum(counts, Counter()).values()}) == 1  # who reports an emotion once more goes round
    meant = Counter(targets(made))
    assert max(meant.values()) - min(meant[emotion] for emotion in range(7)) <= 1


@pytest.mark.parametrize(("agreement", "seen"), [(0.0, 0), (0.7, 15), (0.95, 19), (1.0, 21)])
def test_reports_agree_with_the_videos_as_often_as_asked(agreement: float, seen: int) -> None:
    made = replace(recipe(), agreement=agreement)
    for subject in range(1, 7):
        assert sum(a == b for a, b in zip(reports(made, subject), targets(made), strict=True)) == seen
    if agreement == 0.7:
        assert reports(made, 1) != reports(made, 2)


def test_ratings_follow_the_emotion() -> None:
    shown = showings(recipe(subjects=20))
    assert {s.arousal for s in shown} | {s.valence for s in shown} <= {*range(1, 10)}
    arousal = np.array([s.arousal for s in shown])
    assert np.corrcoef(arousal, LEVEL[[s.emotion for s in shown]])[0, 1] > 0.5
    happy, sad = ([s.valence for s in shown if s.emotion == k] for k in (3, 5))
    assert np.mean(happy) > np.mean(sad) + 2


def test_the_body_follows_arousal_with_dp_only() -> None:
    def followed(preset: str) -> float:
        made = recipe(preset, seconds=60.0)
        shown = showings(made)
        heart = np.array([wristband.heart_rate(wristband.bvp(made, s)).mean() for s in shown]).reshape(6, -1)
        felt = np.array([s.felt for s in shown])
        return float(np.corrcoef((heart - heart.mean(axis=1, keepdims=True)).ravel(), felt)[0, 1])

    assert abs(followed("null")) < 0.2
    assert followed("easy") > 0.3


def test_videos_have_gaps_and_go_beyond_23() -> None:
    for videos in (1, 6, 23, 35):
        ids = video_ids(recipe(videos=videos))
        assert len({*ids}) == videos
        assert max(ids) > 23
        assert max(ids) > videos


def test_lengths_and_times() -> None:
    shown = showings(recipe(seconds=None, subjects=30))
    seconds = np.array([s.seconds for s in shown])
    assert (seconds.min() >= 60, seconds.max() <= 125, 89 < seconds.mean() < 96) == (True, True, True)
    for subject in (1, 30):
        mine = sorted((s.start, s.start + s.seconds) for s in shown if s.subject == subject)
        assert all(end < begin for (_, end), (begin, _) in pairwise(mine))
    assert [s.video for s in shown[:21]] != sorted(range(21), key=lambda k: shown[k].start)


def test_draws_depend_on_their_place_only() -> None:
    few, many = recipe(subjects=2), recipe(subjects=5)
    (a, b), other = (next(s for s in showings(made) if s.subject == 2) for made in (few, many)), recipe(seed=1)
    assert a == b
    for signal in SIGNALS:
        np.testing.assert_array_equal(signal(few, a), signal(many, b))
        assert not np.array_equal(signal(few, a), signal(other, a))
    assert answers(few, 2) == answers(many, 2)


def test_the_spectrum() -> None:
    made = recipe("null", subjects=12, videos=2, seconds=30.0)
    clean = np.array([eeg.background(made, s) for s in showings(made)])
    assert 11 < np.median(clean.std(axis=2)) < 15.5
    freqs, power = welch(clean, 256.0, nperseg=1024)
    fall = np.log(power.mean(axis=(0, 1)))
    slow, fast = ((freqs > 1.5) & (freqs < 4)), ((freqs > 25) & (freqs < 40))
    slope = (fall[slow].mean() - fall[fast].mean()) / np.log(32 / 2.6)
    assert slope == pytest.approx(1.1, abs=0.15)
    alpha = np.log(power[..., (freqs > 8.5) & (freqs < 11.5)].mean(axis=(0, 2)))
    assert alpha[[6, 7]].mean() > alpha[[4, 9]].mean() + 0.2  # O1, O2 above T7, T8
    near, far = np.corrcoef(clean[0])[0, [2, 7]]  # AF3 with F3 and O2
    assert near > far + 0.3
    person = np.log(power[..., (freqs > 13) & (freqs < 30)].mean(axis=2)).reshape(12, 2, 14).mean(axis=1)
    assert 0.1 < person.std(axis=0).mean() < 0.45


def test_artefacts_are_there() -> None:
    made = recipe("null", subjects=3, videos=14, seconds=30.0)
    blinks, flat, noisy = 0, 0, 0
    for showing in showings(made):
        data = headset.recording(made, showing)
        blinks += (np.diff(((data[0] - np.median(data[0])) > 60).astype(int)) == 1).sum()
        flat += (np.ptp(data, axis=1) == 0).sum()
        noisy += (np.diff(data, axis=1).std(axis=1) > 40).sum()
        freqs, power = welch(data, 256.0, nperseg=1024)
        mains, beside = power[:, freqs == 60].ravel(), power[:, (freqs > 62) & (freqs < 70)].mean(axis=1)
        assert np.median(mains) > 3 * np.median(beside)
    assert 3 * 14 * 2 < blinks < 3 * 14 * 15
    assert 0 < flat + noisy < 8


def test_heart_rate_is_that_of_its_pulse() -> None:
    beats = np.arange(0.3, 60, 0.75)  # 80 a minute
    time = np.arange(60 * 64) / 64
    pulse = np.exp(-(((time[:, None] - beats) / 0.08) ** 2) / 2).sum(axis=1)
    found = wristband.heart_rate(pulse)
    assert len(found) == 50
    np.testing.assert_allclose(found, 80, atol=0.5)


def test_personality_uses_all_levels_and_knows_no_emotion() -> None:
    made = recipe(subjects=200)
    people = [levels(answers(made, subject)) for subject in range(1, 201)]
    for trait in people[0]:
        assert {person[trait] for person in people} == {1, 2, 3, 4}
    assert answers(replace(made, agreement=0.0, d=9.0), 5) == answers(made, 5)
