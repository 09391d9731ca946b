"""Architectures: checks of an Architecture."""

from dataclasses import replace
from typing import Any

import torch

from insula.model.architecture import Parts
from insula.plugin.testing.batches import DATA, example_batch, filled, take, without_streams
from insula.plugin.testing.fusions import check_fused, trained
from insula.plugin.testing.networks import check_dtypes, check_network
from insula.plugin.testing.parts import PlainParts
from insula.plugin.testing.specimen import Specimen, Tested, finite, same
from insula.specs import DataSpec
from insula.windows.batch import Batch


def check_architecture(component: Tested, *, data: DataSpec = DATA, parts: Parts | None = None, **options: Any) -> None:
    """Check an architecture against its contract, with the plainest parts unless others are given."""
    specimen = Specimen("architectures", component, (data, parts or PlainParts(data)), options)
    batch = example_batch(data)
    if specimen.cls.batch_by == "group":  # type: ignore[attr-defined]
        batch = replace(batch, groups=torch.arange(len(batch)) // 2)
    with specimen.trying("a batch of windows"):
        fused = specimen.network()(batch)
    check_fused(specimen, fused, data.output_sizes, len(batch))
    check_dtypes(specimen, lambda model, dtype: trained(model(example_batch(data, dtype=dtype))))
    check_network(specimen, lambda model: trained(model(batch)))
    with torch.no_grad():
        _check_rows(specimen, batch)
        _check_missing(specimen, batch)


def _check_rows(specimen: Specimen, batch: Batch) -> None:
    model = specimen.network()
    together = model(batch)
    specimen.expect(
        same(together.outputs, model(filled(batch, 1e3)).outputs),
        "what stands in padding changes the outputs. Honour `valid` and the masks.",
    )
    for group in batch.groups.unique():
        rows = (batch.groups == group).nonzero().squeeze(1)
        alone = model(take(batch, rows))
        specimen.expect(
            same([t[rows] for t in together.outputs.values()], list(alone.outputs.values())),
            "a row's outputs depend on the other rows of its batch (of another group, where it batches by group).",
        )


def _check_missing(specimen: Specimen, batch: Batch) -> None:
    with specimen.trying("rows that lack every stream"):
        fused = specimen.network()(without_streams(batch))
    specimen.expect(finite(trained(fused)), "rows that lack every stream give NaN. Never divide by a count of 0.")
