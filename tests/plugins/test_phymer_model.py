"""The model of arXiv:2602.06997 from the framework's parts: every parameter count that the reference marks as exact."""

from dataclasses import replace

import pytest
import torch
from torch.nn.functional import cross_entropy

from insula import Batch, DataSpec, SignalSpec, StreamBatch, TargetSpec
from insula.model.build import ModelChoice, PathChoice, build_model, count_parameters
from insula.plugin.choice import Choice
from insula.plugin.manager import installed
from made_model import FEATURES

CLASSES = ("anger", "disgust", "fear", "happy", "neutral", "sad", "surprise")

EEG = ("eeg", "psd", "de", "stats", "asymmetry")
PERIPHERAL = ("hrv", "eda", "hr", "temp")
ALL = (*EEG, *PERIPHERAL, "personality")


def choose(registry, name, **options):
    return Choice.of(registry, {"name": name, **options}, installed())


def paths(filters, cell):
    pooling = choose("poolings", "attention", bias=True, init="xavier")
    eeg = PathChoice(choose("encoders", "conv1d", channels=filters, init="xavier"), cell, pooling)
    last = choose("poolings", "last")
    mlps = {
        name: PathChoice(
            choose("encoders", "mlp", sizes=sizes, dropout=0.3, last_dropout=name != "personality", init="xavier"),
            None,
            last,
        )
        for name, (_, sizes) in FEATURES.items()
    }
    return {"eeg": eeg, **mlps}


def spec(streams=ALL):
    made = {"eeg": SignalSpec(tuple(f"c{i}" for i in range(14)), ("1",) * 14, 128.0, 256)}
    for name, (width, _) in FEATURES.items():
        made[name] = SignalSpec(tuple(f"c{i}" for i in range(width)), ("1",) * width, 0.0, 1, static=True)
    return DataSpec({name: made[name] for name in streams}, {"emotion": TargetSpec("emotion", "classes", CLASSES)})


def model(
    streams=ALL, hidden=128, layers=1, filters=(48, 64, 48), latent=128, attention=False, cell="ctrnn", cell_options=()
):
    chosen = choose(
        "cells", cell, hidden_size=hidden, layers=layers, layer_dropout=0.3 * (layers > 1), **dict(cell_options)
    )
    fusion = choose("fusions", "autoencoder", sizes=(256, latent), cross_attention=attention)
    parts = {name: path for name, path in paths(filters, chosen).items() if name in streams}
    return build_model(ModelChoice(choose("architectures", "streams"), parts, fusion), spec(streams), seed=0)


def batch(rows=8):
    torch.manual_seed(0)
    streams = {}
    for name, about in spec().streams.items():
        time = about.n_times or 1
        streams[name] = StreamBatch(
            torch.randn(rows, about.channels, time),
            torch.ones(rows, about.channels, time, dtype=torch.bool),
            torch.full((rows,), time),
            torch.full((rows, time), 1 / about.sfreq if about.sfreq else 1.0),
        )
    everywhere = torch.ones(rows, dtype=torch.bool)
    targets = {"emotion": torch.nn.functional.one_hot(torch.arange(rows) % 7, 7).float()}
    here = dict.fromkeys(streams, everywhere)
    return Batch(streams, here, targets, {"emotion": everywhere}, torch.arange(rows), torch.arange(rows))


def test_parameters():
    assert count_parameters(model()) == 432568


def test_parameters_of_every_part():
    """Table I, layer by layer."""
    built = model()
    eeg = built.paths["eeg"]
    assert [count_parameters(block) for block in eeg.encoder.blocks] == [4848, 21696, 21648]
    assert count_parameters(eeg.cell) == 22656 + 128
    assert count_parameters(eeg.pooling) == 4128 + 33
    assert {name: count_parameters(path) for name, path in built.paths.items() if name != "eeg"} == {
        "psd": 6624,
        "de": 6624,
        "stats": 46304,
        "asymmetry": 200,
        "hrv": 784,
        "eda": 816,
        "hr": 784,
        "temp": 752,
        "personality": 720,
    }
    assert sum(path.output_size for path in built.paths.values()) == 312
    assert count_parameters(built.fusion.encoder) + count_parameters(built.fusion.decoder) == 226232
    (classifier,) = built.fusion.classifiers
    assert count_parameters(classifier) == (33024 + 512) + (32896 + 256) + 903


