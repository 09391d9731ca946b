"""Losses: checks of a Loss."""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from insula.errors import InsulaError
from insula.model.fusion import Fused
from insula.plugin.testing.specimen import Specimen, Tested, finite
from insula.specs import TargetSpec
from insula.windows.batch import Batch

CLASSES = ("a", "b", "c")
TARGETS = (
    TargetSpec("emotion", "classes", CLASSES),
    TargetSpec("emotion", "classes", CLASSES, (0.5, 0.0, 2.5)),
    TargetSpec("emotion", "binary", ("a", "b")),
    TargetSpec("emotion", "number"),
)
ROWS = 8


def check_loss(component: Tested, *, target: TargetSpec | None = None, **options: Any) -> None:
    """Check a loss against its contract, on every kind of target that it doesn't refuse with an InsulaError."""
    refused = []
    kinds = TARGETS if target is None else (target,)
    specimen = Specimen("losses", component, (kinds[0],), options)
    for spec in kinds:
        specimen.given = (spec,)
        try:
            with torch.no_grad():
                compute(specimen, logits(spec), batch(spec))
        except InsulaError as error:
            refused.append(f"{spec.kind}: {error}")
            continue
        with specimen.trying(f"a target of kind {spec.kind!r}"):
            _check_target(specimen, spec)
    specimen.expect(len(refused) < len(kinds), f"it takes no kind of target: {'; '.join(refused)}")


def compute(specimen: Specimen, outputs: Tensor, given: Batch, progress: float = 0.5) -> Tensor:
    """Compute the loss of one target's outputs."""
    loss = specimen.build().to(outputs.dtype)
    return loss(Fused({"emotion": outputs}, outputs), given, progress)


def logits(spec: TargetSpec, scale: float = 1.0, dtype: torch.dtype = torch.float64) -> Tensor:
    """Draw outputs that may learn."""
    draw = torch.Generator().manual_seed(1)
    return (scale * torch.randn(ROWS, spec.output_size, generator=draw, dtype=dtype)).requires_grad_()


def batch(spec: TargetSpec, labelled: int = ROWS, dtype: torch.dtype = torch.float64) -> Batch:
    """Draw a batch whose first rows are labelled."""
    draw = torch.Generator().manual_seed(2)
    if spec.kind == "classes":
        targets = torch.eye(spec.output_size, dtype=dtype)[torch.arange(ROWS) % spec.output_size]
    elif spec.kind == "binary":
        targets = (torch.arange(ROWS) % 2).to(dtype).unsqueeze(1)
    else:
        targets = torch.randn(ROWS, 1, generator=draw, dtype=dtype)
    has_label = torch.arange(ROWS) < labelled
    targets = targets * has_label.unsqueeze(1)
    return Batch({}, {}, {"emotion": targets}, {"emotion": has_label}, torch.arange(ROWS), torch.arange(ROWS))


def _check_target(specimen: Specimen, spec: TargetSpec) -> None:
    for dtype in (torch.float32, torch.float64):
        loss = compute(specimen, logits(spec, dtype=dtype), batch(spec, dtype=dtype))
        specimen.expect(
            loss.shape == () and loss.dtype == dtype,
            f"it returns {loss.dtype} of shape {tuple(loss.shape)} for {dtype} outputs; return a scalar of their type.",
        )
    for progress in (0.0, 1.0):
        specimen.expect(
            finite(compute(specimen, logits(spec), batch(spec), progress)), f"it is NaN at progress {progress}."
        )
    _check_learning(specimen, spec)
    _check_unlabelled(specimen, spec)
    _check_extremes(specimen, spec)


def _check_learning(specimen: Specimen, spec: TargetSpec) -> None:
    outputs = logits(spec)
    loss = compute(specimen, outputs, batch(spec))
    (slope,) = torch.autograd.grad(loss, outputs)
    specimen.expect(
        finite(slope) and bool(slope.any()), "no finite gradient reaches the outputs. Compute it from fused.outputs."
    )
    targets = batch(spec).targets["emotion"]
    right = targets if spec.kind == "number" else 6.0 * targets - 3.0
    costs = [float(compute(specimen, sign * right, batch(spec))) for sign in (1.0, -1.0)]
    specimen.expect(
        costs[0] < costs[1],
        f"right outputs cost {costs[0]:.3g} and their opposite {costs[1]:.3g}. Return a quantity to minimise.",
    )


def _check_unlabelled(specimen: Specimen, spec: TargetSpec) -> None:
    outputs, given = logits(spec), batch(spec, labelled=5)
    loss = compute(specimen, outputs, given)
    (slope,) = torch.autograd.grad(loss, outputs)
    garbage = outputs.detach().clone()
    garbage[5:] = 1e3
    strange = given.targets["emotion"].clone()
    strange[5:] = 7.0
    other = compute(specimen, garbage, replace(given, targets={"emotion": strange}))
    specimen.expect(
        torch.allclose(loss, other) and not bool(slope[5:].any()),
        "rows without a label change it. Take the rows of batch.labelled[target.name] only.",
    )
    outputs = logits(spec)
    nothing = compute(specimen, outputs, batch(spec, labelled=0))
    specimen.expect(
        nothing.item() == 0.0 and nothing.requires_grad,
        f"where no row is labelled it is {nothing.item()}; return 0 with a gradient: `fused.outputs[name].sum() * 0`.",
    )
    (slope,) = torch.autograd.grad(nothing, outputs, allow_unused=True)
    specimen.expect(slope is None or finite(slope), "where no row is labelled its gradient is NaN.")


def _check_extremes(specimen: Specimen, spec: TargetSpec) -> None:
    for what, outputs, given in (
        ("one labelled row", logits(spec), batch(spec, labelled=1)),
        ("equal outputs", torch.zeros_like(logits(spec)).requires_grad_(), batch(spec)),
        ("outputs of about 1000", logits(spec, 1e3), batch(spec)),
    ):
        loss = compute(specimen, outputs, given)
        (slope,) = torch.autograd.grad(loss, outputs, allow_unused=True)
        specimen.expect(
            finite(loss) and (slope is None or finite(slope)),
            f"{what}: the loss is {loss.item()}, or its gradient NaN. Use log_softmax or logsigmoid, and guard "
            "divisions with eps.",
        )
