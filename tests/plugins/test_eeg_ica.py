"""ICA: what both rules take of blinks and of the brain, which are known apart here; and against MNE's own numbers."""

from dataclasses import replace

import mne
import numpy as np
import pytest

from insula import DataError, Signal, SignalError
from insula.plugin.testing import check_preprocessor
from insula_eeg.average_reference import AverageReference
from insula_eeg.bandpass import Bandpass
from insula_eeg.components import components
from insula_eeg.despike import Despike
from insula_eeg.ica import ICA, Unmixed
from made_eeg import CHANNELS, Made, made

FRONT = [0, 13]
QUICK = {"seconds": 40.0, "sfreq": 128.0}


def filtered(recording: Made) -> Made:
    """Return both parts as the band-pass leaves them."""

    def part(data: np.ndarray) -> np.ndarray:
        return Bandpass()(Signal.of(data, recording.sfreq, CHANNELS, "V")).data.astype(np.float64)

    return replace(recording, brain=part(recording.brain), blinks=part(recording.blinks))


@pytest.fixture(scope="module")
def blinking() -> Made:
    return filtered(made(**QUICK, seed=1))


def losses(fitted: Unmixed, recording: Made) -> tuple[float, float]:
    """Return the shares of the blinks' frontal power that is left, and of the brain's power that is lost."""
    left = fitted.matrix @ recording.blinks
    lost = recording.brain - fitted.matrix @ recording.brain
    blinks = (recording.blinks[FRONT] ** 2).sum()
    return (left[FRONT] ** 2).sum() / blinks if blinks else 0.0, (lost**2).sum() / (recording.brain**2).sum()


@pytest.mark.parametrize(("seed", "every"), [(0, 4.0), (1, 4.0), (2, 4.0), (3, 8.0), (4, 8.0)])
def test_frontal_proxies_remove_blinks_and_leave_the_brain(seed: int, every: float) -> None:
    recording = filtered(made(**QUICK, every=every, seed=seed))
    fitted = ICA().fit([recording.signal()])
    left, lost = losses(fitted, recording)
    assert fitted.dropped == 1
    assert left < 0.01  # -20 dB; measured -26 to -48
    assert lost < 0.01  # measured 0.2 to 0.3 %
    cleaned = fitted(recording.signal())
    for channel, (clean, brain) in enumerate(zip(cleaned.data, recording.brain, strict=True)):
        assert np.corrcoef(clean, brain)[0, 1] > 0.97, CHANNELS[channel]


def test_without_blinks_frontal_proxies_take_nothing() -> None:
    quiet = filtered(made(**QUICK, every=None, seed=2)).signal()
    fitted = ICA().fit([quiet])
    assert (fitted.dropped, fitted.removed) == (0, 0.0)
    np.testing.assert_array_equal(fitted.matrix, np.eye(14))
    np.testing.assert_allclose(fitted(quiet).data, quiet.data, atol=1e-11)


def test_the_papers_rule_takes_the_brain_too(blinking: Made) -> None:
    fitted = ICA(drop="paper_top2", max_removed=1.0).fit([blinking.signal()])
    left, lost = losses(fitted, blinking)
    assert fitted.dropped == 2
    assert left < 0.01
    assert lost > 0.1  # 0.15 to 0.47 of the brain's power over seeds, against 0.003 by the other rule
    quiet = filtered(made(**QUICK, every=None, seed=2))
    assert losses(ICA(drop="paper_top2").fit([quiet.signal()]), quiet)[1] > 0.2


def test_components_are_mnes(blinking: Made) -> None:
    signal = blinking.signal()
    found = components(signal.data.astype(float), CHANNELS, signal.sfreq, max_iter=200, seed=0)
    raw, ica = found.raw, found.ica
    alone = [ica.apply(raw.copy(), include=[k], verbose="ERROR").get_data().var(axis=1).sum() for k in range(14)]
    mnes = np.array(alone) / raw.get_data().var(axis=1).sum()
    np.testing.assert_allclose(found.share, mnes, atol=1e-6)
    np.testing.assert_allclose(ica.get_sources(raw).get_data().var(axis=1), 1, atol=1e-3)  # why they say nothing
    by_proxy = [np.abs(ica.score_sources(raw, name, "pearsonr", l_freq=1, h_freq=10)) for name in ("AF3", "AF4")]
    np.testing.assert_allclose(found.likeness(["AF3", "AF4"]), np.min(by_proxy, axis=0))
    for rule, dropped in (("frontal_proxy", [found.likeness(["AF3", "AF4"]).argmax()]), ("paper_top2", [0, 1])):
        expected = ica.apply(raw.copy(), exclude=dropped, verbose="ERROR").get_data()
        result = ICA(drop=rule).fit([signal])(signal)
        if rule == "paper_top2":
            assert set(np.argsort(-mnes)[:2]) == set(dropped)
        np.testing.assert_allclose(result.data, expected, atol=1e-4 * expected.std())


def test_notes_say_what_was_done(blinking: Made) -> None:
    notes = (fitted := ICA().fit([blinking.signal()]))(blinking.signal()).notes
    assert notes["components dropped"] == 1
    power = [(data**2).sum() for data in (fitted(blinking.signal()).data, blinking.brain + blinking.blinks)]
    assert notes["variance removed"] == pytest.approx(1 - power[0] / power[1], abs=1e-3)
    hasty = ICA(max_iter=3).fit([blinking.signal()])
    assert hasty(blinking.signal()).notes["ICA not converged"] == 1
    assert losses(hasty, blinking)[0] < 0.05  # the blink is found all the same
    calm = ICA(max_iter=1000).fit([_uniform()])
    assert calm(_uniform()).notes["ICA not converged"] == 0


