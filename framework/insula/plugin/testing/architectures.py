"""Architectures: checks of an Architecture."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch

from insula.errors import InsulaError
from insula.model.architecture import Parts, is_fitted_at_once
from insula.plugin.testing.batches import DATA, example_batch, filled, take, without_streams
from insula.plugin.testing.fitted_specimen import FittedSpecimen
from insula.plugin.testing.fusions import check_fused, trained
from insula.plugin.testing.networks import check_deterministic, check_dtypes, check_network
from insula.plugin.testing.parts import PlainParts
from insula.plugin.testing.specimen import Specimen, Tested, finite, same
from insula.specs import DataSpec
from insula.windows.batch import Batch


def check_architecture(component: Tested, *, data: DataSpec = DATA, parts: Parts | None = None, **options: Any) -> None:
    """Check an architecture against its contract, with the plainest parts unless others are given.

    It is checked on the targets of ``data`` that it doesn't refuse with an InsulaError. One that has ``fit`` is fitted
    before every check, and gradients aren't looked at.
    """
    data = _taken(Specimen("architectures", component, (data, parts or PlainParts(data)), options), data, parts)
    specimen = FittedSpecimen("architectures", component, (data, parts or PlainParts(data)), options)
    batch = example_batch(data)
    if specimen.cls.batch_by == "group":  # type: ignore[attr-defined]
        batch = replace(batch, groups=torch.arange(len(batch)) // 2)
    specimen.batch = batch
    with specimen.trying("a batch of windows"):
        fused = specimen.network()(batch)
    check_fused(specimen, fused, data.output_sizes, len(batch))
    check_dtypes(specimen, lambda model, dtype: trained(model(example_batch(data, dtype=dtype))))
    if is_fitted_at_once(specimen.cls):
        check_deterministic(specimen, lambda model: trained(model(batch)))
        specimen.check_fit(lambda model: trained(model(batch)))
    else:
        check_network(specimen, lambda model: trained(model(batch)))
    with torch.no_grad():
        _check_rows(specimen, batch)
        _check_missing(specimen, batch)


def _taken(specimen: Specimen, data: DataSpec, parts: Parts | None) -> DataSpec:
    """Return the data without the targets that are refused."""
    refused: dict[str, str] = {}
    for name, target in data.targets.items():
        alone = replace(data, targets={name: target})
        specimen.given = (alone, parts or PlainParts(alone))
        try:
            specimen.build()
        except InsulaError as error:
            refused[name] = str(error)
    specimen.expect(len(refused) < len(data.targets), f"it takes no target: {_told(refused)}")
    return replace(data, targets={name: target for name, target in data.targets.items() if name not in refused})


def _told(refused: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {why}" for name, why in refused.items())


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
