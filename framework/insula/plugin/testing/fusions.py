"""Fusions: checks of a FusionHead."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from insula.model.fusion import Fused
from insula.plugin.testing.networks import check_dtypes, check_network
from insula.plugin.testing.specimen import Specimen, Tested, finite, same

INPUTS = {"eeg": 5, "speech": 3}
OUTPUTS = {"emotion": 4, "arousal": 1}
Features = dict[str, Tensor]


def check_fusion(
    component: Tested,
    *,
    input_sizes: Mapping[str, int] = INPUTS,
    output_sizes: Mapping[str, int] = OUTPUTS,
    **options: Any,
) -> None:
    """Check a fusion head against its contract, with all streams and with one alone."""
    for sizes in (dict(input_sizes), dict(list(input_sizes.items())[:1])):
        specimen = Specimen("fusions", component, (sizes, dict(output_sizes)), options)
        features, present = draw(sizes, specimen.cls)
        run_all = lambda head, f=features, p=present: trained(head(f, p))  # noqa: E731
        _check_shapes(specimen, features, present)
        check_dtypes(specimen, lambda head, dtype, f=features, p=present: trained(head(cast(f, dtype), p)))
        check_network(specimen, run_all)
        with torch.no_grad():
            _check_rows(specimen, features, present)
            _check_absent(specimen, features, present)


def draw(sizes: Mapping[str, int], cls: Any, batch: int = 5) -> tuple[Features, Features]:
    """Draw features of which some rows, and of them some streams, are missing."""
    generator = torch.Generator().manual_seed(0)
    shape = (batch, 6) if cls.takes_steps else (batch,)
    present = {name: torch.ones(shape, dtype=torch.bool) for name in sizes}
    for row, mask in enumerate(present.values()):
        mask[row + 1] = False
    features = {
        name: torch.randn(*shape, size, generator=generator, dtype=torch.float64) * present[name].unsqueeze(-1)
        for name, size in sizes.items()
    }
    return features, present


def cast(features: Features, dtype: torch.dtype) -> Features:
    """Return the features in another type."""
    return {name: value.to(dtype) for name, value in features.items()}


def trained(fused: Fused) -> list[Tensor]:
    """Return all that a run trains on: outputs and the model's own loss terms."""
    return [*fused.outputs.values(), *fused.losses.values()]


def check_fused(specimen: Specimen, fused: Any, output_sizes: Mapping[str, int], batch: int) -> None:
    """A Fused has one tensor per target, an embedding, and scalar loss terms."""
    specimen.expect(
        isinstance(fused, Fused), f"forward returned {type(fused).__name__}, not insula.Fused(outputs, embedding)."
    )
    shapes = {name: tuple(output.shape) for name, output in fused.outputs.items()}
    wanted = {name: (batch, size) for name, size in output_sizes.items()}
    specimen.expect(
        shapes == wanted,
        f"its outputs have the shapes {shapes}, not {wanted}: one per target, sized from output_sizes.",
    )
    specimen.expect(
        fused.embedding.dim() == 2 and len(fused.embedding) == batch,
        f"its embedding has the shape {tuple(fused.embedding.shape)}, not (batch, width).",
    )
    for name, term in fused.losses.items():
        specimen.expect(term.dim() == 0, f"the loss term {name!r} has the shape {tuple(term.shape)}; return a scalar.")


def _check_shapes(specimen: Specimen, features: Features, present: Features) -> None:
    head: nn.Module = specimen.network()
    for batch in (5, 1):
        with specimen.trying(f"a batch of {batch}"):
            fused = head({n: f[:batch] for n, f in features.items()}, {n: p[:batch] for n, p in present.items()})
        check_fused(specimen, fused, specimen.given[1], batch)


def _check_rows(specimen: Specimen, features: Features, present: Features) -> None:
    head = specimen.network()
    together = head(features, present)
    for i in range(len(together.embedding)):
        alone = head({n: f[i : i + 1] for n, f in features.items()}, {n: p[i : i + 1] for n, p in present.items()})
        specimen.expect(
            same([t[i : i + 1] for t in together.outputs.values()], list(alone.outputs.values())),
            "a row's outputs depend on the other rows of its batch. Compute nothing over the batch dimension.",
        )


def _check_absent(specimen: Specimen, features: Features, present: Features) -> None:
    nothing = {name: torch.zeros_like(mask) for name, mask in present.items()}
    fused = specimen.network()({name: torch.zeros_like(f) for name, f in features.items()}, nothing)
    specimen.expect(
        finite(trained(fused)),
        "rows that lack every stream give NaN. Never divide by a count of 0, or mask a softmax entirely.",
    )