SMALL = {"filters": (32, 64, 32)}
TABLE_VI = {
    "A1": ({"hidden": 256, "layers": 2, **SMALL}, 669368),
    "A2": ({"hidden": 256, **SMALL}, 537784),
    "A3": ({"hidden": 256}, 557880),
    "A4": ({"hidden": 256, "latent": 64}, 508664),
    "A5": ({"hidden": 256, "attention": True}, 681528),
    "A6": ({"layers": 2, **SMALL}, 447544),
    "A7": (SMALL, 414520),
    "A8": ({}, 432568),
    "A9": ({"latent": 64, **SMALL}, 365304),
    "A10": ({"latent": 64}, 383352),
    "A11": ({"attention": True}, 539832),
}


@pytest.mark.parametrize("row", TABLE_VI)
def test_table_vi(row):
    options, parameters = TABLE_VI[row]
    assert count_parameters(model(**options)) == parameters


TABLE_VII = {
    "all": (ALL, 432.6),
    "EEG": (EEG, 387.7),
    "EEG + personality": ((*EEG, "personality"), 396.6),
    "peripheral + personality": ((*PERIPHERAL, "personality"), 178.7),
    "raw": (("eeg",), 274.6),
    "raw + personality": (("eeg", "personality"), 283.5),  # printed: 274.6, the row above it
    "all but raw": (ALL[1:], 291.7),
    "raw + PSD": (("eeg", "psd"), 297.6),
    "raw + PSD + personality": (("eeg", "psd", "personality"), 306.5),
    "raw + DE": (("eeg", "de"), 297.6),
    "raw + DE + personality": (("eeg", "de", "personality"), 306.5),
    "raw + stats + asymmetry": (("eeg", "stats", "asymmetry"), 341.5),
    "raw + stats + asymmetry + personality": (("eeg", "stats", "asymmetry", "personality"), 350.5),
}
"""Streams and thousands of parameters; the paper's HRV stands for HRV and heart rate."""


@pytest.mark.parametrize("row", TABLE_VII)
def test_table_vii(row):
    streams, thousands = TABLE_VII[row]
    assert count_parameters(model(streams)) == pytest.approx(1000 * thousands, abs=100)


TABLE_XI = {"ctrnn": 432568, "lstm": 500920, "gru": 478136, "tcn": 445112}


@pytest.mark.parametrize("cell", TABLE_XI)
def test_table_xi(cell):
    assert count_parameters(model(cell=cell)) == TABLE_XI[cell]


def test_a_random_batch():
    built, given = model().eval(), batch()
    fused = built(given)
    steps, mask = built.paths["eeg"].steps(given.streams["eeg"], given.present["eeg"])
    assert (steps.shape, bool(mask.all())) == ((8, 32, 128), True)
    assert fused.outputs["emotion"].shape == (8, 7)
    assert fused.embedding.shape == (8, 128)
    assert fused.losses.keys() == {"reconstruction"}
    assert fused.losses["reconstruction"] > 0


@pytest.mark.parametrize("cell", ["ctrnn", "ltc", "neuron_ltc", "cfc", "lstm", "gru", "tcn"])
def test_every_cell_swaps_in(cell):
    fused = model(cell=cell, hidden=8)(batch(3))
    (fused.outputs["emotion"].square().sum() + fused.losses["reconstruction"]).backward()
    assert torch.isfinite(fused.embedding).all()


def test_missing_modalities():
    built, given = model().eval(), batch()
    alone = built(given)
    gone = torch.tensor([True] * 7 + [False])
    given = replace(given, present={**given.present, "eeg": gone, "hrv": gone})
    fused = built(given)
    torch.testing.assert_close(fused.outputs["emotion"][:7], alone.outputs["emotion"][:7])
    assert not torch.allclose(fused.outputs["emotion"][7], alone.outputs["emotion"][7])
    assert fused.losses["reconstruction"] < alone.losses["reconstruction"]


def loss(built, given):
    fused = built(given)
    return cross_entropy(fused.outputs["emotion"], given.targets["emotion"], label_smoothing=0.1) + (
        0.001 * fused.losses["reconstruction"]
    )


def test_a_step_of_the_optimiser_makes_the_loss_smaller():
    built, given = model().eval(), batch()  # without dropout, which would hide it
    optimizer = torch.optim.AdamW(built.parameters(), lr=5e-4, weight_decay=0.01)
    before = loss(built, given)
    before.backward()
    optimizer.step()
    assert loss(built, given) < before - 0.001


def test_half_precision():
    built, given = model(attention=True), batch()
    with torch.autocast("cpu", torch.bfloat16):
        loss(built, given).backward()
    assert all(torch.isfinite(p.grad).all() for p in built.parameters())


def test_the_first_outputs_prefer_no_class():
    """The last layer's gain of 0.1: the loss before training is that of guessing, ln 7."""
    given = batch(64)
    fused = model()(given)
    term = cross_entropy(fused.outputs["emotion"], given.targets["emotion"])
    assert term.item() == pytest.approx(1.9459, abs=0.05)
