"""A model of whole conversations fits as a plugin: data, splits, training, bundle and evaluation stay as they are."""

import pandas as pd
import pytest

from insula.plugin.manager import installed

INIT = """
from insula import hookimpl

@hookimpl
def register_datasets():
    return {"talks": "talk_lab.data:Talks"}

@hookimpl
def register_readers():
    return {"talks_voice": "talk_lab.data:Voice"}

@hookimpl
def register_architectures():
    return {"turns": "talk_lab.model:Turns"}
"""
DATA = '''
import numpy as np
from insula import Dataset, Reader, Signal, Target, Trial


class Talks(Dataset):
    """Eight dialogues of five turns; the label of a turn is what the turn before it sounded like."""

    licence = citation = "made up"
    readers = {"voice": "talks_voice"}
    targets = {"mood": Target("classes", ("low", "high"))}
    needs_root = False

    def __init__(self, root, *, talks: int = 12) -> None:
        super().__init__(root)
        self.talks = talks

    def trials(self):
        for talk in range(self.talks):
            tones = np.random.default_rng(talk).integers(0, 2, 6)
            for turn in reversed(range(5)):
                yield Trial(
                    f"{talk}-{turn}", subject=f"s{talk}", group=f"talk{talk}", position=turn,
                    labels={"mood": int(tones[turn])}, context={"tone": int(tones[turn + 1]), "turn": turn},
                )


class Voice(Reader):
    def __init__(self, root) -> None:
        super().__init__(root)

    def read(self, trial):
        return Signal.of([[2.0 * trial.context["tone"] - 1] * 4], 4.0, ["level"], "1", t0=0.0)
'''
MODEL = '''
import torch
from torch import nn
from insula import Architecture, Fused

SEEN = []


class Turns(Architecture):
    """Each turn's output comes from the turn before it in the same conversation."""

    batch_by = "group"

    def __init__(self, data, parts, *, width: int = 4) -> None:
        super().__init__(data, parts)
        self.path = parts.stream("voice")
        (self.target, size), = data.output_sizes.items()
        self.first = nn.Parameter(torch.zeros(self.path.output_size))
        self.head = nn.Linear(self.path.output_size, size)

    def forward(self, batch):
        SEEN.append((batch.groups.tolist(), batch.rows.tolist()))
        own, _ = self.path(batch.streams["voice"], batch.present["voice"])
        before = torch.cat([self.first[None], own[:-1]])
        fresh = torch.ones_like(batch.groups, dtype=torch.bool)
        fresh[1:] = batch.groups[1:] != batch.groups[:-1]
        context = torch.where(fresh[:, None], self.first, before)
        return Fused({self.target: self.head(context)}, context)
'''


@pytest.fixture
def talks(stranger):
    stranger("talk_lab", __init__=INIT, data=DATA, model=MODEL)
    installed.cache_clear()
    yield
    installed.cache_clear()


def test_a_conversation_model_learns_from_the_turn_before(talks, train, tmp_path):
    options = ("training.epochs=30", "training.batch_size=8", "training.optimizer.lr=0.05", "split.k=4")
    stream = "+streams.voice={modality: voice, pooling: mean}"
    metrics = train("dataset=talks", "split=subject_kfold", "architecture=turns", stream, *options)
    # four turns of five follow from the one before; the first one can only be guessed
    assert metrics["metrics"]["accuracy"]["value"] > 0.8
    from talk_lab.model import SEEN

    table = pd.read_parquet(tmp_path / "run" / "predictions.parquet")
    assert len(table) == 60
    for groups, rows in SEEN:
        assert all(groups.count(group) == 5 for group in set(groups)), "conversations stay whole"
        assert groups == sorted(groups, key=groups.index), "and together"
        for group in set(groups):
            of_group = [row for row, g in zip(rows, groups, strict=True) if g == group]
            assert of_group == sorted(of_group, reverse=True), "by position: the dataset lists turns backwards"
