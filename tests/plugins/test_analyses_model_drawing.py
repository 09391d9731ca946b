"""model_drawing: the drawing names every component with its sizes, whatever the model."""

import xml.etree.ElementTree as ElementTree

import pytest
from torch import nn

from insula import DataSpec, SignalSpec, TargetSpec
from insula.model.network import StreamsAndFusion
from insula.model.stream import StreamPath
from insula.plugin.testing.results import example_results
from insula_analyses.boxes import GAP, ROW, Arrow, Box, draw
from insula_analyses.model_drawing import ModelDrawing
from insula_analyses.parts import parts_of
from insula_encoders.last import Last
from insula_encoders.mlp import MLP
from made_model import CONFIG, EEG, EMOTIONS, FEATURES, PHYMER, PhyMERParts, phymer_model, results_of, texts

STATIC = SignalSpec(("x",), ("1",), 0.0, 1, static=True)


def height(svg):
    return float(ElementTree.fromstring(svg).attrib["viewBox"].split()[3]) / 72


def test_the_papers_model():
    figure = ModelDrawing()(results_of(phymer_model())).figures[0]
    shown = texts(figure.svg)
    assert {"eeg", *FEATURES, "emotion", "stream", "encoder", "cell", "pooling", "fusion", "output"} <= set(shown)
    assert {"14 × 256, 128 Hz", "32 × 48 · 48,192", "32 × 128 · 22,784", "128 · 4,161", "128"} <= set(shown)
    assert {"280 values", "1 × 32 · 46,304", "312 · 293,823", "7 classes"} <= set(shown)
    assert (shown.count("mlp"), shown.count("last"), shown.count("ctrnn")) == (9, 9, 1)
    way = (
        "eeg (14 × 256, 128 Hz) → conv1d (32 × 48 · 48,192) → ctrnn (32 × 128 · 22,784) → attention (128 · 4,161) → 128"
    )
    assert way in figure.alt
    assert "Fusion autoencoder (312 · 293,823) → emotion (7 classes)" in figure.alt
    assert "currentColor" in figure.svg


@pytest.mark.parametrize("number", [1, 3, 12])
def test_any_number_of_streams_has_a_row_each(number):
    names = [f"stream{k}" for k in range(number - 1)]
    data = DataSpec({"eeg": EEG} | dict.fromkeys(names, STATIC), PHYMER.targets)

    class Parts(PhyMERParts):
        def stream(self, name):
            return super().stream(name) if name == "eeg" else StreamPath(MLP(STATIC, sizes=(8,)), None, Last(8))

    model = StreamsAndFusion(data, Parts(data)).eval()
    svg = ModelDrawing()(results_of(model, data)).figures[0].svg
    assert {"eeg", *names} <= set(texts(svg))
    assert height(svg) > number * ROW


def test_more_targets_than_streams():
    targets = {
        "emotion": TargetSpec("emotion", "classes", EMOTIONS),
        "valence": TargetSpec("valence", "number"),
        "arousal": TargetSpec("arousal", "binary", ("low", "high")),
    }
    data = DataSpec({"eeg": EEG}, targets)
    figure = ModelDrawing()(results_of(StreamsAndFusion(data, PhyMERParts(data)), data)).figures[0]
    assert {"7 classes", "a number", "2 classes"} <= set(texts(figure.svg))
    assert "→ emotion (7 classes), valence (a number), arousal (2 classes)" in figure.alt


def test_names_come_from_the_run_or_else_from_the_classes():
    model = phymer_model()
    named = {part.title: part.name for part in parts_of(model, CONFIG)}
    assert named["eeg: encoder"] == "conv1d"
    assert named["eeg: cell"] == "ctrnn"
    assert (named["psd: encoder"], named["psd: pooling"]) == ("mlp", "last")
    plain = {part.title: part.name for part in parts_of(model, {})}
    assert (plain["eeg: cell"], plain["psd: pooling"], plain["fusion"]) == ("CTRNN", "Last", "Autoencoder")


@pytest.mark.parametrize(
    ("cell", "shared", "wanted"),
    [
        ("shared", {"name": "ctrnn", "layers": 2}, "ctrnn × 2"),
        ({"layers": 3}, {"name": "ctrnn", "layers": 1}, "ctrnn × 3"),
        ({"name": "shared", "hidden_size": 8}, {"name": "ctrnn"}, "ctrnn"),
        ({"name": "lstm"}, {"name": "ctrnn", "layers": 2}, "lstm"),
        ("gru", {"name": "ctrnn", "layers": 2}, "gru"),
        ("shared", "lstm", "lstm"),
    ],
)
def test_the_cell_is_named_as_the_run_resolves_it(cell, shared, wanted):
    config = {"streams": {"eeg": {"cell": cell}}, "cell": shared}
    assert {part.title: part.name for part in parts_of(phymer_model(), config)}["eeg: cell"] == wanted


def test_windows_of_any_length_and_irregular_ones():
    specs = {"eeg": SignalSpec(EEG.ch_names, EEG.units, 0.0, None)}
    data = DataSpec(specs, PHYMER.targets)
    shown = texts(ModelDrawing()(results_of(StreamsAndFusion(data, PhyMERParts(data)), data)).figures[0].svg)
    assert {"14 × any, irregular", "steps × 48 · 48,192"} <= set(shown)
    assert {"3 × any, 16 Hz", "2 values"} <= set(texts(ModelDrawing()(example_results()).figures[0].svg))


def test_an_architecture_of_another_kind_is_a_list():
    class Cascade(nn.Module):
        def __init__(self):
            super().__init__()
            self.router = nn.Linear(3, 2)
            self.experts = nn.ModuleList([nn.GRU(3, 4), nn.GRU(3, 4)])

    section = ModelDrawing()(results_of(Cascade()))
    assert "Cascade is an architecture of its own" in section.text
    shown = texts(section.figures[0].svg)
    assert {"router", "Linear · 8", "experts.0", "experts.1", "GRU · 108"} <= set(shown)
    assert "router: Linear · 8; experts.0: GRU · 108" in section.figures[0].alt
    assert "no parts of its own" in texts(ModelDrawing()(results_of(nn.Identity())).figures[0].svg)


def test_no_model():
    assert "no model to draw" in ModelDrawing()(results_of()).text


def test_columns_are_as_wide_as_their_text_and_empty_ones_take_no_place():
    short, long = Box("a", "b", 0, 0), Box("a name that is long", "b", 0, 1)
    assert long.width > short.width > 0

    def width(boxes):
        svg = draw(boxes, [Arrow(0, 2, 0)], ("x", "y", "z"), ("#111111",) * 3).svg
        return float(ElementTree.fromstring(svg).attrib["viewBox"].split()[2]) / 72

    last = Box("c", "d", 2, 0)
    assert width([short, last]) == pytest.approx(short.width + GAP + last.width, abs=0.02)
    assert width([long, last]) == pytest.approx(long.width + GAP + last.width, abs=0.02)
    middle = Box("e", "f", 1, 0)
    assert width([short, middle, last]) == pytest.approx(short.width + middle.width + last.width + 2 * GAP, abs=0.02)
