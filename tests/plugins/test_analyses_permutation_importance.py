"""permutation_importance finds the channel, band and feature that a model reads, and nothing where it reads nothing."""

import re

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from insula import Batch, ConfigError, DataSpec, Fold, FoldResult, Fused, Results, SignalSpec, StreamBatch, TargetSpec
from insula.plugin.testing.results import example_results
from insula.windows.audit import Audit
from insula_analyses.permutation_importance import PermutationImportance
from insula_analyses.permutation_importance_answers import HeldOutAnswers
from insula_analyses.permutation_importance_exchange import Exchange, donors
from insula_analyses.permutation_importance_piece import Piece, pieces
from insula_analyses.topomap import topomap

SFREQ, TIME, PEOPLE, PER_PERSON = 64.0, 128, 6, 20
EEG = SignalSpec(("AF3", "F7", "T7", "O1"), ("1",) * 4, SFREQ, TIME)
TRAITS = SignalSpec(("x", "noise", "level"), ("1",) * 3, 0.0, 1, static=True)
DATA = DataSpec({"eeg": EEG, "traits": TRAITS}, {"emotion": TargetSpec("emotion", "binary", ("low", "high"))})
ALPHA = "alpha, 8–13 Hz"


class Reads(nn.Module):
    """Says "high" where alpha is strong in AF3, or the first trait is high, or the person's level is."""

    def __init__(self, eeg: float = 0.0, trait: float = 0.0, level: float = 0.0):
        super().__init__()
        self.eeg, self.trait, self.level = eeg, trait, level

    def forward(self, batch: Batch) -> Fused:
        spectrum = torch.fft.rfft(batch.streams["eeg"].x[:, 0]).abs() ** 2
        frequency = torch.fft.rfftfreq(TIME, 1 / SFREQ)
        alpha = spectrum[:, (frequency >= 8) & (frequency < 13)].sum(1)
        traits = batch.streams["traits"].x[:, :, 0]
        power = torch.log(alpha + 1e-9) - 4.5
        logit = self.eeg * power + self.trait * traits[:, 0] + self.level * (traits[:, 2] - 0.5)
        return Fused({"emotion": logit.unsqueeze(1)}, embedding=logit.unsqueeze(1))