def _uniform() -> Signal:
    """Return a mixture that FastICA takes apart at once."""
    rng = np.random.default_rng(0)
    return Signal.of(rng.normal(size=(4, 4)) @ rng.uniform(-1, 1, (4, 4000)), 128.0, ["AF3", "x", "y", "AF4"], "1")


def test_the_cap_keeps_what_would_be_too_much(blinking: Made) -> None:
    signal = blinking.signal()
    both = ICA(drop="paper_top2").fit([signal])
    one = ICA(drop="paper_top2", max_removed=both.removed - 0.01).fit([signal])
    none = ICA(drop="paper_top2", max_removed=one.removed - 0.01).fit([signal])
    assert [both.dropped, one.dropped, none.dropped] == [2, 1, 0]
    assert none.removed == 0


def test_rank_flat_channels_and_gaps(blinking: Made) -> None:
    referenced = AverageReference()(blinking.signal())
    fitted = ICA().fit([referenced])
    assert fitted.dropped == 1
    np.testing.assert_allclose(fitted(referenced).data.sum(axis=0), 0, atol=1e-9)

    data = np.array(blinking.signal().data)
    data[5], data[6] = 0.0, np.nan
    data[7, 600:900] = np.nan
    signal = blinking.signal().with_data(data)
    fitted = ICA().fit([signal])
    cleaned = fitted(signal)
    np.testing.assert_array_equal(cleaned.defined, signal.defined)
    np.testing.assert_array_equal(cleaned.data[5], 0)
    np.testing.assert_array_equal(fitted.matrix[[5, 6]], np.eye(14)[[5, 6]])
    rest = np.delete(np.arange(14), [5, 6])
    assert losses(fitted, blinking)[0] < 0.01
    kept = [np.corrcoef(cleaned.data[k][signal.defined[k]], blinking.brain[k][signal.defined[k]])[0, 1] for k in rest]
    assert min(kept) > 0.97


def test_several_recordings_are_fitted_together(blinking: Made) -> None:
    other = filtered(made(**QUICK, seed=5))
    fitted = ICA().fit(part.signal() for part in (blinking, other))
    assert losses(fitted, blinking)[0] < 0.02
    assert losses(fitted, other)[0] < 0.02


def test_a_real_recording_loses_its_blinks(real_data) -> None:
    table = np.genfromtxt(real_data / "epoc_eye_state" / "eeg-eye-state.csv", delimiter=",", skip_header=1)
    signal = Bandpass()(Despike()(Signal.of(1e-6 * table[:, :14].T, 128.0, CHANNELS, "V")))
    fitted = ICA().fit([signal])
    cleaned = fitted(signal)
    assert fitted.dropped == 1
    assert 0.2 < fitted.removed < 0.7
    slow = [Bandpass(low=1.0, high=8.0)(s).data.std(axis=1) for s in (signal, cleaned)]
    assert (slow[1][FRONT] < 0.65 * slow[0][FRONT]).all()
    alpha = [Bandpass(low=8.0, high=13.0)(s).data.std(axis=1) for s in (signal, cleaned)]
    assert (alpha[1][[6, 7]] > 0.95 * alpha[0][[6, 7]]).all()


def test_the_seed_decides(blinking: Made) -> None:
    first, again, other = (ICA(seed=seed).fit([blinking.signal()]).matrix for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def cut(signal: Signal, channels: slice = slice(None), times: slice = slice(None), **changes) -> Signal:
    names = signal.ch_names[channels]
    return Signal.of(signal.data[channels, times], changes.pop("sfreq", signal.sfreq), names, "V", **changes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda s: [s, cut(s, slice(0, 13))],
            "same channels and rate; it got AF3, F7, .* AF4 at 128 Hz and AF3, .* F8 at",
        ),
        (lambda s: [cut(s, times=slice(0, 640))], "ica on 14 channels needs 7.7 s .* there are 5.0 s"),
        (lambda s: [cut(s, slice(0, 1))], "two channels with a signal; 1 of 1 have one"),
        (lambda s: [s.with_data(0 * s.data)], "two channels with a signal; 0 of 14 have one"),
        (lambda s: [cut(s, sfreq=20.0)], "sampling rate above 21 Hz; this signal has 20 Hz"),
        (
            lambda s: [cut(s, slice(1, 13))],
            r"none of the proxies AF3, AF4 is among the channels with a signal \(F7, F3",
        ),
        (lambda s: [Signal.of([[1.0]], 0.0, ["a"], "1")], "ica takes samples at a regular rate"),
    ],
)
def test_recordings_that_cannot_be_taken_apart(blinking: Made, change, message: str) -> None:
    with pytest.raises(SignalError, match=message):
        ICA().fit(change(blinking.signal()))


def test_other_uses_that_are_refused(blinking: Made) -> None:
    with pytest.raises(DataError, match="ica got no signals to learn from"):
        ICA().fit([])
    fitted = ICA(drop="paper_top2").fit([cut(blinking.signal(), slice(0, 4))])
    with pytest.raises(SignalError, match="was fitted on the channels AF3, F7, F3, FC5; this signal has F7, F3"):
        fitted(cut(blinking.signal(), slice(1, 5)))


def test_mne_stays_silent(blinking: Made, capsys, recwarn) -> None:
    mne.set_log_level("INFO")
    ICA(max_iter=3).fit([blinking.signal()])
    mne.set_log_level("WARNING")
    assert capsys.readouterr().out == ""
    assert [str(warning.message) for warning in recwarn] == []


def test_contract() -> None:
    check_preprocessor(ICA, signal=made(10, 128.0).signal(), drop="paper_top2")
