"""Encoders: checks of an Encoder."""

import math
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from insula.errors import InsulaError
from insula.plugin.testing.networks import check_dtypes, check_network, check_statistics
from insula.plugin.testing.samples import Samples
from insula.plugin.testing.specimen import Specimen, Tested, finite, same
from insula.specs import SignalSpec

SPEC = SignalSpec(("a", "b", "c"), ("1", "1", "1"), 64.0, None)


def check_encoder(component: Tested, *, spec: SignalSpec = SPEC, **options: Any) -> None:
    """Check an encoder against its contract; an encoder that needs windows of one length gets windows of one length."""
    specimen = _specimen(component, spec, options)
    spec = specimen.given[0]
    encoder = specimen.network()
    specimen.expect(
        encoder.hop > 0,
        f"its hop is {encoder.hop}; it is the number of samples from one step to the next, 1/S for S steps a sample.",
    )
    time = spec.n_times or max(48, math.ceil(8 * encoder.hop))
    lengths = (time,) * 4 if spec.n_times else (time, time * 2 // 3, time // 2, max(1, time // 4))
    full, unequal = Samples.random(spec.channels, (time,) * 4), Samples.random(spec.channels, lengths)
    _check_shapes(specimen, encoder, spec, time)
    check_dtypes(specimen, lambda e, dtype: run(e, Samples.random(spec.channels, (time,) * 4, dtype)))
    check_network(specimen, lambda e: run(e, full))
    with torch.no_grad():
        _check_rows(specimen, encoder, full)
        _check_padding(specimen, encoder, unequal)
        _check_undefined(specimen, encoder, full)
    if not spec.n_times:
        check_statistics(specimen, lambda e: run(e, unequal), lambda e: run(e, unequal.longer(time, 1e3)))


def run(encoder: nn.Module, samples: Samples) -> Tensor:
    """Encode windows."""
    return encoder(samples.x, samples.valid)


def steps_of(length: int, hop: float | int) -> int:
    """Return how many steps of so many samples are real."""
    return math.floor(length / hop + 1e-9)


def _specimen(component: Tested, spec: SignalSpec, options: dict[str, Any]) -> Specimen:
    specimen = Specimen("encoders", component, (spec,), options)
    try:
        specimen.build()
    except InsulaError:
        fixed = replace(spec, n_times=spec.n_times or 128)
        return Specimen("encoders", component, (fixed,), options)
    return specimen


def _check_shapes(specimen: Specimen, encoder: Any, spec: SignalSpec, time: int) -> None:
    one_step = max(1, math.ceil(encoder.hop))
    for batch, length in ((4, time), (1, time), (4, one_step)):
        if spec.n_times and length != spec.n_times:
            continue
        samples = Samples.random(spec.channels, (length,) * batch)
        with specimen.trying(f"a batch of {batch} windows of {length} samples"):
            shape = tuple(run(encoder, samples).shape)
        least = steps_of(length, encoder.hop)
        specimen.expect(
            len(shape) == 3 and shape[0] == batch and shape[2] == encoder.output_size and shape[1] >= least,
            f"{length} samples give the shape {shape}, not (batch, steps, output_size) = ({batch}, at least {least}, "
            f"{encoder.output_size}). Set self.output_size and self.hop to what forward returns.",
        )


def _check_rows(specimen: Specimen, encoder: Any, samples: Samples) -> None:
    alone = torch.cat([run(encoder, samples.row(i)) for i in range(len(samples.lengths))])
    specimen.expect(
        same(run(encoder, samples), alone),
        "a row's output depends on the other rows of its batch. Compute nothing over the batch dimension.",
    )


def _check_padding(specimen: Specimen, encoder: Any, samples: Samples) -> None:
    wanted = run(encoder, samples)
    garbage = run(encoder, samples.filled(1e3))
    for row, length in enumerate(samples.lengths):
        steps = steps_of(length, encoder.hop)
        ways = {"padding filled with 1000": garbage, "padding": run(encoder, samples.alone(row)) if steps else None}
        for what, encoded in ways.items():
            if encoded is None:
                continue
            mine = encoded[row] if len(encoded) > 1 else encoded[0]
            specimen.expect(
                same(wanted[row, :steps], mine[:steps]),
                f"{what} changes the real steps of a shorter window: it reads padding. Fill with 0 where `valid` is "
                "False in all "
                "channels, again before each layer that looks at neighbours.",
            )


def _check_undefined(specimen: Specimen, encoder: Any, samples: Samples) -> None:
    nothing = replace(samples, x=torch.zeros_like(samples.x), valid=torch.zeros_like(samples.valid))
    specimen.expect(finite(run(encoder, samples.undefined())), "where a channel is undefined for a while it gives NaN.")
    specimen.expect(
        finite(run(encoder, nothing)), "a row that lacks every sample gives NaN. Never divide by a count of 0."
    )
