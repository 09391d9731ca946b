"""Every hook there is, on one page, in the order of the data.

A hook returns ``{name: "package.module:Class"}``: a path, so that a component's module is imported only when its name
is selected. Each class derives from the base named here and follows the constructor rule: before ``*`` stands what
the framework gives, after ``*`` what a user may set, each option with a type and a default.
"""

import pluggy

PROJECT = "insula"
API_VERSION = 1
"""A plugin may say which version it was written for: ``INSULA_API = 1`` in the module its entry point names."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

Paths = dict[str, str]


@hookspec
def register_datasets() -> Paths:  # type: ignore[empty-body]
    """``insula.Dataset``: ``trials() -> Iterable[Trial]``, without opening a signal. Given: ``root``."""


@hookspec
def register_readers() -> Paths:  # type: ignore[empty-body]
    """``insula.Reader``: ``read(trial) -> Signal | None`` (None: this trial lacks the modality). Given: ``root``."""


@hookspec
def register_preprocessors() -> Paths:  # type: ignore[empty-body]
    """``insula.Transform``: ``__call__(signal) -> Signal``; ``insula.Preprocessor``: ``fit(signals) -> Transform``."""


@hookspec
def register_augmentations() -> Paths:  # type: ignore[empty-body]
    """``insula.Augmentation``: ``__call__(signal, rng) -> Signal``, on training windows only."""


@hookspec
def register_splits() -> Paths:  # type: ignore[empty-body]
    """``insula.Split``: ``folds(index) -> Iterator[Fold]``."""


@hookspec
def register_encoders() -> Paths:  # type: ignore[empty-body]
    """``insula.Encoder``: ``(batch, channels, time) -> (batch, steps, features)``. Given: ``spec: SignalSpec``."""


@hookspec
def register_cells() -> Paths:  # type: ignore[empty-body]
    """``insula.Cell``: ``step(x, state, elapsed)``, or ``insula.TemporalLayer``: ``forward``. Given: ``input_size``."""


@hookspec
def register_poolings() -> Paths:  # type: ignore[empty-body]
    """``insula.Pooling``: ``(batch, steps, hidden) -> (batch, pooled)``. Given: ``input_size``."""


@hookspec
def register_fusions() -> Paths:  # type: ignore[empty-body]
    """``insula.FusionHead``: ``forward(features, present) -> Fused``. Given: ``input_sizes``, ``output_sizes``."""


@hookspec
def register_architectures() -> Paths:  # type: ignore[empty-body]
    """``insula.Architecture``: ``forward(batch) -> Fused``. Given: ``data: DataSpec``, ``parts: Parts``."""


@hookspec
def register_losses() -> Paths:  # type: ignore[empty-body]
    """``insula.Loss``: ``forward(fused, batch, progress) -> scalar``. Given: ``target: TargetSpec``."""


@hookspec
def register_analyses() -> Paths:  # type: ignore[empty-body]
    """``insula.Analysis``: ``__call__(results) -> Section``."""