def made(model: nn.Module, *, label_by_person: bool = False, folds: int = 2) -> Results:
    """Six people, 20 windows each: the label is in the alpha power of AF3, in ``x``, or in the person's ``level``."""
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(PEOPLE), PER_PERSON)
    high = person >= PEOPLE // 2 if label_by_person else np.tile(np.arange(PER_PERSON) % 2, PEOPLE).astype(bool)
    x = 0.1 * rng.standard_normal((len(person), 4, TIME)).astype(np.float32)
    tone = np.sin(2 * np.pi * 10 * np.arange(TIME) / SFREQ + rng.uniform(0, 6, len(person))[:, None])
    x[:, 0] += (0.6 * high[:, None] * tone).astype(np.float32)
    level = (person >= PEOPLE // 2).astype(np.float32)
    traits = np.stack([2.0 * high - 1, rng.standard_normal(len(person)), level], axis=1).astype(np.float32)[:, :, None]
    names = [f"s{number}" for number in person]
    index = pd.DataFrame({"dataset": "made", "subject": names, "session": None, "recording": names})
    index = index.assign(trial=[f"t{row}" for row in range(len(index))], stimulus=None, parent=None)
    index["emotion"] = np.where(high, "high", "low")

    def batch(rows: np.ndarray) -> Batch:
        streams = {}
        for name, values in (("eeg", x), ("traits", traits)):
            own = torch.from_numpy(values[rows])
            streams[name] = StreamBatch(
                own,
                torch.ones_like(own, dtype=torch.bool),
                torch.full((len(own),), own.shape[2]),
                torch.ones_like(own[:, 0]),
            )
        has = torch.ones(len(rows), dtype=torch.bool)
        target = torch.from_numpy(high[rows, None].astype(np.float32))
        numbers = torch.from_numpy(rows)
        return Batch(streams, dict.fromkeys(streams, has), {"emotion": target}, {"emotion": has}, numbers, numbers)

    def fold(number: int) -> FoldResult:
        test = np.flatnonzero(person % folds == number)
        halves = np.array_split(test, 2)
        given = Fold(np.flatnonzero(person % folds != number), test=test)
        return FoldResult(
            0, number, given, pd.DataFrame(), lambda: model, lambda again=0: model, lambda role: map(batch, halves)
        )

    several = [fold(number) for number in range(folds)]
    audit = Audit("A", ("new people",))
    return Results({"streams": {}}, DATA, index, pd.DataFrame(), several, audit, {}, [], unit="subject")


def fallen(section, kind: str, stream: str) -> dict[str, dict]:
    return section.values["emotion"][kind][stream]


@pytest.fixture(scope="module")
def reads_alpha():
    """A section with its figures; the other tests draw none, which would take most of their time."""
    return PermutationImportance()(made(Reads(eeg=1.0)))


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    monkeypatch.setattr("insula_analyses.permutation_importance.figure", lambda *given: [])
    monkeypatch.setattr("insula_analyses.permutation_importance.topomap", lambda *given: ([], []))


def test_the_planted_channel_falls_and_the_others_do_not(reads_alpha):
    assert reads_alpha.values["emotion"]["value"] == 1.0
    found = fallen(reads_alpha, "channels", "eeg")
    # half of the other windows of a person have the other label: about half of the answers turn
    assert 0.4 < found["AF3"]["value"] < 0.65
    assert found["AF3"]["low"] > 0.3
    for name in ("F7", "T7", "O1"):
        assert found[name] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert fallen(reads_alpha, "streams", "eeg")["value"] == pytest.approx(found["AF3"]["value"])
    assert fallen(reads_alpha, "streams", "traits")["value"] == 0.0


def test_the_planted_band_falls_and_the_others_do_not(reads_alpha):
    found = fallen(reads_alpha, "bands", "eeg")
    assert found[ALPHA]["low"] > 0.3
    others = {name: fall["value"] for name, fall in found.items() if name != ALPHA}
    assert set(others) == {"under 1 Hz", "delta, 1–4 Hz", "theta, 4–8 Hz", "beta, 13–30 Hz", "gamma, 30–45 Hz"}
    assert set(others.values()) == {0.0}


def test_the_planted_feature_falls_and_noise_does_not():
    section = PermutationImportance()(made(Reads(trait=1.0)))
    found = fallen(section, "features", "traits")
    assert found["x"]["low"] > 0.3
    assert found["noise"]["value"] == 0.0
    assert fallen(section, "channels", "eeg")["AF3"]["value"] == 0.0
    assert "The model leans on traits" in section.text
    assert "Of eeg it can't be said" in section.text


def test_a_coin_that_reads_noise_has_an_interval_that_holds_0():
    class Coin(Reads):
        def forward(self, batch: Batch) -> Fused:
            logit = batch.streams["traits"].x[:, 1]
            return Fused({"emotion": logit}, embedding=logit)

    found = fallen(PermutationImportance()(made(Coin())), "features", "traits")["noise"]
    assert found["low"] < 0 < found["high"]
    assert abs(found["value"]) < 0.1


def test_what_is_constant_within_a_person_is_exchanged_among_people_and_marked():
    section = PermutationImportance()(made(Reads(level=1.0), label_by_person=True))
    found = fallen(section, "features", "traits")
    assert found["level"]["among_all"]
    assert found["level"]["low"] > 0
    assert "among_all" not in found["noise"]
    assert "exchanged among all people of a fold" in section.text
    assert any(row[0] == "level *" for table in section.tables for row in table.rows)
    everyone = PermutationImportance(within="everyone")(made(Reads(level=1.0), label_by_person=True))
    assert fallen(everyone, "features", "traits")["level"]["value"] > 0.3
    assert "among all people" not in everyone.text


def test_with_one_person_a_fold_a_constant_can_not_be_measured():
    section = PermutationImportance()(made(Reads(eeg=1.0), folds=PEOPLE))
    found = fallen(section, "features", "traits")
    assert found["level"] == {"value": None, "low": None, "high": None}
    assert "Not measured, as it is the same in every window of a fold" in section.text
    assert "traits/level" in section.text
    assert fallen(section, "channels", "eeg")["AF3"]["value"] > 0.3


def test_the_interval_is_over_people_and_the_repeats_are_averaged_within_them():
    """By hand: the mean over repeats of each person's fall, whose t interval the jackknife comes to."""
    from scipy import stats

    results = made(Reads(eeg=1.0))
    found = fallen(PermutationImportance(repeats=3)(results), "channels", "eeg")["AF3"]
    people: dict[str, list[float]] = {}
    for fold in results.folds:
        held_out = HeldOutAnswers(fold, 300)
        rows = results.index.iloc[held_out.batch.rows.numpy()]
        truth = (rows["emotion"] == "high").to_numpy()
        codes = rows.groupby("subject").ngroup().to_numpy()
        exchange = Exchange(Piece("eeg", "channel", "AF3", (0,)), held_out.batch.streams["eeg"], SFREQ)
        for repeat in range(3):
            drawn = donors(codes, np.ones(len(rows), bool), np.random.default_rng([0, fold.number, repeat]))
            said = held_out.with_changed("eeg", exchange(torch.from_numpy(drawn)))["emotion"][:, 0] > 0
            for person, right in pd.Series(said == truth, rows["subject"].to_numpy()).groupby(level=0).mean().items():
                people.setdefault(str(person), []).append(1 - right)
    falls = np.array([np.mean(falls) for falls in people.values()])
    assert found["value"] == pytest.approx(falls.mean())
    reach = stats.t.ppf(0.975, len(falls) - 1) * stats.sem(falls)
    # recalls of both classes are averaged, and each person has as many windows of both
    assert found["high"] - found["low"] == pytest.approx(2 * reach, rel=0.15)


def test_windows_are_drawn_and_the_same_ones_each_time():
    results = made(Reads(eeg=1.0))
    first, again = (HeldOutAnswers(results.folds[0], 10).batch.rows.tolist() for _ in range(2))
    assert (len(first), first) == (10, again)
    section = PermutationImportance(windows=10, repeats=1)(results)
    assert "(at most 10 of each fold)" in section.text


def test_bands_are_octaves_of_other_signals_and_those_that_a_run_names():
    eda = SignalSpec(("eda",), ("1",), 4.0, None)
    assert [p.name for p in pieces({"eda": eda}, {}) if p.kind == "band"] == [
        "0–0.125 Hz",
        "0.125–0.25 Hz",
        "0.25–0.5 Hz",
        "0.5–1 Hz",
        "1–2 Hz",
    ]
    short = SignalSpec(("eda",), ("1",), 4.0, 8)
    assert [p.name for p in pieces({"eda": short}, {}) if p.kind == "band"] == ["0–0.5 Hz", "0.5–1 Hz", "1–2 Hz"]
    chosen = PermutationImportance(bands={"eeg": {"slow": (0.0, 8.0), "fast": (8.0, 32.0)}}, repeats=1)
    found = fallen(chosen(made(Reads(eeg=1.0))), "bands", "eeg")
    assert found["fast"]["value"] > 0.3
    assert found["slow"]["value"] == 0.0


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        ({"eegg": {"slow": (1.0, 8.0)}}, "bands.eegg: no stream of this name is sampled regularly; eeg is"),
        ({"traits": {"slow": (1.0, 8.0)}}, "bands.traits: no stream of this name is sampled regularly"),
        ({"eeg": {"slow": (8.0, 1.0)}}, "bands.eeg.slow: a band goes from its lowest frequency up to its highest"),
        ({"eeg": {"fast": (40.0, 50.0)}}, "below half the sampling rate, 32 Hz; this one goes from 40 to 50 Hz"),
    ],
)
def test_bands_that_can_not_be_are_refused(bands, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        PermutationImportance(bands=bands)(made(Reads()))


def test_every_target_has_its_falls_numbers_by_ccc():
    section = PermutationImportance(repeats=2)(example_results())
    assert {name: section.values[name]["metric"] for name in ("emotion", "arousal")} == {
        "emotion": "balanced_accuracy",
        "arousal": "ccc",
    }
    assert [table.caption for table in section.tables if table.caption.startswith("arousal")] == [
        "arousal: streams",
        "arousal: eeg",
        "arousal: traits",
    ]


def test_figures_show_the_falls_and_the_text_says_what_they_can_not_tell(reads_alpha):
    assert "What this can't tell" in reads_alpha.text
    captions = [figure.caption.partition(";")[0] for figure in reads_alpha.figures]
    assert captions[:3] == [
        "fall with each stream exchanged",
        "eeg: fall with each part exchanged",
        "traits: fall with each part exchanged",
    ]
    assert f"{ALPHA} 0." in reads_alpha.figures[1].alt


def test_eeg_has_a_map_of_the_head_and_what_is_called_otherwise_has_none(reads_alpha):
    (head,) = [figure for figure in reads_alpha.figures if "seen from above" in figure.caption]
    assert "<image" in head.svg
    assert "AF3 0." in head.alt
    others = {"signal": SignalSpec(("a", "b", "c", "d", "e"), ("1",) * 5, 64.0, None)}
    falls = {piece: {"value": 0.1} for piece in pieces(others, {})}
    assert topomap(falls, others, "balanced_accuracy", "") == ([], [])


def test_too_few_electrodes_have_a_line_in_place_of_a_map():
    names = ("AF3", "F7", "C99x", "T7", "Cz")
    falls = {Piece("eeg", "channel", name, (k,)): {"value": 0.1 if k < 2 else None} for k, name in enumerate(names)}
    figures, why = topomap(falls, {"eeg": SignalSpec(names, ("1",) * 5, 64.0, None)}, "balanced_accuracy", "")
    assert not figures
    assert why == [
        "eeg: no map of the head, as 2 channels have a fall and a place in the 10–20 system, and a map takes 4."
    ]
