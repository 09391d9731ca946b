"""Preprocessors: checks of a Transform, or of a Preprocessor that learns."""

import json
from dataclasses import is_dataclass
from typing import Any

import numpy as np

from insula.errors import InsulaError, SignalError
from insula.plugin.testing.reach import measure
from insula.plugin.testing.signals import damaged, equal, frozen, usable
from insula.plugin.testing.specimen import Specimen, Tested
from insula.preprocess.fitted import pack, unpack
from insula.preprocess.preprocessor import Preprocessor, Transform
from insula.types import Signal


def check_preprocessor(component: Tested, *, signal: Signal | None = None, **options: Any) -> None:
    """Check a step against its contract, on ``signal`` or on the first made-up one that it takes."""
    specimen = Specimen("preprocessors", component, (), options)
    with specimen.trying("constructing it"):
        step = specimen.build()
    make = usable(specimen, lambda s: _fit(step, s)(s), signal)
    recording = frozen(make(8.0))
    transform = _fit(step, recording)
    specimen.expect(
        isinstance(transform, Transform), f"fit returned {type(transform).__name__}, not an insula.Transform."
    )
    _check_output(specimen, transform, recording)
    _check_damaged(specimen, transform, recording)
    if not isinstance(step, Transform):
        _check_fit(specimen, step, recording)
        _check_round_trip(specimen, transform, recording)
    past, future = _declared(specimen, transform)
    finite = sum(seconds for seconds in (past, future) if np.isfinite(seconds))
    if not recording.static:
        _check_reach(specimen, transform, frozen(make(8.0 + 4 * finite)))


def _fit(step: Preprocessor, signal: Signal) -> Transform:
    return step.fit(s for s in (signal,))


def _check_output(specimen: Specimen, transform: Transform, signal: Signal) -> None:
    before = frozen(signal)
    try:
        result = transform(signal)
    except ValueError as error:
        specimen.expect(
            "read-only" not in str(error), f"it writes into its input ({error}). Work on a copy: signal.data.copy()."
        )
        raise
    specimen.expect(
        isinstance(result, Signal), f"it returned {type(result).__name__}, not a Signal. Return signal.with_data(...)."
    )
    specimen.expect(equal(before, signal), "it changed its input in place. Work on a copy: signal.data.copy().")
    specimen.expect(
        equal(result, transform(signal)),
        "the same signal gives another result the second time. Draw nothing, keep no state.",
    )
    specimen.expect(
        result.data.flags.c_contiguous, "its data isn't C-contiguous. Use signal.with_data(...) or Signal.of(...)."
    )
    specimen.expect(bool(result.defined.any()), "an ordinary signal gives nothing but undefined values.")
    specimen.expect(
        bool(np.isfinite(result.data[result.defined]).all()),
        "it gives infinite or NaN values that it calls valid. Mark them invalid.",
    )


def _check_damaged(specimen: Specimen, transform: Transform, signal: Signal) -> None:
    for what, bad in damaged(signal):
        with specimen.trying(f"a signal {what}"):
            try:
                result = transform(frozen(bad))
            except SignalError:
                continue
        specimen.expect(
            isinstance(result, Signal),
            f"a signal {what} gives {type(result).__name__}; return a Signal or raise SignalError.",
        )


def _check_fit(specimen: Specimen, step: Any, signal: Signal) -> None:
    before = frozen(signal)
    again = _fit(step, signal)
    specimen.expect(equal(before, signal), "fit changed its signals in place. Work on copies.")
    specimen.expect(
        equal(_fit(step, signal)(signal), again(signal)),
        "fitted twice on the same signals it gives two results. Keep no state in fit.",
    )
    if not signal.static:
        other = signal.with_data(3.0 * signal.data[:, ::-1] + 1.0)
        step.fit(s for s in (other,))
        specimen.expect(
            equal(again(signal), _fit(step, signal)(signal)),
            "a later fit changes what was fitted before. Return a new Transform.",
        )


def _check_round_trip(specimen: Specimen, transform: Transform, signal: Signal) -> None:
    specimen.expect(
        is_dataclass(transform),
        f"fit returned {type(transform).__name__}, which is no dataclass. Make it a frozen dataclass of arrays, "
        "numbers and strings, "
        "which is what a bundle stores.",
    )
    try:
        plain, arrays = pack(transform, specimen.cls)  # type: ignore[arg-type]
        back = unpack(
            specimen.cls, json.loads(json.dumps(plain)), {name: array.copy() for name, array in arrays.items()}
        )
    except InsulaError as error:
        raise AssertionError(f"{specimen.name}: what it learnt doesn't survive saving: {error}") from error
    specimen.expect(
        equal(transform(signal), back(signal)),
        "after saving and loading it gives other numbers. Keep all that it learnt in fields of the fitted dataclass.",
    )
    specimen.expect(
        back.reach == transform.reach,
        "after saving and loading its reach is another. Make reach a field of the dataclass.",
    )


def _declared(specimen: Specimen, transform: Transform) -> tuple[float, float]:
    reach = transform.reach
    specimen.expect(
        isinstance(reach, tuple) and len(reach) == 2 and all(isinstance(r, int | float) and r >= 0 for r in reach),
        f"its reach is {reach!r}; declare (past, future) in seconds, neither below 0.",
    )
    return reach


def _check_reach(specimen: Specimen, transform: Transform, signal: Signal) -> None:
    with specimen.trying("perturbing one sample"):
        seen = measure(transform, signal)
    if seen is None:
        return
    sample = 1 / signal.sfreq if signal.sfreq else 0.0
    for name, measured, declared in zip(("past", "future"), seen, transform.reach, strict=True):
        specimen.expect(
            measured <= declared + sample + 1e-6,
            f"an output sample depends on {measured:.4g} s of {name}, more than the {declared:.4g} s that reach = "
            f"{transform.reach} "
            "declares. Declare (past, future) as it is (float('inf') where the whole recording counts), or look less "
            "far.",
        )
