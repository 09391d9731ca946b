"""The model of the PhyMER paper, made for tests of what is counted and drawn, and results that hold it."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import torch

from insula import Batch, DataSpec, Fold, FoldResult, Results, SignalSpec, StreamBatch, TargetSpec
from insula.model.network import StreamsAndFusion
from insula.model.stream import StreamPath
from insula.windows.audit import Audit
from insula_cells.ctrnn import CTRNN
from insula_encoders.attention import Attention
from insula_encoders.conv1d import Conv1d
from insula_encoders.last import Last
from insula_encoders.mlp import MLP
from insula_fusion.autoencoder import Autoencoder

FEATURES = {
    "psd": (70, (64, 32)),
    "de": (70, (64, 32)),
    "stats": (280, (128, 64, 32)),
    "asymmetry": (3, (16, 8)),
    "hrv": (7, (32, 16)),
    "eda": (8, (32, 16)),
    "hr": (7, (32, 16)),
    "temp": (6, (32, 16)),
    "personality": (5, (32, 16)),
}
EMOTIONS = ("anger", "disgust", "fear", "happy", "neutral", "sad", "surprise")
EEG = SignalSpec(tuple(f"c{k}" for k in range(14)), ("1",) * 14, 128.0, 256)
PHYMER = DataSpec(
    {"eeg": EEG}
    | {
        name: SignalSpec(tuple(map(str, range(n))), ("1",) * n, 0.0, 1, static=True)
        for name, (n, _) in FEATURES.items()
    },
    {"emotion": TargetSpec("emotion", "classes", EMOTIONS)},
)
CONFIG = {
    "streams": {"eeg": {"encoder": {"name": "conv1d"}, "cell": "shared", "pooling": {"name": "attention"}}}
    | {name: {"encoder": {"name": "mlp"}} for name in FEATURES},
    "cell": {"name": "ctrnn", "hidden_size": 128},
    "fusion": {"name": "autoencoder"},
    "default": {"encoder": "identity", "pooling": "last"},
}


class PhyMERParts:
    """Builds the paper's parts; ``cell`` is the class of the EEG's cell."""

    def __init__(self, data, cell=CTRNN):
        self.data, self.cell = data, cell

    def streams(self):
        return list(self.data.streams)

    def stream(self, name):
        spec = self.data.streams[name]
        if name == "eeg":
            return StreamPath(Conv1d(spec), self.cell(48, hidden_size=128), Attention(128, bias=True))
        encoder = MLP(spec, sizes=FEATURES[name][1])
        return StreamPath(encoder, None, Last(encoder.output_size))

    def fusion(self, input_sizes):
        return Autoencoder(input_sizes, self.data.output_sizes)


def phymer_model(data=PHYMER, cell=CTRNN):
    return StreamsAndFusion(data, PhyMERParts(data, cell)).eval()


def made_batch(data, rows=3):
    """Windows of which the first lacks the first stream, and the others are whole."""
    draw = torch.Generator().manual_seed(0)
    streams, present = {}, {}
    for number, (name, spec) in enumerate(data.streams.items()):
        has = torch.ones(rows, dtype=torch.bool)
        has[0] = number > 0 or rows == 1
        x = torch.randn(rows, spec.channels, spec.n_times, generator=draw) * has[:, None, None]
        valid = has[:, None, None].expand(x.shape)
        elapsed = torch.full((rows, spec.n_times), 1 / spec.sfreq if spec.sfreq else 1.0) * has[:, None]
        streams[name], present[name] = StreamBatch(x, valid, has * spec.n_times, elapsed), has
    targets = {name: torch.zeros(rows, target.output_size) for name, target in data.targets.items()}
    labelled = {name: torch.zeros(rows, dtype=torch.bool) for name in data.targets}
    return Batch(streams, present, targets, labelled, torch.arange(rows), torch.arange(rows))


def results_of(model=None, data=PHYMER, config=CONFIG, batches=None, predictions=None, **more):
    """Return results of a run of one fold with this model, or of none; of its test windows there is one batch."""
    given = (lambda: [made_batch(data)]) if batches is None else (lambda: batches)
    history, nobody = pd.DataFrame(), Fold(np.arange(0))
    fold = FoldResult(0, 0, nobody, history, lambda: model, lambda again=0: model, lambda role: iter(given()))
    return Results(
        config=config,
        data=data,
        index=pd.DataFrame(),
        predictions=pd.DataFrame() if predictions is None else predictions,
        folds=[] if model is None else [fold],
        audit=Audit("A", ("new people",)),
        metrics={},
        left_out=[],
        unit="subject",
        **more,
    )


def predicted(predictions, *targets):
    """Return results of a run that predicted these."""
    return results_of(data=DataSpec({}, {target.name: target for target in targets}), predictions=predictions)


def texts(svg):
    """Return the texts of a drawing."""
    namespace = {"svg": "http://www.w3.org/2000/svg"}
    return [element.text for element in ElementTree.fromstring(svg).iterfind(".//svg:text", namespace)]
