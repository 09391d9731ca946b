"""Cells: checks of a TemporalLayer or Cell."""

from typing import Any

import torch
from torch import nn

from insula.model.temporal import Cell, State
from insula.plugin.testing.networks import check_dtypes, check_finite_gradients, check_network, check_statistics
from insula.plugin.testing.specimen import Specimen, Tested, finite, same, tensors
from insula.plugin.testing.steps import Steps

GARBAGE = (1e3, float("nan"))


def check_cell(component: Tested, *, input_size: int = 3, **options: Any) -> None:
    """Check a cell against its contract; raise AssertionError with what is wrong and what to change."""
    specimen = Specimen("cells", component, (input_size,), options)
    specimen.expect(
        "hidden_size" in type(specimen.component.options()).model_fields,  # type: ignore[attr-defined]
        "it has no option hidden_size, which experiments set for any cell. Add `*, hidden_size: int = 32`.",
    )
    steps = Steps.random(input_size)
    _check_shapes(specimen, input_size)
    check_dtypes(specimen, lambda cell, dtype: run(cell, Steps.random(input_size, dtype=dtype)))
    check_network(specimen, lambda cell: run(cell, steps)[0])
    with torch.no_grad():
        for check in (
            _check_rows,
            _check_future,
            _check_padding,
            _check_gaps,
            _check_held_state,
            _check_halves,
            _check_step,
        ):
            check(specimen, specimen.network(), steps)
        _check_time_constants(specimen, specimen.network())
    for steps_with_garbage in (steps.padded().filled(float("nan")), steps.gapped().filled(float("nan"))):
        where = " where masked steps hold NaN"
        check_finite_gradients(specimen, specimen.network(), lambda cell, s=steps_with_garbage: run(cell, s)[0], where)
    padded = steps.padded()
    check_statistics(specimen, lambda cell: run(cell, padded), lambda cell: run(cell, padded.longer(8, 1e3)))


def run(cell: nn.Module, steps: Steps, state: State | None = None) -> tuple[torch.Tensor, State]:
    """Run a cell over sequences."""
    return cell(steps.x, steps.elapsed, steps.mask, state)


def _check_shapes(specimen: Specimen, input_size: int) -> None:
    cell = specimen.network()
    for batch, length in ((4, 9), (1, 9), (4, 1), (1, 1)):
        with specimen.trying(f"a batch of {batch} with {length} steps"):
            output, state = run(cell, Steps.random(input_size, batch, length))
        wanted = (batch, length, cell.output_size)
        specimen.expect(
            tuple(output.shape) == wanted,
            f"its output has shape {tuple(output.shape)}, not (batch, steps, output_size) = {wanted}. "
            "Set self.output_size to the width that forward or step returns.",
        )
        specimen.expect(
            bool(tensors(state)) and all(t.shape[:1] == (batch,) for t in tensors(state)),
            f"its state isn't (batch, ...) = ({batch}, ...) in every tensor. Put the batch first, also in "
            "initial_state.",
        )


def _check_rows(specimen: Specimen, cell: Any, steps: Steps) -> None:
    together, _ = run(cell, steps)
    alone = torch.cat([run(cell, steps.row(i))[0] for i in range(len(steps.x))])
    specimen.expect(
        same(together, alone),
        "a row's output depends on the other rows of its batch. Compute nothing over the batch dimension.",
    )


def _check_future(specimen: Specimen, cell: Any, steps: Steps) -> None:
    if not cell.causal:
        return
    later = Steps(steps.x.clone(), steps.elapsed.clone(), steps.mask)
    later.x[:, 5:] += 3.0
    later.elapsed[:, 5:] *= 2.0
    specimen.expect(
        same(run(cell, steps)[0][:, :5], run(cell, later)[0][:, :5]),
        "outputs change with later steps: it sees the future. Read steps up to the present one only, or say `causal = "
        "False`.",
    )


def _check_padding(specimen: Specimen, cell: Any, steps: Steps) -> None:
    for garbage in GARBAGE:
        problem = _difference(cell, steps.padded().filled(garbage))
        specimen.expect(
            not problem,
            f"padding filled with {garbage} changes {problem}: it reads padding. Honour the mask: a masked step "
            "leaves the "
            "state as it is, and its output is 0.",
        )


def _check_gaps(specimen: Specimen, cell: Any, steps: Steps) -> None:
    for garbage in GARBAGE:
        problem = _difference(cell, steps.gapped().filled(garbage))
        specimen.expect(
            not problem,
            f"a masked step between real ones changes {problem}. Its input and elapsed time must not be read and the "
            "state "
            "must stay as it is, as if the step weren't there.",
        )


def _difference(cell: Any, steps: Steps) -> str:
    """Return what differs from the same real steps without masked ones, or nothing."""
    outputs, state = run(cell, steps)
    if not finite(outputs[~steps.mask]) or bool(outputs[~steps.mask].any()):
        return "the outputs of masked steps, which must be 0"
    for i in (i for i in range(len(steps.x)) if steps.mask[i].any()):
        alone, after = run(cell, steps.real(i))
        if not same(outputs[i : i + 1, steps.mask[i]], alone):
            return "the outputs of real steps"
        if not same([t[i : i + 1] for t in tensors(state)], tensors(after)):
            return "the state after the last real step"
    return ""


def _check_held_state(specimen: Specimen, cell: Any, steps: Steps) -> None:
    _, state = run(cell, steps)
    nothing = steps.padded([0] * len(steps.x)).filled(float("nan"))
    output, after = run(cell, nothing, state)
    specimen.expect(
        finite(output) and same(state, after),
        "rows without a real step change the state, or give NaN. Return the state that was given.",
    )


def _check_halves(specimen: Specimen, cell: Any, steps: Steps) -> None:
    if not cell.causal:
        return
    whole, _ = run(cell, steps)
    first, state = run(cell, steps.span(0, 4))
    second, _ = run(cell, steps.span(4, steps.x.shape[1]), state)
    specimen.expect(
        same(whole, torch.cat([first, second], dim=1)),
        "a sequence run in two halves, the state carried over, differs from the whole. Start from the given state, "
        "and return "
        "all that the next step needs.",
    )


def _check_step(specimen: Specimen, cell: Any, steps: Steps) -> None:
    if not isinstance(cell, Cell):
        return
    for given in (steps, steps.padded(), steps.gapped()):
        by_steps = Cell.forward(cell, given.x, given.elapsed, given.mask, None)
        specimen.expect(
            same(run(cell, given), by_steps),
            "forward and step give different numbers. Both must be the same function: correct one, or leave forward "
            "to the base.",
        )


def _check_time_constants(specimen: Specimen, cell: Any) -> None:
    if not hasattr(cell, "time_constants"):
        return
    with specimen.trying("time_constants()"):
        constants = cell.time_constants()
    specimen.expect(
        constants.dim() == 1 and finite(constants) and bool((constants > 0).all()),
        "time_constants() must give one positive number of seconds per unit.",
    )
