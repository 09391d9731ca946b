"""Sound and faulty architectures, around the house's own."""

from dataclasses import replace

import torch

from insula import Fused
from insula.model.network import StreamsAndFusion


class Conversations(StreamsAndFusion):
    """Sound: a window's outputs are averaged with those of its conversation."""

    batch_by = "group"

    def forward(self, batch):
        fused = super().forward(batch)
        same = (batch.groups[:, None] == batch.groups[None, :]).to(fused.embedding.dtype)
        share = same / same.sum(dim=1, keepdim=True)
        return Fused({name: share @ output for name, output in fused.outputs.items()}, fused.embedding)


class MixesWindows(Conversations):
    batch_by = "window"

    def forward(self, batch):
        return super().forward(replace(batch, groups=torch.zeros_like(batch.groups)))


class MixesConversations(Conversations):
    def forward(self, batch):
        return super().forward(replace(batch, groups=torch.zeros_like(batch.groups)))


class ReadsPadding(StreamsAndFusion):
    def forward(self, batch):
        fused = super().forward(batch)
        level = sum(stream.x.mean() for stream in batch.streams.values())
        return Fused({name: output + level for name, output in fused.outputs.items()}, fused.embedding)


class NaNWithoutStreams(StreamsAndFusion):
    def forward(self, batch):
        fused = super().forward(batch)
        count = torch.stack(list(batch.present.values())).sum(dim=0).unsqueeze(1)
        return Fused({name: output / count for name, output in fused.outputs.items()}, fused.embedding)
