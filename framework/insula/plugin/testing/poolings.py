"""Poolings: checks of a Pooling."""

from typing import Any

import torch
from torch import Tensor, nn

from insula.plugin.testing.networks import check_dtypes, check_finite_gradients, check_network, check_statistics
from insula.plugin.testing.specimen import Specimen, Tested, finite, same
from insula.plugin.testing.steps import Steps


def check_pooling(component: Tested, *, input_size: int = 3, **options: Any) -> None:
    """Check a pooling against its contract; raise AssertionError with what is wrong and what to change."""
    specimen = Specimen("poolings", component, (input_size,), options)
    steps = Steps.random(input_size)
    _check_shape(specimen, input_size)
    check_dtypes(specimen, lambda pooling, dtype: run(pooling, Steps.random(input_size, dtype=dtype)))
    check_network(specimen, lambda pooling: run(pooling, steps))
    with torch.no_grad():
        for check in (_check_rows, _check_masked, _check_nothing, _check_weights):
            check(specimen, specimen.network(), steps)
    garbage = steps.padded().filled(float("nan"))
    check_finite_gradients(specimen, specimen.network(), lambda p: run(p, garbage), " where masked steps hold NaN")
    check_statistics(specimen, lambda p: run(p, steps.padded()), lambda p: run(p, steps.padded().longer(8, 1e3)))


def run(pooling: nn.Module, steps: Steps) -> Tensor:
    """Pool sequences."""
    return pooling(steps.x, steps.mask)


def _check_shape(specimen: Specimen, input_size: int) -> None:
    pooling = specimen.network()
    for batch, length in ((4, 9), (1, 9), (4, 1)):
        with specimen.trying(f"a batch of {batch} with {length} steps"):
            shape = tuple(run(pooling, Steps.random(input_size, batch, length)).shape)
        specimen.expect(
            shape == (batch, pooling.output_size),
            f"its output has shape {shape}, not (batch, output_size) = ({batch}, {pooling.output_size}). "
            "Set self.output_size to the width that forward returns.",
        )


def _check_rows(specimen: Specimen, pooling: Any, steps: Steps) -> None:
    alone = torch.cat([run(pooling, steps.row(i)) for i in range(len(steps.x))])
    specimen.expect(
        same(run(pooling, steps), alone),
        "a row's output depends on the other rows of its batch. Compute nothing over the batch dimension.",
    )


def _check_masked(specimen: Specimen, pooling: Any, steps: Steps) -> None:
    for given, what in ((steps.padded(), "padding"), (steps.gapped(), "a masked step between real ones")):
        wanted = [run(pooling, given.real(i)) if given.mask[i].any() else None for i in range(len(given.x))]
        for garbage in (1e3, float("nan")):
            pooled = run(pooling, given.filled(garbage))
            for i, alone in enumerate(wanted):
                specimen.expect(
                    alone is None or same(pooled[i : i + 1], alone),
                    f"{what} filled with {garbage} changes the result: it reads padding. Replace masked steps with "
                    "masked_fill "
                    "before pooling, and count real steps only.",
                )


def _check_nothing(specimen: Specimen, pooling: Any, steps: Steps) -> None:
    pooled = run(pooling, steps.padded().filled(float("nan")))[-1]
    specimen.expect(
        finite(pooled) and not bool(pooled.any()),
        "a row without a real step doesn't give zeros. Never divide by a count of 0, and set such rows to 0.",
    )


def _check_weights(specimen: Specimen, pooling: Any, steps: Steps) -> None:
    if not hasattr(pooling, "weights"):
        return
    given = steps.padded().filled(float("nan"))
    with specimen.trying("weights(x, mask)"):
        weights = pooling.weights(given.x, given.mask)
    specimen.expect(
        weights.shape == given.mask.shape and finite(weights) and not bool(weights[~given.mask].any()),
        f"weights(x, mask) must be finite, (batch, steps), and 0 where the mask is False; its shape is "
        f"{tuple(weights.shape)}.",
    )
